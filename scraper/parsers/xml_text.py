"""XML as sites write it, made fit for a parser: where it starts, what it may not declare, and its commonest faults repaired."""

from __future__ import annotations

import re
from html.entities import name2codepoint

from scraper.errors import ParseError

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PROLOG = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_DOCTYPE_PART = re.compile(r"""[^\[\]<>"']++|"[^"]*+"|'[^']*+'|<!--.*?-->|[\[\]<>]""", re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_JUNK_END = re.compile(r"<\?xml\s|<(?:[A-Za-z_]\w*:)?(?:rss|feed|RDF|urlset|sitemapindex)[\s>]")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_FAULT = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&#(x[0-9a-f]{1,8}|\d{1,8});|&(?!(?:amp|lt|gt|quot|apos);)", re.DOTALL | re.IGNORECASE
)
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def root(text: str) -> tuple[int, str]:
    """Where the root element (or JSON value) of `text` starts, and the local name of the element in lower case, "" if none.

    Comments, instructions and a DOCTYPE before it are passed over; so is rubbish that a server printed before a feed.
    Raises ParseError("parse_error") where the DOCTYPE declares an entity.
    """
    at = _skip_prolog(text, 0)
    if text[at : at + 1] not in ("<", "{", "["):
        junk = _JUNK_END.search(text[:4_000], at)
        if junk is not None:
            at = _skip_prolog(text, junk.start())
    found = _ROOT.match(text, at)
    return (at, found[2].lower()) if found else (at, "")


def _skip_prolog(text: str, at: int) -> int:
    while True:
        if text.startswith("\ufeff", at):
            at += 1
        found = _PROLOG.match(text, at)
        if found is not None:
            at = found.end()
        elif _DOCTYPE.match(text, at):
            at = _skip_doctype(text, at)
        else:
            return at


def _skip_doctype(text: str, at: int) -> int:
    """The end of the DOCTYPE at `at`. One without entities is harmless (RSS 0.91 has one), one with them is refused."""
    start, depth, inside = at, 0, False
    at += len("<!DOCTYPE")
    while (part := _DOCTYPE_PART.match(text, at)) is not None:
        at = part.end()
        mark = part[0]
        if mark == "[":
            inside = True
        elif mark == "]":
            inside = False
        elif mark == "<":
            depth += 1
        elif mark == ">":
            if depth == 0 and not inside:
                break
            depth -= 1
    if _ENTITY.search(text, start, at):
        raise ParseError("parse_error", "the document declares entities; that is refused")
    return at


def named_entities(text: str) -> str:
    """`&nbsp;` and the like as numbers: HTML's names mean nothing to XML, and many feeds write them all the same."""

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return found[0] if name in _XML_NAMES or name not in name2codepoint else f"&#{name2codepoint[name]};"

    return _NAMED.sub(number, text)


def mended(text: str) -> str:
    """`text` with the two commonest faults of feeds repaired: bare ampersands, and numbers of characters that XML forbids."""

    def repair(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0] if found[0] != "&" else "&amp;"
        number = int(found[1][1:], 16) if found[1][0] in "xX" else int(found[1])
        allowed = (
            number in (9, 10, 13) or 32 <= number < 0xD800 or 0xDFFF < number < 0xFFFE or 0xFFFF < number < 0x110000
        )
        return f"&#{number};" if allowed else ""

    return _FAULT.sub(repair, text)
