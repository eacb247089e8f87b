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

    Raises ValueError where the selectors stand in no table of their own and so cannot be replaced line by line.
    """
    new = dict(chosen(select))
    lines = text.split("\n")
    header = re.compile(
        rf"^\s*\[\s*sources\s*\.\s*(?:{re.escape(source)}|\"{re.escape(source)}\"|'{re.escape(source)}')\s*\.\s*select\s*\]"
    )
    start = next((number for number, line in enumerate(lines) if header.match(line)), None)
    if start is None:
        raise ValueError(f"[sources.{source}.select] is no table of its own in this file")
    end = next((n for n in range(start + 1, len(lines)) if re.match(r"^\s*\[", lines[n])), len(lines))
    kept: list[str] = []
    written: set[str] = set()
    indent = re.match(r"\s*", lines[start])[0]  # type: ignore[index]
    last = start
    for number in range(start + 1, end):
        found = re.match(r"""^(\s*)(\w+)(\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*')(.*)$""", lines[number])
        if found is None or found[2] not in SELECT_KEYS:
            if re.match(r"^\s*(?:item|link|title|date|summary)\s*=", lines[number]):
                raise ValueError(f"line {number + 1} is written in a way that is not replaced by a program")
            kept.append(lines[number])
        elif found[2] in new:
            kept.append(f"{found[1]}{found[2]}{found[3]}{quoted(new[found[2]])}{found[5]}")
            written.add(found[2])
        else:
            continue
        if lines[number].strip():
            last = start + len(kept)
    at = last - start
    more = [f"{indent}{key} = {quoted(value)}" for key, value in new.items() if key not in written]
    return "\n".join([*lines[: start + 1], *kept[:at], *more, *kept[at:], *lines[end:]])


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
