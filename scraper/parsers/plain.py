"""Markup inside a feed or a JSON value, made plain text: no tags, no entities, paragraphs as lines.

It works on the text alone and builds no tree, so that a value made to hurt a tree builder costs no more than its length.
"""

from __future__ import annotations

import html
import re

from scraper.text import clean, clean_line

TEXT_LIMIT = 1_000_000
TITLE_LIMIT = 4_000

_UNSEEN = ("script", "style", "template", "noscript", "iframe", "svg", "head")
_UNSEEN_START = re.compile(rf"<(?:({'|'.join(_UNSEEN)})\b|(!--)|(!\[CDATA\[))", re.IGNORECASE)
_UNSEEN_END = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in _UNSEEN}
_COMMENT_END = re.compile(r"--!?>")
# Both match the empty place before a tag: putting a plain string there is all that a replacement has to do.
_BLOCK = re.compile(
    r"(?=<(?:br\b|hr\b|/?(?:p|div|ul|ol|dl|dt|dd|li|h[1-6]|table|thead|tbody|tr|blockquote|pre|section|article|aside|header|"
    r"footer|figure|figcaption|form|fieldset|main|nav|address|details|summary)\b))",
    re.IGNORECASE,
)
_CELL = re.compile(r"(?=</t[dh]\b)", re.IGNORECASE)
# A quoted value may hold ">" or "<"; its length is bounded, so that a lone quotation mark cannot swallow the rest.
_TAG = re.compile(r"""</?[A-Za-z][^<>"']*+(?:(?:"[^"]{0,4000}+"|'[^']{0,4000}+')[^<>"']*+){0,64}+>""")
_LOOSE_TAG = re.compile(r"<[/!?]?[A-Za-z][^<>]*+>|<[!?][^<>]*+>")
_ENDLESS_REFERENCE = re.compile(r"&#(?:[0-9]{9,}|[xX][0-9a-fA-F]{9,});?")
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_AROUND_LINES = re.compile(r" *\n[ \n]*")
_PICTURE = 20_000
"""Letters of a value that are looked through for a picture's words."""
_ALT = re.compile(r"""<img\b[^<>]{0,2000}?\balt\s{0,9}=\s{0,9}(["'])([^"'<>]{3,500})\1""", re.IGNORECASE)
_SVG = re.compile(
    r"<svg\b[^<>]{0,2000}>.{0,500}?<(title|desc)\b[^<>]{0,500}>(.{1,500}?)</\1", re.IGNORECASE | re.DOTALL
)
_TWICE = re.compile(r"&(?:amp|quot|apos|nbsp|#\d{2,5}|#x[0-9a-f]{2,4});", re.IGNORECASE)
_PAIR = re.compile(r"<([A-Za-z][A-Za-z0-9]*)\b[^<>]*>[^<]*</\1\s*>|<(?:br|img|hr)\b[^<>]*>", re.IGNORECASE)


def plain(markup: str, limit: int = TEXT_LIMIT) -> str:
    """The text of a piece of HTML (a fragment or a whole page), blocks on lines of their own, at most `limit` code points."""
    text = markup[: limit * 8]
    if "<" in text:
        text = _without_unseen(text)
        # Line ends inside markup are white space; only blocks make lines.
        text = text.replace("\n", " ")
        text = _BLOCK.sub("\n", text)
        if "</t" in text:
            text = _CELL.sub(" ", text)
        text = _TAG.sub("", text)
        if "<" in text:
            text = _LOOSE_TAG.sub("", text)
    if "&" in text:
        text = unescaped(text)
    said = cut(_AROUND_LINES.sub("\n", _SPACES.sub(" ", text)), limit)
    return said or _described(markup)


def _described(markup: str) -> str:
    """What a picture that stands alone says to those who do not see it: `alt` (HTML), `title` and `desc` (SVG 2, 5.8); else ""."""
    found = _ALT.search(markup, 0, _PICTURE) or _SVG.search(markup, 0, _PICTURE)
    return cut(" ".join(unescaped(_LOOSE_TAG.sub("", found[2])).split()), 500) if found else ""


def headline(markup: str, *, literal: bool = False) -> str:
    """A title as one line of plain text. `literal` says that the source promised text without markup.

    Even then entities are resolved and tags that come in pairs are taken off: far more feeds break that promise than
    write about tags. Entities that were escaped twice are resolved twice.
    """
    text = markup[: TITLE_LIMIT * 16]
    if not literal or _PAIR.search(text):
        text = plain(text, TITLE_LIMIT * 2)
    elif "&" in text:
        text = unescaped(text)
    if _TWICE.search(text):
        text = unescaped(text)  # escaped once by the page, and once more by what made the feed
    line = clean_line(text, TITLE_LIMIT + 1)
    return line if len(line) <= TITLE_LIMIT else line[: TITLE_LIMIT - 1] + "…"


def unescaped(text: str) -> str:
    """`text` with its entities resolved. A number too long for any character is U+FFFD, as browsers have it.

    `html.unescape` would make an integer of it first, which Python refuses from 4,300 digits on (CVE-2020-10735).
    """
    return html.unescape(_ENDLESS_REFERENCE.sub("\ufffd", text))


def cut(text: str, limit: int = TEXT_LIMIT) -> str:
    """`text` cleaned, at most `limit` code points; where some are cut off, the last one is "…" and says so."""
    whole = clean(text, limit + 1)
    return whole if len(whole) <= limit else whole[: limit - 1] + "…"


def opening(text: str, limit: int = 140) -> str:
    """The first line of `text` that says something, for what has no headline of its own; a long one ends at a word, with "…"."""
    lines = (clean_line(row) for row in text.split("\n", 200)[:200])
    line = next((one for one in lines if any(c.isalnum() for c in one)), "")
    if len(line) <= limit:
        return line
    start = line[:limit]
    return (start.rpartition(" ")[0] if " " in start[limit // 2 :] else start[: limit - 1]).rstrip() + "…"


def _without_unseen(text: str) -> str:
    """`text` without comments, scripts and styles. The words of a CDATA section stay; an unclosed comment ends the text."""
    parts: list[str] = []
    unclosed: set[str] = set()
    at = 0
    while (found := _UNSEEN_START.search(text, at)) is not None:
        parts.append(text[at : found.start()])
        name = (found[1] or "").lower()
        if found[3] or name in unclosed:
            at = found.end()
            continue
        end = _COMMENT_END.search(text, found.end()) if found[2] else _UNSEEN_END[name].search(text, found.end())
        if end is None and found[2]:
            return "".join(parts)
        if end is None:
            unclosed.add(name)  # asked once for each name: a thousand of them cost one search
            at = found.end()
            parts.append("<" + name)
            continue
        parts.append(" ")
        at = end.end()
    parts.append(text[at:])
    return "".join(parts).replace("]]>", "")
