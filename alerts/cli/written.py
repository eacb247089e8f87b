"""Configuration files changed by a command: a table added, a few keys of one replaced; comments and all else stay as they are.

Nothing is written before the changed file was read as a whole configuration; then it takes the place of the old one at once.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.model import Select, Source

SELECT_KEYS = ("item", "link", "title", "date", "summary")


def quoted(text: str) -> str:
    """`text` as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def source_table(id_: str, source: Source, *, select: Select | None = None, language: str = "") -> str:
    """`[sources.ID]` with what `source` needs to be what it is; `select` as a table of its own below it."""
    lines = [f"[sources.{id_}]", f"kind = {quoted(source.kind)}"]
    if source.kind == "channel":
        lines.append(f"channel = {quoted(source.channel)}")
    if source.kind != "channel" or not source.url.startswith("https://t.me/s/"):
        lines.append(f"url = {quoted(source.url)}")
    if language:
        lines.append(f"language = {quoted(language)}")
    if source.allow_private:
        lines.append("allow_private = true")
    if select is not None:
        lines += ["", f"  [sources.{id_}.select]", *(f"  {key} = {quoted(value)}" for key, value in chosen(select))]
    return "\n".join(lines) + "\n"


def chosen(select: Select) -> list[tuple[str, str]]:
    """The selectors that are set, by their keys in the file."""
    return [(key, value) for key in SELECT_KEYS if (value := str(getattr(select, key)))]


def free_id(wanted: str, taken: set[str]) -> str:
    """`wanted` as an id of the configuration, with a number behind it where it is taken."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", wanted.lower()).strip("-_")[:56] or "source"
    return next(one for one in (plain, *(f"{plain}-{n}" for n in range(2, 10_000))) if one not in taken)


def with_table(text: str, table: str) -> str:
    """`text` with `table` at its end, a blank line before it."""
    return f"{text.rstrip()}\n\n{table}" if text.strip() else table


def with_selectors(text: str, source: str, select: Select) -> str:
    """`text` with the selectors of `[sources.SOURCE.select]` replaced; comments, order and all other keys stay.

    Where the source has no such table, it gets one behind its own. Raises ValueError where selectors stand in no table of
    their own, or in a form of which one line is not one selector.
    """
    lines = text.split("\n")
    start = _header(lines, source, "select")
    if start is None:
        return _with_new_selectors(lines, source, select)
    new = dict(chosen(select))
    end = _end(lines, start)
    kept: list[str] = []
    written: set[str] = set()
    last = 0
    for number in range(start + 1, end):
        found = _SELECTOR.match(lines[number])
        if found is None:
            if re.match(rf"^\s*(?:{'|'.join(SELECT_KEYS)})\s*=", lines[number]):
                raise ValueError(f"line {number + 1} is written in a way that a program does not replace")
            kept.append(lines[number])
        elif found["key"] in new:
            kept.append(f"{found['before']}{quoted(new[found['key']])}{found['behind']}")
            written.add(found["key"])
        else:
            continue
        last = len(kept) if lines[number].strip() else last
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    more = [f"{indent}{key} = {quoted(value)}" for key, value in new.items() if key not in written]
    return "\n".join([*lines[: start + 1], *kept[:last], *more, *kept[last:], *lines[end:]])


_SELECTOR = re.compile(
    rf"""^(?P<before>\s*(?P<key>{"|".join(SELECT_KEYS)})\s*=\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*')(?P<behind>\s*(?:\#.*)?)$"""
)


def with_other_way(text: str, source: str, way: Source) -> str:
    """`text` with `kind` and `url` of `[sources.SOURCE]` replaced and its selectors taken out; all else stays.

    Raises ValueError where they do not stand in lines of their own.
    """
    lines = text.split("\n")
    start = _header(lines, source)
    if start is None:
        raise ValueError(f"[sources.{source}] is no table of its own in this file")
    for key, value in (("kind", way.kind), ("url", way.url)):
        line = re.compile(rf"""^(\s*{key}\s*=\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*')(\s*(?:\#.*)?)$""")
        found = [(number, line.match(lines[number])) for number in range(start + 1, _end(lines, start))]
        own = [(number, parts) for number, parts in found if parts is not None]
        if len(own) != 1:
            raise ValueError(f"`{key}` of [sources.{source}] does not stand in a line of its own")
        number, parts = own[0]
        lines[number] = f"{parts[1]}{quoted(value)}{parts[2]}"
    if any(re.match(r"^\s*select\b", line) for line in lines[start : _end(lines, start)]):
        raise ValueError(f"[sources.{source}.select] is no table of its own in this file")
    below = _header(lines, source, "select")
    if below is not None:
        end = _end(lines, below)
        while end > below + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
            end -= 1
        del lines[below:end]
        while below < len(lines) and below > 0 and not lines[below - 1].strip() and not lines[below].strip():
            del lines[below]
    return "\n".join(lines)


def _with_new_selectors(lines: list[str], source: str, select: Select) -> str:
    start = _header(lines, source)
    if start is None:
        raise ValueError(f"[sources.{source}] is no table of its own in this file")
    end = _end(lines, start)
    if any(re.match(r"^\s*select\b", line) for line in lines[start:end]):
        raise ValueError(f"[sources.{source}.select] is no table of its own in this file")
    while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    table = ["", f"  [sources.{source}.select]", *(f"  {key} = {quoted(value)}" for key, value in chosen(select))]
    return "\n".join([*lines[:end], *table, *lines[end:]])


def _header(lines: list[str], source: str, *below: str) -> int | None:
    """The line of `[sources.SOURCE]`, or of a table below it; None where there is none of its own."""
    keys = [rf"(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')" for key in ("sources", source, *below)]
    header = re.compile(r"^\s*\[\s*" + r"\s*\.\s*".join(keys) + r"\s*\]")
    return next((number for number, line in enumerate(lines) if header.match(line)), None)


def _end(lines: list[str], start: int) -> int:
    """The line of the next header behind `start`."""
    return next((number for number in range(start + 1, len(lines)) if re.match(r"^\s*\[", lines[number])), len(lines))


def difference(before: str, after: str, name: str) -> str:
    """What a change of the file would do to it, as a unified diff."""
    lines = unified_diff(before.splitlines(), after.splitlines(), name, f"{name} (proposed)", lineterm="", n=3)
    return "\n".join(lines)


def replace_file(path: Path, text: str, environ: Mapping[str, str], *, whole: Path | None = None) -> None:
    """Put `text` in the place of the file at `path`, once it could be read as a whole configuration.

    Where it is one that is included, `whole` is the file that includes it: that is read after the change, and the change
    taken back where it is wrong. Raises ConfigError with its mistakes: then nothing was changed. Raises OSError where it
    cannot be written.
    """
    from alerts.config import load
    from scraper.errors import ConfigError

    real = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".toml", dir=real.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if whole is None or whole.resolve() == real:
            load(draft, environ)
        status = real.stat()
        draft.chmod(status.st_mode & 0o7777)
        if os.geteuid() == 0:
            os.chown(draft, status.st_uid, status.st_gid)
        before = real.read_bytes()
        draft.replace(real)
        if whole is not None and whole.resolve() != real:
            try:
                load(whole, environ)
            except ConfigError:
                real.write_bytes(before)
                raise
    finally:
        draft.unlink(missing_ok=True)
