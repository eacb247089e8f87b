"""One TOML file as read from disk, its parts with their places, and what was found wrong in them.

    path -> Document (text, data) -> Part (one table or value in it) -> Findings (problems and warnings, with line and column)

Reading is bounded: bytes, nesting, dotted keys. The line map is made only for a document in which something was found.
"""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from scraper.errors import ConfigError, Problem, one_line
from scraper.lines import Path, line_map, place_of

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 16
MAX_FINDINGS = 50_000
_DEEP_KEY = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}""", re.VERBOSE
)
_SAID_AT = re.compile(
    r"^(?P<said>.*?) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is TOML. `file` is its name as messages give it, `folder` what relative paths in it start from."""

    file: str
    folder: FilePath
    text: str = field(repr=False)
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a document: where it is, and what stands there as `tomllib` gave it."""

    document: Document
    path: Path
    raw: Any = field(repr=False)

    def at(self, key: str | int) -> Part:
        """The part below under `key`; its `raw` is None where nothing stands there."""
        try:
            raw = self.raw[key]
        except (KeyError, IndexError, TypeError):
            raw = None
        return Part(self.document, (*self.path, key), raw)

    def tables(self) -> Iterator[tuple[str, Part]]:
        """The parts below, for a part that is a table."""
        for key in self.raw:
            yield key, self.at(key)


class Findings:
    """Everything found wrong so far. A problem stops the configuration, a warning is worth a line."""

    def __init__(self) -> None:
        self._problems: list[tuple[Document | None, Path, str, str, str]] = []
        self._warnings: list[tuple[Document | None, Path, str, str, str]] = []
        self._seen: dict[tuple[str, Path], None] = {}
        self._said: set[tuple[str, Path, str]] = set()
        self._order: dict[str, int] = {}
        self._placed: list[Problem] = []

    def problem(self, part: Part, message: str, hint: str = "") -> None:
        """`part` (or a key that is missing in it) is wrong."""
        self._note(part.document)
        self._seen[(part.document.file, part.path)] = None
        if self._is_new(part, message):
            self._problems.append((part.document, part.path, message, hint, ""))

    def warn(self, part: Part, message: str, hint: str = "") -> None:
        """`part` is allowed, but the operator should know."""
        self._note(part.document)
        if self._is_new(part, message):
            self._warnings.append((part.document, part.path, message, hint, ""))

    def outside(self, name: str, message: str, hint: str = "") -> None:
        """A value from outside the files (an environment variable, an argument) is wrong."""
        self._problems.append((None, (), message, hint, name))

    def elsewhere(self, problems: Sequence[Problem]) -> None:
        """Another file could not be read at all: `problems` say why."""
        self._placed.extend(problems)

    def has(self, part: Part) -> bool:
        """Whether a problem with exactly this part was found."""
        return (part.document.file, part.path) in self._seen

    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the order of the files and of the lines in them; past 50,000 the rest is only counted."""
        return _placed(self._problems, self._order) + tuple(self._placed)

    def warnings(self) -> tuple[str, ...]:
        """All warnings, one line each, in the same order."""
        return tuple(str(problem) for problem in _placed(self._warnings, self._order))

    def raise_problems(self) -> None:
        """Raises `ConfigError` with all problems, if there is one."""
        if self._problems or self._placed:
            raise ConfigError(self.problems())

    def _is_new(self, part: Part, message: str) -> bool:
        """Whether this was not said of this part yet: one table may be read for many sources."""
        said = (part.document.file, part.path, message)
        known = said in self._said
        self._said.add(said)
        return not known

    def _note(self, document: Document) -> None:
        self._order.setdefault(document.file, len(self._order))


