"""Evidence: the raw page that a statement was read from, kept as a file that is named by the SHA-256 of its content.

    page -> bounded? room? -> packed -> temporary file -> fsync -> renamed -> folder fsynced -> (only now) the commit that names it
    file -> unpacked, within bounds -> hashed -> the page, or one line that says what is wrong with it

`bayan.db-raw/ab/abcd....gz` beside the store `bayan.db`. No word of a page or an address becomes a name, and a file may be
read with any gunzip. What dies between a file and its commit leaves a file that nobody refers to; `sweep` takes it away.
The SQL about it stands in `scraper/evidence.py`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import threading
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.copies import sqlite_path
from scraper.errors import StoreError
from scraper.model import Item, Listed, Page
from scraper.settings import StorageSettings

LARGEST = 16 * 1024 * 1024
"""Bytes of a page, unpacked, that are kept: what is larger is stored without evidence."""
SPARE = 64 * 1024 * 1024
"""Bytes that stay free on the disk: evidence must not be what fills it, or the store would refuse what is new."""
HELD = 8 * 1024 * 1024
"""Bytes of further pages (files of a sitemap, older pages) that one poll holds until it knows what is new in them."""
FRESH = timedelta(minutes=10)
"""A file that was written or wanted so lately is left alone: the commit that refers to it may be under way."""
ORPHAN = timedelta(days=1)
"""How old a file that nobody refers to becomes, so that a store that was moved aside for an hour finds its evidence again."""
PARTS = 256
"""Folders of the archive: the first two letters of the names in them."""

_NAME = re.compile(r"([0-9a-f]{64})\.gz")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_GZIP = 16 + zlib.MAX_WBITS


class NotKept(Exception):
    """A page could not be kept. Its text says why, in words for the log; what the page said is stored all the same."""


class Broken(Exception):
    """A file of the archive is missing, or is not what it was. Its text says which."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One page in the archive: the hash that is its name, its length in bytes, and that of the file."""

    page: Page
    sha256: str
    length: int
    size: int


