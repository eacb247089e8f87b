"""A directory as a source: what lies in it is listed like a page, and its files are read in bundles for the parsers.

    path -> names, sizes, times -> the list (a Page, so that an unchanged one is known by its hash)
         -> files, in bundles of bounded size -> parse workers -> items

No network is asked. Nothing outside of the directory is ever read: links are not followed, neither to files nor to
directories, and what is no regular file (a pipe, a device) is passed over. A file that was written a moment ago, or that
changes while it is read, waits for the next poll, so that half a text is never taken for a whole one.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from scraper.errors import FetchError, ParseError
from scraper.model import Item, Listed, Page, Source
from scraper.parsers.files import BUNDLE, LARGEST, bundle
from scraper.parsers.workers import ParsePool

SETTLED = timedelta(seconds=3)
"""How long a file must have been left alone before it is read."""
MOST_FILES = 5_000
"""The newest so many are read in one poll; more are counted as left out."""
_MOST_ENTRIES = 100_000
_LEVELS = 8
_AT_ONCE = 100
_BYTES_AT_ONCE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """One file of the directory: its path below it, with `/`, its size in bytes and its times in nanoseconds since 1970."""

    name: str
    size: int
    modified: int
    changed: int


async def look(source: Source, *, clock: Callable[[], datetime]) -> Page:
    """The list of the files of `source`, as a page whose body changes when one of them does.

    Raises FetchError: "network_error" where the directory cannot be read (an absent mount comes back), "blocked" where we may
    not.
    """
    now = clock()
    try:
        files, passed, left_out = await asyncio.to_thread(_files, source, now)
    except PermissionError as error:
        raise FetchError("blocked", f"{source.path} may not be read: {error.strerror}") from error
    except OSError as error:
        raise FetchError("network_error", f"{source.path} cannot be read: {error.strerror or 'an error'}") from error
    rows = [[file.name, file.size, file.modified, file.changed] for file in files]
    body = json.dumps({"files": rows, "passed_over": passed, "left_out": left_out}).encode()
    return Page(url=source.url, asked=source.url, body=body, fetched_at=now, media_type=BUNDLE)


async def gather(source: Source, page: Page, *, parsers: ParsePool) -> Listed:
    """What the files on the list say, in its order. A file that cannot be read or parsed is passed over: the others count."""
    told = json.loads(page.body)
    files = [File(*row) for row in told["files"]]
    found: list[Item] = []
    passed = int(told["passed_over"])
    for part in _parts(files):
        bodies = await asyncio.to_thread(_read, source, part)
        passed += len(part) - len(bodies)
        items, refused = await _parsed(source, page, bodies, parsers)
        found += items
        passed += refused
    return Listed(items=tuple(found), left_out=int(told["left_out"]), passed_over=passed)


async def _parsed(
    source: Source, page: Page, bodies: Sequence[tuple[File, bytes]], parsers: ParsePool
) -> tuple[list[Item], int]:
    """The items of a bundle; where it as a whole is too much, those of each file by itself."""
    if not bodies:
        return [], 0
    body = bundle([(file.name, file.modified, content) for file, content in bodies])
    try:
        listed = await parsers.listed(
            Page(url=source.url, asked=source.url, body=body, fetched_at=page.fetched_at, media_type=BUNDLE), source
        )
    except ParseError:
        if len(bodies) == 1:
            return [], 1
        found: list[Item] = []
        refused = 0
        for one in bodies:
            items, more = await _parsed(source, page, [one], parsers)
            found += items
            refused += more
        return found, refused
    return list(listed.items), listed.passed_over


def _files(source: Source, now: datetime) -> tuple[list[File], int, int]:
    """The files that fit `glob`, newest first; how many were passed over (too fresh, too large); how many are left out."""
    wanted = _pattern(source.glob)
    moment = int(now.timestamp() * 1e9)
    settled = int(SETTLED.total_seconds() * 1e9)
    found: list[File] = []
    passed = seen = 0
    with os.scandir(source.path):  # says what is wrong with the directory itself: `fwalk` would say nothing
        pass
    for top, folders, names, handle in os.fwalk(source.path, follow_symlinks=False):
        below = os.path.relpath(top, source.path).replace(os.sep, "/")
        prefix = "" if below == "." else f"{below}/"
        if prefix.count("/") >= (_LEVELS if "/" in source.glob else 0):
            folders.clear()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            seen += 1
            if seen > _MOST_ENTRIES:
                break
            path = prefix + name
            if name.startswith(".") or wanted.fullmatch(path) is None:
                continue
            try:
                status = os.stat(name, dir_fd=handle, follow_symlinks=False)
            except OSError:
                continue  # gone between two looks, which is no error
            if not stat.S_ISREG(status.st_mode):
                continue
            if 0 <= moment - status.st_mtime_ns < settled or status.st_size > LARGEST:
                passed += 1
                continue
            found.append(File(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    found.sort(key=lambda file: (-file.modified, file.name))
    return found[:MOST_FILES], passed, max(0, len(found) - MOST_FILES)


def _parts(files: Sequence[File]) -> Iterator[Sequence[File]]:
    part: list[File] = []
    size = 0
    for file in files:
        if part and (len(part) >= _AT_ONCE or size + file.size > _BYTES_AT_ONCE):
            yield part
            part, size = [], 0
        part.append(file)
        size += file.size
    if part:
        yield part


def _read(source: Source, files: Sequence[File]) -> list[tuple[File, bytes]]:
    """The contents of those files that are still as they were listed."""
    bodies = []
    for file in files:
        body = _content(source.path, file)
        if body is not None:
            bodies.append((file, body))
    return bodies


def _content(top: str, file: File) -> bytes | None:
    """The bytes of one file, opened step by step so that no link on the way leads out; None where it is not what was listed."""
    *folders, name = file.name.split("/")
    handles: list[int] = []
    try:
        handles.append(os.open(top, os.O_RDONLY | os.O_DIRECTORY))
        for folder in folders:
            handles.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handles[-1]))
        handles.append(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handles[-1]))
        body = b""
        while len(body) <= file.size and (more := os.read(handles[-1], file.size + 1 - len(body))):
            body += more
        status = os.fstat(handles[-1])
        same = (status.st_size, status.st_mtime_ns, status.st_ctime_ns) == (file.size, file.modified, file.changed)
        return body if same and stat.S_ISREG(status.st_mode) and len(body) == file.size else None
    except OSError:
        return None
    finally:
        for handle in reversed(handles):
            os.close(handle)


@lru_cache(maxsize=100)
def _pattern(glob: str) -> re.Pattern[str]:
    """`glob` as an expression over paths below the directory: `*` and `?` within one name, `**/` for any folders, `{a,b}`."""
    written = ""
    at = 0
    braces = 0
    while at < len(glob):
        letter = glob[at]
        if glob.startswith("**/", at):
            written += "(?:[^/]+/)*+"
            at += 3
            continue
        if letter == "*":
            written += "[^/]*"
        elif letter == "?":
            written += "[^/]"
        elif letter == "{":
            written += "(?:"
            braces += 1
        elif letter == "}" and braces:
            written += ")"
            braces -= 1
        elif letter == "," and braces:
            written += "|"
        else:
            written += re.escape(letter)
        at += 1
    return re.compile(written + ")" * braces, re.DOTALL)
