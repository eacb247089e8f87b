"""A message that grows line by line: our own words as they are, everybody else's made harmless and fenced in."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.model import Message, Span, Style
from alerts.shown import FSI, cut, isolate, show, trimmed
from alerts.times import Told


def short(text: str, limit: int) -> str:
    """Outside text on one line, fit to be shown, within `limit` UTF-16 units."""
    return cut(show(text[: limit * 8]).text, limit)


class Sheet:
    """A message that grows: our own words by `add`, everybody else's by `foreign`."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[str] = []
        self._spans: list[Span] = []

    def add(self, text: str, *styles: Style) -> None:
        for style in styles:
            self.span(self.length, self.length + len(text), style)
        self._parts.append(text)
        self.length += len(text)

    def foreign(self, text: str, *styles: Style, hits: Sequence[tuple[int, int]] = (), url: str = "") -> None:
        """Adds `text`, which went through `show`, in an isolate where it needs one; `hits` (places in it) are underlined."""
        fenced = isolate(text)
        start = self.length + fenced.startswith(FSI)
        place = trimmed(text, 0, len(text))
        for style in styles if place else ():
            self.span(start, start + len(text), style, url if style == "link" else "")
        self.add(fenced)
        for first, last in hits:
            self.span(start + first, start + last, "underline")

    def span(self, start: int, end: int, style: Style, url: str = "") -> None:
        self._spans.append(Span(start, end, style, url))

    def time(self, told: Told) -> None:
        if told.at is not None:
            self._spans.append(Span(self.length, self.length + len(told.text), "time", at=told.at, format=told.format))
        self.add(told.text)

    def message(self) -> Message:
        return Message("".join(self._parts), tuple(self._spans))
