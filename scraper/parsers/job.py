"""One parse as data: what is asked of a worker, what it answers, and the loop in which it does so.

Both ways a frame is its length (8 bytes, big end first) and that many bytes; that of an answer has in between the milliseconds of
processor time that it took (4 bytes). A question is one line of JSON and the body of the page. An answer is lines of JSON: a head,
and one line for each item. Nothing is ever pickled: the service must not run what a
hostile page has touched, so it checks every value that comes back (`read_listed`, `read_article`).

A question holds what parsing needs of a source. Headers, proxy and everything else that may be secret stay at home.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from typing import Any, Literal, get_args

from scraper.errors import ParseError
from scraper.model import (
    Article,
    ArticleRules,
    Condition,
    Fields,
    Item,
    Listed,
    Moment,
    Offers,
    Outcome,
    Page,
    Precision,
    Select,
    Sitemap,
    Source,
)

Verb = Literal["listed", "article", "offers"]

LENGTH = 8
TOOK = 4
MAX_ANSWER = 48 * 1024 * 1024
"""Bytes of an answer. A page is at most 10 MiB; its text, said twice and escaped, stays under this."""


def question(verb: Verb, page: Page, source: Source, *, seconds: float = 0.0, nice: int = 0) -> bytes:
    """The frame that asks a worker for `verb` on `page` of `source`, without its last part: the body of the page comes behind it.

    With `seconds` (of processor time) the worker may take so many and no more, where that is less than any page may; `nice` is by
    how much it steps back behind other processes, from now on.
    """
    head: dict[str, Any] = {
        "do": verb, "seconds": seconds, "nice": nice,
        "page": {
            "url": page.url, "asked": page.asked, "fetched_at": page.fetched_at.isoformat(), "status": page.status,
            "media_type": page.media_type, "charset": page.charset,
        },
        "source": {
            "id": source.id, "kind": source.kind, "url": source.url, "language": source.language, "timezone": source.timezone,
            "select": _slots(source.select) if source.select else None,
            "article": _slots(source.article) if source.article else None,
            "items": source.items, "fields": _slots(source.fields) if source.fields else None,
            "match_url": source.match_url, "watch": source.watch, "next_page": source.next_page,
            "newer_than": None if source.newer_than is None else source.newer_than.total_seconds(),
        },
    }  # fmt: skip
    line = json.dumps(head).encode() + b"\n"
    return (len(line) + len(page.body)).to_bytes(LENGTH, "big") + line


def serve(connection: socket.socket, seconds: float) -> None:
    """The worker's life: say that it is ready, then answer questions until the other side leaves."""
    _send(connection, b'{"ready": true}\n')
    while True:
        asked = _receive(connection)
        if asked is None:
            return
        head = json.loads(asked[0])
        os.nice(head["nice"])
        _allow_processor(min(head["seconds"] or seconds, seconds))
        began = time.process_time()
        answer = answer_to(*asked)
        del asked
        _allow_processor(0)
        _send(connection, answer, time.process_time() - began)


def answer_to(line: bytes, body: bytes) -> bytes:
    """What a worker says to the line of a question and the body behind it. Raises nothing."""
    try:
        verb, page, source = _asked(json.loads(line), body)
        answer = _lines(*_do(verb, page, source))
        if len(answer) > MAX_ANSWER:
            raise ParseError("too_complex", "more text than fits into an answer")
        return answer
    except ParseError as error:
        return _lines({"error": error.outcome, "detail": error.detail, "condition": error.condition})
    except (MemoryError, RecursionError) as error:
        return _lines({"error": "too_complex", "detail": f"the page took more than it may: {type(error).__name__}"})
    except Exception as error:  # noqa: BLE001 - third-party parsers raise anything; the page is at fault, and the service lives
        return _lines({"error": "parse_error", "detail": f"the parser failed: {_place(error)}"})


def _do(verb: Verb, page: Page, source: Source) -> list[dict[str, Any]]:
    if verb == "article":
        from scraper.parsers.article import parse

        return [article_row(parse(page, source))]
    if verb == "offers":
        from scraper.parsers import offers

        return [offers_row(offers.parse(page, source))]
    from scraper.parsers import PARSERS

    listed = PARSERS[source.kind](page, source)
    head = {
        "title": listed.title,
        "left_out": listed.left_out,
        "partial": listed.partial,
        "next_page": listed.next_page,
        "passed_over": listed.passed_over,
        "mended": listed.mended,
        "sitemaps": [[one.url, one.modified.isoformat() if one.modified else None] for one in listed.sitemaps],
    }
    return [head, *(item_row(item) for item in listed.items)]


