"""A message that grows line by line: our own words as they are, everybody else's made harmless and fenced in.

In a language that is written from right to left every line begins with a mark of that, and everybody else's words are always
fenced in: otherwise a line that begins with a Latin name would run the other way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alerts.model import Message, Span, Style
from alerts.shown import FSI, PDI, RLM, cut, isolate, show, trimmed
from alerts.times import Told, tell_time
from alerts.words import words_of

_LINE = re.compile("\n(?=[^\n])")
"""Before every line that is not empty."""


def short(text: str, limit: int) -> str:
    """Outside text on one line, fit to be shown, within `limit` UTF-16 units."""
    return cut(show(text[: limit * 8]).text, limit)


class Sheet:
    """A message that grows in one language: our own words (`words`) by `add`, everybody else's by `foreign`."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.words = words_of(language)
        self.length = 0
        self._parts: list[str] = []
        self._spans: list[Span] = []
        self._begins = self.words.RIGHT_TO_LEFT
        """True where the next character begins a line that needs its mark."""

    def add(self, text: str, *styles: Style) -> None:
        if text and not text.startswith("\n"):
            self._open()
        if self.words.RIGHT_TO_LEFT:
            self._begins = text.endswith("\n") or (self._begins and not text)
            text = _LINE.sub(f"\n{RLM}", text)
        for style in styles:
            self.span(self.length, self.length + len(text), style)
        self._put(text)

    def foreign(self, text: str, *styles: Style, hits: Sequence[tuple[int, int]] = (), url: str = "") -> None:
        """Adds `text`, which went through `show`, in an isolate where it needs one; `hits` (places in it) are underlined."""
        self._open()
        fenced = self.fenced(text)
        start = self.length + fenced.startswith(FSI)
        place = trimmed(text, 0, len(text))
        for style in styles if place else ():
            self.span(start, start + len(text), style, url if style == "link" else "")
        self._put(fenced)
        for first, last in hits:
            self.span(start + first, start + last, "underline")

    def fenced(self, text: str) -> str:
        """`text`, which went through `show`, as it may stand among the words of this sheet."""
        return f"{FSI}{text}{PDI}" if self.words.RIGHT_TO_LEFT and text else isolate(text)

    def span(self, start: int, end: int, style: Style, url: str = "") -> None:
        self._spans.append(Span(start, end, style, url))

    def time(self, told: Told) -> None:
        self._open()
        if told.at is not None:
            self._spans.append(Span(self.length, self.length + len(told.text), "time", at=told.at, format=told.format))
        self._put(told.text)

    def moment(self, at: datetime, timezone: str) -> None:
        """A time that is sure, written out in `timezone`."""
        self.time(tell_time(at, timezone, self.language))

    def append(self, other: Sheet) -> None:
        """What stands in another sheet of the same language, which begins with a new line."""
        self._spans += [
            replace(span, start=span.start + self.length, end=span.end + self.length) for span in other._spans
        ]
        self._put("".join(other._parts))

    def message(self) -> Message:
        return Message("".join(self._parts), tuple(self._spans))

    def _open(self) -> None:
        if self._begins:
            self._begins = False
            self._put(RLM)

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)
