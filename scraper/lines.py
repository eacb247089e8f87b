"""Where every key of a TOML file stands: path to line and column, for messages that point at the place.

`tomllib` gives values without positions, so this walks the text a second time. It is asked only once something is wrong,
and only with text that `tomllib` has read. Grammar: TOML 1.0.0, sections "Keys", "String", "Table", "Array of Tables".
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress

Path = tuple[str | int, ...]
"""A key's way down from the top: table keys as text, positions in arrays as numbers from 0."""

_BLANK = re.compile(r"[ \t]*+")
_SKIP = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]++")
_PLAIN_VALUE = re.compile(r"[^,\]}#\n]++")
# No outer possessive quantifier where a lookahead stands inside: Python 3.11.2 (Debian 12) then misses matches.
_STRING = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']++|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'[^'\n]*+'",
    re.DOTALL,
)


def line_map(text: str) -> dict[Path, tuple[int, int]]:
    """The place of every table, key and array element of `text`: (line, column), in code points, both from 1.

    A key stands where its first letter or quote is, a table where its bracket is, an element where its value begins. A
    table that is only implied (`a` in `[a.b]`) has the place of the first line that implies it. For text that is not
    TOML the map ends where the reading stopped. Nothing is raised.
    """
    walk = _Walk(text)
    with suppress(_NotToml):
        walk.document()
    return walk.places


def place_of(places: dict[Path, tuple[int, int]], path: Path) -> tuple[int, int]:
    """The place of `path`, or of the nearest table above it that has one; (0, 0) where nothing has."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return (0, 0)


def _unquoted(raw: str) -> str:
    """A key in quotes as `tomllib` would give it."""
    if raw[0] == "'" or "\\" not in raw:
        return raw[1:-1]
    try:
        return next(iter(tomllib.loads(f"{raw}=0")))
    except tomllib.TOMLDecodeError:
        raise _NotToml from None


class _NotToml(Exception):
    """The text stopped making sense here."""


class _Walk:
    """One walk through one text. `at` is the position, in code points from 0; `table` the path of the last header."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.table: Path = ()
        self.places: dict[Path, tuple[int, int]] = {}
        self._last: dict[Path, int] = {}  # array of tables: index of its newest element
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def document(self) -> None:
        while True:
            self.take(_SKIP)
            if self.at >= len(self.text):
                return
            start = self.at
            if self.text.startswith("[[", start):
                self.at += 2
                keys = self.key()
                array = (*self.resolve(keys[:-1]), keys[-1])
                self._last[array] = self._last.get(array, -1) + 1
                self.table = (*array, self._last[array])
                self.skip_mark("]]")
                self.note(self.table, start)
            elif self.text[start] == "[":
                self.at += 1
                self.table = self.resolve(self.key())
                self.skip_mark("]")
                self.note(self.table, start)
                self.places[self.table] = self.place(start)  # its own header says more than one that implied it
            else:
                path = self.table + self.key()
                self.note(path, start)
                self.skip_mark("=")
                self.value(path)

    def value(self, path: Path) -> None:
        """Step over one value, noting what is inside. `within` holds the open brackets: [closing mark, path, index]."""
        within: list[tuple[str, Path, int]] = []
        while True:
            self.take(_BLANK if not within else _SKIP)
            mark = self.text[self.at : self.at + 1]
            if mark in ("[", "{"):
                self.at += 1
                within.append(("]" if mark == "[" else "}", path, -1))
            elif mark in ('"', "'"):
                self.take(_STRING)
            else:
                self.take(_PLAIN_VALUE)
            while within:  # behind a value or an opening bracket: the end, or the next element
                closing, above, index = within[-1]
                self.take(_SKIP)
                if self.text.startswith(",", self.at):
                    self.at += 1
                    self.take(_SKIP)
                if self.text.startswith(closing, self.at):
                    self.at += 1
                    within.pop()
                    continue
                start = self.at
                if closing == "]":
                    within[-1] = (closing, above, index + 1)
                    path = (*above, index + 1)
                    self.note(path, start)
                else:
                    path = above + self.key()
                    self.note(path, start)
                    self.skip_mark("=")
                break
            if not within:
                return

    def key(self) -> tuple[str, ...]:
        """The dotted key at this position, its parts as `tomllib` would give them."""
        parts: list[str] = []
        while True:
            self.take(_BLANK)
            start = self.at
            if self.text[start : start + 1] in ('"', "'"):
                parts.append(_unquoted(self.take(_STRING)))
            else:
                parts.append(self.take(_BARE_KEY))
            self.take(_BLANK)
            if not self.text.startswith(".", self.at):
                return tuple(parts)
            self.at += 1

    def resolve(self, keys: tuple[str, ...]) -> Path:
        """A header's keys as a path: through an array of tables it means the newest element."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self._last:
                path = (*path, self._last[path])
        return path

    def note(self, path: Path, start: int) -> None:
        place = self.place(start)
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return
            self.places[path[:length]] = place

    def place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1

    def take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise _NotToml
        self.at = found.end()
        return found.group()

    def skip_mark(self, mark: str) -> None:
        self.take(_BLANK)
        if not self.text.startswith(mark, self.at):
            raise _NotToml
        self.at += len(mark)
