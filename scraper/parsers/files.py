"""Local files become items: text, web pages, JSON and e-mail, each told by the end of its name.

    bundle of files -> one after the other: txt | html | json | eml -> items

An item is known by its file's path, so a changed file is a changed statement. What is no text, or is broken, is passed over
and counted: one bad file must not silence a directory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from scraper.errors import ParseError
from scraper.model import Fields, Item, Listed, Moment, Page, Source
from scraper.parsers import jsonlist
from scraper.parsers.charset import decode
from scraper.parsers.entry import MAX_ITEMS, web_address
from scraper.parsers.plain import TITLE_LIMIT, opening, plain
from scraper.text import clean, clean_line

BUNDLE = "application/x-bayan-files"
LARGEST = 2 * 1024 * 1024
"""Bytes of one file; a larger one is no statement."""
MAX_TEXT = 1_000_000
_FAULTS = (ValueError, LookupError, ArithmeticError, AttributeError, TypeError, AssertionError, RecursionError)
"""What the standard library's e-mail package raises for broken headers and bodies, beside what it means to raise."""


def bundle(files: Sequence[tuple[str, int, bytes]]) -> bytes:
    """Files (name, time in nanoseconds, content) as one body: a line of JSON with their names and sizes, then their bytes."""
    head = [[name, modified, len(content)] for name, modified, content in files]
    return json.dumps(head).encode() + b"\n" + b"".join(content for _, _, content in files)


def parse(page: Page, source: Source) -> Listed:
    """The items of the files in a bundle, in its order; `passed_over` counts the files in which nothing could be read.

    Raises ParseError ("parse_error") for what is no bundle.
    """
    try:
        line, _, rest = page.body.partition(b"\n")
        files = [(str(name), int(size)) for name, _, size in json.loads(line)]
    except (ValueError, TypeError, RecursionError) as error:
        raise ParseError("parse_error", "no bundle of files") from error
    found: list[Item] = []
    passed_over = at = 0
    for name, size in files:
        content = rest[at : at + size]
        at += size
        try:
            items = list(_items(name, content, page, source))
        except (ParseError, *_FAULTS):  # the file is at fault, whatever it is; the others are read
            items = []
        found += items
        passed_over += not items
    return Listed(items=tuple(found[:MAX_ITEMS]), left_out=max(0, len(found) - MAX_ITEMS), passed_over=passed_over)


def _items(name: str, content: bytes, page: Page, source: Source) -> Iterator[Item]:
    suffix = name.rpartition(".")[2].lower()
    if not content.strip():
        return
    match suffix:
        case "html" | "htm" | "xhtml":
            yield _page(name, content, page, source)
        case "json":
            yield from _json(name, content, page, source)
        case "eml":
            yield _mail(name, content, source)
        case _:
            yield _text(name, content, source)


def _text(name: str, content: bytes, source: Source) -> Item:
    """Plain words: the first line is the headline. A file with zero bytes in it is none."""
    if b"\0" in content[:8_000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ParseError("parse_error", "no text")
    text = clean(decode(content, "", source.language).text, MAX_TEXT)
    return Item(guid=name, url=None, title=opening(text) or name, text=text, language=source.language)


def _page(name: str, content: bytes, page: Page, source: Source) -> Item:
    from scraper.parsers import article

    there = replace(page, body=content, media_type="text/html", url="", asked="")
    read = article.parse(there, source)
    return Item(
        guid=name,
        url=None,
        title=read.title or opening(read.text) or name,
        text=read.text,
        published=read.published,
        author=read.author,
        language=read.language or source.language,
    )


def _json(name: str, content: bytes, page: Page, source: Source) -> Iterator[Item]:
    """A list of items, or one alone, with the usual names for their values."""
    value = json.loads(decode(content, "utf-8", source.language).text)
    alone = isinstance(value, dict) and any(
        isinstance(value.get(key), str) for key in ("text", "body", "title", "content")
    )
    body = json.dumps([value] if alone else value).encode()
    there = replace(page, body=body, media_type="application/json", charset="utf-8")
    listed = jsonlist.parse(there, replace(source, kind="json", items="", fields=source.fields or Fields()))
    for number, item in enumerate(listed.items):
        guid = name if alone else f"{name}#{item.guid or number}"
        yield replace(item, guid=guid, text=item.text or item.summary or item.title)


def _mail(name: str, content: bytes, source: Source) -> Item:
    """An e-mail: its subject, its plain text (else its HTML as text), its sender and its date (RFC 5322)."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    part = mail.get_body(preferencelist=("plain", "html"))
    text = "" if part is None else str(part.get_content())
    if part is not None and part.get_content_subtype() == "html":
        text = plain(text)
    text = clean(text, MAX_TEXT)
    published = None
    with suppress(*_FAULTS):  # a date that is none costs the date, not the message
        at = parsedate_to_datetime(str(mail["date"] or ""))
        published = Moment(at, "second", "mail:date", confident=True) if at.tzinfo is not None else None
    title = clean_line(str(mail["subject"] or ""), TITLE_LIMIT)
    if not title and not text:
        raise ParseError("empty", "an empty message")
    return Item(
        guid=name,
        url=web_address("", str(mail["archived-at"] or "").strip("<>")),
        title=title or opening(text),
        text=text or None,
        published=published,
        author=clean_line(str(mail["from"] or ""), 300) or None,
        language=source.language,
    )