class Archive:
    """The files below one folder. One process writes there at a time, from as many threads as it likes.

    `most` are the bytes that all files together may have; `spare` those that the disk must have left.
    """

    def __init__(self, folder: Path, *, most: int, spare: int = SPARE) -> None:
        self.folder = folder
        self.most = most
        self._spare = spare
        self._files = threading.Lock()
        self._total: int | None = None

    def path(self, sha256: str) -> Path:
        """Where the page of this hash lies, or would. Raises ValueError for what is no hash."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("a page is named by 64 letters and digits")
        return self.folder / sha256[:2] / f"{sha256}.gz"

    def keep(self, page: Page) -> Kept:
        """Write the page, durably, unless it lies there already and is whole. Raises NotKept."""
        if len(page.body) > LARGEST:
            raise NotKept(f"it is larger than the {LARGEST:,} bytes that are kept")
        sha256 = hashlib.sha256(page.body).hexdigest()
        path = self.path(sha256)
        try:
            size = self._already(path, sha256, page.fetched_at)
            if size is None:
                packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
                packed = packer.compress(page.body) + packer.flush()
                size = len(packed)
                with self._files:
                    before = path.stat().st_size if path.exists() else 0
                    self._make_room(size - before)
                    _write(path, packed, page.fetched_at)
                    self._total = (self._total or 0) + size - before
        except OSError as error:
            raise NotKept(f"{self.folder} cannot be written: {error.strerror or error}") from error
        return Kept(page, sha256, len(page.body), size)

    def read(self, sha256: str) -> bytes:
        """The page of this hash, proven to be what it was. Raises Broken."""
        path = self.path(sha256)
        try:
            with path.open("rb") as file:
                packed = file.read(LARGEST * 2)
        except FileNotFoundError:
            raise Broken(f"the file {path} is missing") from None
        except OSError as error:
            raise Broken(f"the file {path} cannot be read: {error.strerror or error}") from error
        body = _unpacked(packed)
        if body is None or hashlib.sha256(body).hexdigest() != sha256:
            raise Broken(f"the file {path} was altered: its content is not what its name says")
        return body

    def discard(self, pages: Iterable[str], now: datetime) -> int:
        """Take away the files of pages that nobody refers to any longer, but for those wanted a moment ago. Returns how many went."""
        return sum(self._remove(self.path(sha256), now - FRESH) for sha256 in pages)

    def names(self, part: int) -> Iterator[str]:
        """The hashes of one of the 256 folders, and nothing else that may lie there."""
        with suppress(OSError), os.scandir(self.folder / f"{part:02x}") as found:
            yield from (match[1] for one in found if (match := _NAME.fullmatch(one.name)))

    def sweep(self, part: int, referred: Collection[str], now: datetime) -> int:
        """Take away what a death left in one folder: files that are not `referred` to and half-written ones, a day old or older."""
        gone = 0
        with suppress(OSError):
            for file in list((self.folder / f"{part:02x}").iterdir()):
                match = _NAME.fullmatch(file.name)
                if file.suffix == ".part" or (match and match[1] not in referred):
                    gone += self._remove(file, now - ORPHAN)
        return gone

    def count(self) -> tuple[int, int]:
        """How many files there are, and their bytes."""
        sizes = list(self._sizes())
        return len(sizes), sum(sizes)

    def _already(self, path: Path, sha256: str, now: datetime) -> int | None:
        """The bytes of the file, where it lies there and is whole; it then counts as wanted at `now`, and nobody takes it away."""
        with self._files:
            if not path.exists():
                return None
            _touch(path, now)
            size = path.stat().st_size
        try:
            self.read(sha256)
        except Broken:
            return None
        return size

    def _make_room(self, size: int) -> None:
        """Raises NotKept where there is none."""
        if self._total is None:
            self._total = sum(self._sizes())
        if self._total + size > self.most:
            raise NotKept(f"{self.folder} has the {self.most:,} bytes that storage.max_raw allows")
        existing = next(one for one in (self.folder, *self.folder.parents) if one.exists())
        disk = os.statvfs(existing)
        if disk.f_bavail * disk.f_frsize < self._spare + size:
            raise NotKept(f"the disk of {self.folder} is nearly full")

    def _sizes(self) -> Iterator[int]:
        for part in range(PARTS):
            with suppress(OSError), os.scandir(self.folder / f"{part:02x}") as found:
                yield from (one.stat(follow_symlinks=False).st_size for one in found)

    def _remove(self, path: Path, before: datetime) -> int:
        with self._files, suppress(OSError):
            found = path.lstat()
            if found.st_mtime <= before.timestamp():
                path.unlink()
                self._total = max(0, self._total - found.st_size) if self._total is not None else None
                return 1
        return 0


def archive_of(storage: StorageSettings) -> Archive | None:
    """The archive beside the store; None where nothing is to be kept. Nothing is opened or made."""
    return Archive(folder_of(storage), most=storage.max_raw) if storage.keep_raw else None


def folder_of(storage: StorageSettings) -> Path:
    """Where the evidence of a store lies, whether or not any is kept now."""
    with suppress(StoreError):
        path = sqlite_path(storage.url)
        if path is not None:
            return path.with_name(f"{path.name}-raw")
    return storage.data_dir / "bayan.db-raw"


async def keep(archive: Archive | None, pages: Iterable[Page]) -> tuple[Mapping[str, Kept], str]:
    """Keep these pages, in a thread: those that could be, by their addresses, and why others could not ("" where all were)."""
    if archive is None:
        return {}, ""
    kept: dict[str, Kept] = {}
    reason = ""
    for page in pages:
        try:
            kept[page.url] = await asyncio.to_thread(archive.keep, page)
        except NotKept as refusal:
            reason = str(refusal)
    return kept, reason


def found_on(page: Page, listed: Listed) -> tuple[Item, ...]:
    """The items of a further page of a source, each with the address where it stood."""
    return tuple(replace(item, found_on=page.url) for item in listed.items)


def within(pages: Iterable[Page], more: Page) -> tuple[Page, ...]:
    """The further pages of a poll with one more, as long as all of them together are not too large to be held."""
    together = (*pages, more)
    return together if sum(len(page.body) for page in together) <= HELD else together[:-1]


def stood_on(items: Iterable[Item], page: Page, further: Iterable[Page]) -> Iterator[Page]:
    """The pages on which `items` stood: `page`, or one of the `further` ones."""
    wanted = {item.found_on or page.url for item in items}
    for one in (page, *further):
        if one.url in wanted:
            wanted.discard(one.url)
            yield one


def _unpacked(packed: bytes) -> bytes | None:
    """The content of a gzip file; None where it is none, is cut, or is larger than any page that is kept."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(packed, LARGEST + 1)
    except zlib.error:
        return None
    return body if unpacker.eof and len(body) <= LARGEST else None


def _write(path: Path, packed: bytes, at: datetime) -> None:
    """The whole file under its name and on the disk, or no file of that name. Raises OSError."""
    parent = path.parent
    fresh = [folder for folder in (parent.parent, parent) if not folder.exists()]
    for folder in fresh:
        folder.mkdir(mode=0o700, exist_ok=True)
    part = parent / f"{path.name}.part"
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        _touch(part, at)
        part.rename(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    for folder in {parent, *(one.parent for one in fresh)}:
        _sync(folder)


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _touch(path: Path, at: datetime) -> None:
    stamp = at.astimezone(UTC).timestamp()
    os.utime(path, (stamp, stamp))
