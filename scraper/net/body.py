"""Takes in the body of an answer: never more than the cap, never half of it as if it were the whole.

`httpx` and `aiohttp` decode first and let the caller look afterwards: 1.6 kB of brotli become a gigabyte in one call. So only
gzip and deflate are asked for, and both are unpacked here in steps of 64 KiB.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator
from typing import Final

from scraper.errors import FetchError
from scraper.net.patience import Patience

ACCEPT_ENCODING: Final = "gzip, deflate"
MAX_PIECES: Final = 65_536
"""Chunks of one body. Each costs tens of microseconds, so ten megabytes in one-byte chunks would cost minutes of processor."""

MAX_MEMBERS: Final = 10_000
"""Members of one gzip body. An empty one has 20 bytes and costs microseconds: half a million of them fit under the cap."""

_STEP = 64 * 1024
_TURN = 1024 * 1024
"""Decoded bytes after which others have a turn: a few kilobytes from a bomb are ten megabytes, and the tick must not wait for them."""
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's wbits
_MAGIC = b"\x1f\x8b"


def coding_of(content_encoding: Iterable[str]) -> str:
    """The one coding to undo: "", "gzip" or "deflate". Takes all Content-Encoding values, in order.

    Raises FetchError("unsupported_encoding") for any other, and for more than one: stacked codings multiply a bomb.
    """
    names = [name.strip().lower() for value in content_encoding for name in value.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if not names:
        return ""
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(
            "unsupported_encoding", f"the body is coded as {', '.join(names)[:80]}; we asked for {ACCEPT_ENCODING}"
        )
    return "deflate" if names[0] == "deflate" else "gzip"


class Unpacker:
    """Undoes gzip or deflate piece by piece. The cap counts over all members of a gzip file."""

    def __init__(self, coding: str, max_bytes: int) -> None:
        self._decoder = zlib.decompressobj(_GZIP if coding == "gzip" else _ZLIB)
        self._has_members = coding == "gzip"
        self._may_be_raw = coding == "deflate"
        self._left = max_bytes
        self._max_bytes = max_bytes
        self._held = b""
        self._members = 1
        self._is_done = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The next decoded pieces, each of at most 64 KiB. Raises FetchError: too_large (also of members) or decode_error."""
        more = False
        while (data or more) and not self._is_done:
            if self._decoder.eof:
                data = self._another_member(data)
                if not data:
                    return
            try:
                piece = self._decoder.decompress(data, _STEP)
            except zlib.error as error:
                if not self._may_be_raw:
                    raise FetchError("decode_error", f"the compressed body is damaged: {error}") from error
                # RFC 9110 section 8.4.1.2: some servers send "deflate" without the zlib wrapper.
                self._may_be_raw = False
                self._decoder = zlib.decompressobj(_RAW)
                continue
            self._may_be_raw = False
            self._left -= len(piece)
            if self._left < 0:
                raise too_large(self._max_bytes)
            if piece:
                yield piece
            data = self._decoder.unused_data if self._decoder.eof else self._decoder.unconsumed_tail
            more = len(piece) == _STEP and not self._decoder.eof  # what it has read it may not have said yet

    def _another_member(self, data: bytes) -> bytes:
        """What stands behind a member: the next one (RFC 1952 section 2.2), or padding. Its two magic bytes may come apart."""
        data, self._held = self._held + data, b""
        if self._has_members and data == _MAGIC[:1]:
            self._held = data
            return b""
        if not self._has_members or not data.startswith(_MAGIC):
            self._is_done = True
            return b""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise FetchError("too_large", f"the body is packed in more than {MAX_MEMBERS} members")
        self._decoder = zlib.decompressobj(_GZIP)
        return data

    def finish(self) -> None:
        """Raises FetchError("incomplete") where the end mark has not come."""
        if not (self._is_done or self._decoder.eof):
            raise FetchError("incomplete", "the compressed body ends before its end mark")


Room = Callable[[int], Awaitable[None] | None]
"""Called with the bytes that a body has come to: what it returns, if anything, is waited for before more is read."""


async def read_body(
    pieces: AsyncIterable[bytes],
    coding: str,
    max_bytes: int,
    *,
    cut_after: float | None = None,
    room: Room = lambda _: None,
    patience: Patience = asyncio.timeout,
) -> bytes:
    """All of `pieces`, decoded. Raises FetchError: too_large, decode_error, incomplete, and what `pieces` or `room` raises.

    With `cut_after` (seconds) a body that is longer than `max_bytes` or takes longer than that is cut there instead: for files
    of which the beginning will do.
    """
    body = bytearray()
    unpacker = Unpacker(coding, max_bytes) if coding else None
    count = turned_at = 0
    try:
        async with patience(cut_after):
            async for piece in pieces:
                count += 1
                if count > MAX_PIECES:
                    raise FetchError("too_large", f"the body comes in more than {MAX_PIECES} pieces")
                for decoded in (piece,) if unpacker is None else unpacker.feed(piece):
                    body += decoded
                    if len(body) > max_bytes:
                        raise too_large(max_bytes)
                    if (wait := room(len(body))) is not None:
                        await wait
                    if len(body) - turned_at >= _TURN:
                        turned_at = len(body)
                        await asyncio.sleep(0)
    except TimeoutError:
        if cut_after is None:
            raise
    except FetchError as error:
        if cut_after is None or error.outcome != "too_large":
            raise
    else:
        if unpacker is not None and count:
            unpacker.finish()
    return bytes(memoryview(body)[:max_bytes])


def too_large(max_bytes: int) -> FetchError:
    """The error for a body over `max_bytes`."""
    return FetchError("too_large", f"the body is larger than {max_bytes} bytes")
