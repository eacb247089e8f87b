"""Reads JSON that came from outside: bounded in depth, and with what servers print before it passed over."""

from __future__ import annotations

import json
import re
from typing import Any

from scraper.errors import ParseError
from scraper.model import Page, Source
from scraper.parsers import stranger
from scraper.parsers.charset import decode

MAX_DEPTH = 100
_START = re.compile(r'\[\s*[\[{\]]|\{\s*["}]')
_JUNK = 4_000
_LONGEST_NUMBER = 400
# One number of more digits than Python reads (4,300) would cost all that stands beside it.
_DECODER = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) <= _LONGEST_NUMBER else float("inf"))


def read(page: Page, source: Source) -> Any:
    """The JSON value in `page`, which is a list or an object.

    Raises ParseError: "empty" for no body, "suspect" for a web page, "incomplete" for a value that breaks off, "parse_error"
    for anything else that is no JSON, "too_complex" for more than 100 levels.
    """
    if not page.body.strip():
        raise ParseError("empty", "an empty answer")
    text = decode(page.body, page.charset, source.language).text.lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")):
        # PHP prints its warnings before the answer.
        found = _START.search(text[:_JUNK])
        if found is None:
            what = "an HTML page" if text.startswith("<") else f"text that says {text[:60]!r}"
            raise ParseError(
                "suspect", f"{what}, not JSON", condition=stranger.of(text) if text.startswith("<") else "html"
            )
        text = text[found.start() :]
    _check_depth(text)
    try:
        value, _ = _DECODER.raw_decode(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text) - 1 or "Unterminated" in error.msg:
            raise ParseError("incomplete", "the JSON breaks off") from error
        raise ParseError("parse_error", f"JSON that cannot be read: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise ParseError("parse_error", f"JSON that cannot be read: {error}") from error
    if not isinstance(value, dict | list):
        raise ParseError("parse_error", "JSON, but neither a list nor an object")
    return value


def value_in(text: str) -> Any:
    """The JSON value at the beginning of `text`, None where there is none that can be read, or it is over 100 levels deep."""
    try:
        _check_depth(text)
        return _DECODER.raw_decode(text)[0]
    except (ParseError, ValueError, RecursionError):
        return None


def scalar(value: Any, limit: int = 4_000_000) -> str:
    """A text or number as text; "" for anything else. WordPress and its kin wrap text as `{"rendered": ...}`."""
    if isinstance(value, dict):
        value = value.get("rendered")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return str(value)[:limit]
    except ValueError:  # a number of more digits than Python writes
        return ""


def _check_depth(text: str) -> None:
    depth = 0
    for mark in _MARKS.finditer(text):
        if mark[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ParseError("too_complex", f"JSON of more than {MAX_DEPTH} levels")
        elif mark[0] in "]}":
            depth -= 1


_MARKS = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