def _asked(head: dict[str, Any], body: bytes) -> tuple[Verb, Page, Source]:
    page, source = dict(head["page"]), dict(head["source"])
    page["fetched_at"] = datetime.fromisoformat(page["fetched_at"])
    if source["select"]:
        source["select"] = Select(**source["select"])
    if source["article"]:
        rules = source["article"]
        source["article"] = ArticleRules(**{**rules, "remove": tuple(rules["remove"])})
    if source["fields"]:
        source["fields"] = Fields(**source["fields"])
    if source["newer_than"] is not None:
        source["newer_than"] = timedelta(seconds=source["newer_than"])
    return head["do"], Page(body=body, **page), Source(**source)


def _allow_processor(seconds: float) -> None:
    """The worker is killed after `seconds` of processor time from now (setitimer(2), ITIMER_PROF), 0 for no bound.

    It is what a page costs; the service's own clock, which bounds a page's wait, also runs while others have the processor.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _place(error: Exception) -> str:
    """Where our own code stood when a library failed: enough to find it, no traceback, nothing of the page."""
    trace, where = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if str(name).startswith("scraper."):
            where = f" in {name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{where}"


def _lines(*rows: dict[str, Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "replace")


def _send(connection: socket.socket, data: bytes, took: float = 0.0) -> None:
    connection.sendall(len(data).to_bytes(LENGTH, "big") + round(took * 1000).to_bytes(TOOK, "big") + data)


def _receive(connection: socket.socket) -> tuple[bytes, bytes] | None:
    """The line of a question and the body behind it; None where the other side has left. The body stands in memory once."""
    head = _exactly(connection, LENGTH)
    if head is None:
        return None
    asked = _exactly(connection, int.from_bytes(head, "big"))
    if asked is None:
        return None
    end = asked.find(b"\n") + 1
    with memoryview(asked) as whole:
        return bytes(whole[:end]), bytes(whole[end:])


def _exactly(connection: socket.socket, size: int) -> bytearray | None:
    data, at = bytearray(size), 0
    with memoryview(data) as whole:
        while at < size:
            count = connection.recv_into(whole[at:], min(size - at, 1 << 20))
            if not count:
                return None
            at += count
    return data


def _slots(value: Select | ArticleRules | Fields) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


# ------------------------------------------------------------------------------------------- rows


def item_row(item: Item) -> dict[str, Any]:
    """An item as JSON-like data."""
    return {
        "guid": item.guid, "url": item.url, "title": item.title, "summary": item.summary, "text": item.text,
        "published": _moment_row(item.published), "author": item.author, "language": item.language,
        "modified": _moment_row(item.modified), "edited": item.edited, "forwarded_from": item.forwarded_from,
        "reply_to": item.reply_to,
    }  # fmt: skip


def article_row(article: Article) -> dict[str, Any]:
    """An article as JSON-like data."""
    return {
        "text": article.text, "title": article.title, "published": _moment_row(article.published),
        "said_on": _moment_row(article.said_on), "author": article.author, "language": article.language,
        "links": list(article.links),
    }  # fmt: skip


def offers_row(offers: Offers) -> dict[str, Any]:
    """What a page offers as JSON-like data."""
    return {
        "title": offers.title, "language": offers.language, "feeds": list(offers.feeds), "wordpress": offers.wordpress,
        "is_wordpress": offers.is_wordpress, "channels": list(offers.channels),
        "lists": [[_slots(select), count] for select, count in offers.lists],
    }  # fmt: skip


def _moment_row(moment: Moment | None) -> dict[str, Any] | None:
    if moment is None:
        return None
    # The name of a zone does not travel; its offset at that time does, and that is what the page said.
    return {
        "at": moment.at.isoformat(), "precision": moment.precision, "method": moment.method, "confident": moment.confident
    }  # fmt: skip


def read_listed(answer: bytes) -> Listed:
    """The answer to "listed". Raises ParseError: the one that the worker reports, or that the answer is not understood."""
    head, *rows = _rows(answer)
    try:
        return Listed(
            items=tuple(_item(row) for row in rows),
            title=_str(head["title"]),
            left_out=_int(head["left_out"]),
            partial=_bool(head["partial"]),
            next_page=_optional(head["next_page"]),
            passed_over=_int(head["passed_over"]),
            mended=_bool(head.get("mended", False)),
            sitemaps=tuple(Sitemap(str(_address(_str(url))), _aware(at)) for url, at in head["sitemaps"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _not_understood() from error


def read_article(answer: bytes) -> Article:
    """The answer to "article". Raises ParseError as `read_listed` does."""
    head = _rows(answer)[0]
    try:
        return Article(
            text=_str(head["text"]),
            title=_str(head["title"]),
            published=_moment(head["published"]),
            said_on=_moment(head["said_on"]),
            author=_optional(head["author"]),
            language=_optional(head["language"]),
            links=tuple(_str(link) for link in head["links"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _not_understood() from error


def read_offers(answer: bytes) -> Offers:
    """The answer to "offers". Raises ParseError as `read_listed` does."""
    head = _rows(answer)[0]
    try:
        return Offers(
            title=_str(head["title"]),
            language=_str(head["language"]),
            feeds=tuple(str(_address(_str(url))) for url in head["feeds"]),
            wordpress=_str(head["wordpress"]) and str(_address(head["wordpress"])),
            is_wordpress=_bool(head["is_wordpress"]),
            channels=tuple(_str(name) for name in head["channels"]),
            lists=tuple((_select(select), _int(count)) for select, count in head["lists"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _not_understood() from error


def _select(row: Any) -> Select:
    return Select(_str(row["item"]), _str(row["link"]), _str(row["title"]), _str(row["date"]), _str(row["summary"]))


def _rows(answer: bytes) -> list[dict[str, Any]]:
    # Line by line: one long call of the JSON reader would keep every other thread waiting.
    try:
        rows = [json.loads(line) for line in answer.split(b"\n") if line]
    except (ValueError, RecursionError) as error:
        raise _not_understood() from error
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise _not_understood()
    if "error" in rows[0]:
        outcome, detail, condition = rows[0]["error"], rows[0].get("detail"), rows[0].get("condition")
        if outcome not in get_args(Outcome) or not isinstance(detail, str):
            raise _not_understood()
        if condition is not None and condition not in get_args(Condition):
            raise _not_understood()
        raise ParseError(outcome, detail, condition=condition)
    return rows


def _item(row: dict[str, Any]) -> Item:
    return Item(
        guid=_optional(row["guid"]),
        url=_address(row["url"]),
        title=_str(row["title"]),
        summary=_str(row["summary"]),
        text=_optional(row["text"]),
        published=_moment(row["published"]),
        author=_optional(row["author"]),
        language=_optional(row["language"]),
        modified=_moment(row["modified"]),
        edited=_bool(row["edited"]),
        forwarded_from=_optional(row["forwarded_from"]),
        reply_to=_optional(row["reply_to"]),
    )


def _aware(value: Any) -> datetime | None:
    at = None if value is None else datetime.fromisoformat(_str(value))
    if at is not None and at.tzinfo is None:
        raise ValueError("a time without an offset")
    # At the ends of the calendar there is no room for another zone: whoever compares such a time in UTC would fail.
    return at if at is not None and MINYEAR < at.year < MAXYEAR else None


def _moment(row: Any) -> Moment | None:
    at = None if row is None else _aware(_str(row["at"]))
    if at is None:
        return None
    if row["precision"] not in get_args(Precision):
        raise ValueError("no moment")
    return Moment(at, row["precision"], _str(row["method"]), _bool(row["confident"]))


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _optional(value: Any) -> str | None:
    return None if value is None else _str(value)


def _address(value: Any) -> str | None:
    if value is not None and not _str(value)[:8].lower().startswith(("http://", "https://")):
        raise ValueError("no web address")
    return None if value is None else str(value)


def _int(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError("no number")
    return value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("no truth value")
    return value


def _not_understood() -> ParseError:
    return ParseError("parse_error", "the parser's answer is not understood")