def read_document(path: FilePath, file: str = "") -> Document:
    """The file at `path`, at most 4 MiB of UTF-8 TOML. `file` is the name that messages use; else the path as it is.

    Raises `ConfigError` with one problem: not there, not readable, too large, not UTF-8, not TOML (with the place), or
    nested deeper than any key of ours.
    """
    name = file or str(path)
    text = _text(path, name)
    deep = _DEEP_KEY.search(text)
    if deep:
        raise _error(name, text, deep.start(), "a dotted key of more than 64 parts is no key of ours")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(name, text, error) from None
    except RecursionError:
        raise ConfigError([Problem(name, 0, 0, "", "is nested too deeply")]) from None
    except ValueError as error:  # an integer of thousands of digits; the text says which limit
        raise ConfigError([Problem(name, 0, 0, "", one_line(str(error)).partition(":")[0])]) from None
    document = Document(name, path.parent, text, data)
    too_deep = _too_deep(data)
    if too_deep is not None:
        findings = Findings()
        findings.problem(Part(document, too_deep, None), f"is nested deeper than {MAX_DEPTH} levels")
        findings.raise_problems()
    return document


def dotted(path: Path) -> str:
    """`path` for people: `sources.ina.select.item`, `routes[2].channels[0]`; odd keys in quotes, on one line, never long."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            plain = re.fullmatch(r"[A-Za-z0-9_-]{1,80}", part)
            text += ("." if text else "") + (part if plain else '"' + one_line(part, 60).replace('"', "'") + '"')
    return text


def _text(path: FilePath, name: str) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError([Problem(name, 0, 0, "", "is not a file")])
        with path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(
            [Problem(name, 0, 0, "", "there is no such file", "`bayan init` writes a first one")]
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is no file name"
        raise ConfigError([Problem(name, 0, 0, "", f"cannot be read: {reason}")]) from error
    if len(raw) > MAX_BYTES:
        raise ConfigError(
            [Problem(name, 0, 0, "", "is larger than 4 MiB", "move watchlists to files and `include` them")]
        )
    try:
        text = raw.decode("utf-8-sig")  # a byte order mark is what some editors leave; TOML has no use for it
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise ConfigError([Problem(name, line, column, "", "is not UTF-8 here", "save the file as UTF-8")]) from None
    return text.replace("\r\n", "\n")


def _error(name: str, text: str, position: int, message: str) -> ConfigError:
    before = text[:position]
    return ConfigError([Problem(name, before.count("\n") + 1, len(before) - before.rfind("\n"), "", message)])


def _syntax(name: str, text: str, error: tomllib.TOMLDecodeError) -> ConfigError:
    """What `tomllib` says, as a problem. In Python 3.11 the place stands only in its text."""
    found = _SAID_AT.match(str(error))
    said = one_line(found["said"] if found else str(error), 200)
    line, column = (int(found["line"]), int(found["column"])) if found and found["line"] else (0, 0)
    if not line:  # at the end of the document
        last = text.rstrip("\n").rpartition("\n")[2]
        line, column = text.rstrip("\n").count("\n") + 1, len(last) + 1
    hint = ""
    if said.startswith(("Cannot declare", "Cannot overwrite", "Cannot mutate")):
        hint = "the same table or key stands twice"
    elif said.startswith("Invalid value"):
        hint = "text stands in quotes, lists in brackets; true and false are written small"
    return ConfigError([Problem(name, line, column, "", f"is not TOML: {said}", hint)])


def _too_deep(data: Mapping[str, Any]) -> Path | None:
    """The path of the first part below `MAX_DEPTH`, cut to that length; None where all is flat enough."""
    waiting: list[tuple[Path, Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in below:
            if isinstance(inner, dict | list):
                if len(path) >= MAX_DEPTH:
                    return path
                waiting.append(((*path, key), inner))
    return None


def _placed(found: list[tuple[Document | None, Path, str, str, str]], order: dict[str, int]) -> tuple[Problem, ...]:
    maps: dict[str, dict[Path, tuple[int, int]]] = {}
    placed: list[tuple[int, int, int, Problem]] = []
    for document, path, message, hint, name in found[:MAX_FINDINGS]:
        if document is None:
            placed.append((-1, 0, 0, Problem(name, 0, 0, "", message, hint)))
            continue
        if document.file not in maps:
            maps[document.file] = line_map(document.text)
        line, column = place_of(maps[document.file], path)
        placed.append(
            (order[document.file], line, column, Problem(document.file, line, column, dotted(path), message, hint))
        )
    placed.sort(key=lambda entry: entry[:3])
    rest = len(found) - len(placed)
    more = (Problem("", 0, 0, "", f"... and {rest:,} more"),) if rest > 0 else ()
    return tuple(problem for *_, problem in placed) + more
