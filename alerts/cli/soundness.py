"""What `bayan doctor` looks at besides: write-ahead log, backup, evidence, topics, the canary, the listener, the clock of others."""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from alerts.outbox import ChannelState
    from alerts.settings import Configuration
    from scraper.settings import StorageSettings

TELEGRAM = "https://api.telegram.org"
SECONDS = 10.0
"""No question to a network takes longer."""
LONG_LOG = 64 * 1024**2
"""A write-ahead log of this size is not taken into the store any more: somebody reads it and does not end."""
OLD_BACKUP = timedelta(days=30)
FAR = timedelta(minutes=1)
"""A clock may be this far from that of a server."""

Beats = Mapping[str, tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. "note" is worth a thought, "bad" has to be mended; both say how."""

    what: str
    state: Literal["ok", "note", "bad"]
    said: str
    remedy: str = ""


def of_store(path: Path, beats: Beats, now: datetime) -> Iterator[Finding]:
    """The write-ahead log beside the store, and the last backup."""
    log = Path(f"{path}-wal")
    with suppress(OSError):
        size = log.stat().st_size
        remedy = "end what reads the store and stays (a backup that hangs, a shell of sqlite3), or restart bayan"
        yield Finding("write-ahead log", "note" if size > LONG_LOG else "ok", f"{size / 1e6:.1f} MB", remedy)
    made = beats.get("backup")
    remedy = "bayan db backup FILE, from cron once a week"
    if made is None:
        yield Finding("backup", "note", "bayan has made none of this store", remedy)
    else:
        age = now - made[0]
        yield Finding("backup", "note" if age > OLD_BACKUP else "ok", f"the last one is {age.days} days old", remedy)


def of_canary(configuration: Configuration, beats: Beats) -> Iterator[Finding]:
    """Whether the last canary came through; nothing where there is none."""
    from alerts.health import is_missed

    if configuration.canary is None:
        return
    remedy = "bayan status shows the channel and its deliveries; the log says `the canary`"
    if is_missed(beats):
        at, where = beats["canary missed"]
        yield Finding("canary", "bad", f"missed at {at:%d %b, %H:%M} UTC: {where}", remedy)
    elif "canary" in beats:
        yield Finding("canary", "ok", f"came through at {beats['canary'][0]:%d %b, %H:%M} UTC")
    else:
        yield Finding("canary", "note", "none came through yet", "it follows the first poll; bayan run starts it")


def of_evidence(storage: StorageSettings, named: Collection[str]) -> Iterator[Finding]:
    """Whether the raw pages that the store names are there, and how much room they take. Whether each is whole is not looked at."""
    from scraper.archive import PARTS, Archive, folder_of

    archive = Archive(folder_of(storage), most=storage.max_raw)
    count, size = archive.count()
    if not named and not count:
        return
    missing = len(set(named).difference(*(archive.names(part) for part in range(PARTS))))
    if missing:
        said = f"{missing} of {len(named)} raw pages are not in {archive.folder}"
        yield Finding(
            "evidence", "bad", said, "put the folder back from a backup; what cannot be found is said so when asked for"
        )
    full = size > storage.max_raw * 0.95
    said = f"{count} raw pages, {size / 1e6:.1f} MB of {storage.max_raw / 1e6:.0f}"
    yield Finding("evidence", "note" if full else "ok", said, "raise storage.max_raw, or shorten storage.keep_raw")


def of_topics(configuration: Configuration, learned: Collection[ChannelState]) -> Iterator[Finding]:
    """The topics that refused a message: what was meant for them goes to the chat itself."""
    left = {state.id for state in learned if state.drop_topic}
    for channel in configuration.channels:
        if channel.topic is not None and channel.id in left:
            said = f"topic {channel.topic} is closed or gone: messages go to the chat itself"
            yield Finding(
                f"channel {channel.id}", "bad", said, "open the topic and change `topic` to it, or take `topic` out"
            )


async def of_listener(address: str) -> Finding:
    """Whether the listener of the running service answers."""
    what, remedy = "listener", "is the port taken by another program? the log says `cannot listen`"
    host, _, port = address.rpartition(":")
    near = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host).strip("[]")  # noqa: S104 - only compared
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(near, int(port), limit=16 * 1024)
            try:
                writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
                first = (await reader.readline()).decode("latin-1").split(" ")
            finally:
                writer.close()
    except (OSError, ValueError) as error:  # a time-out is an OSError, a line that is too long a ValueError
        return Finding(what, "bad", f"{address} does not answer: {type(error).__name__}", remedy)
    status = first[1] if len(first) > 1 else "nothing"
    if status == "200":
        return Finding(what, "ok", f"{address} answers")
    return Finding(what, "bad", f"{address} answers {status}", "restart bayan" if status == "503" else remedy)


async def of_time(configuration: Configuration) -> Finding | None:
    """Our clock against the Date header (RFC 9110 section 6.6.1) of the Bot API; None where there is none to ask, or no answer."""
    bases = [channel.api_base or TELEGRAM for channel in configuration.channels if channel.kind == "telegram"]
    if not bases:
        return None
    asked_at = datetime.now(UTC)
    with suppress(OSError, ValueError, http.client.HTTPException, TimeoutError):
        async with asyncio.timeout(SECONDS):
            theirs = await asyncio.to_thread(_date_of, bases[0])
        if theirs is not None:
            ours = asked_at + (datetime.now(UTC) - asked_at) / 2
            return judged_time(theirs - ours)
    return None


def judged_time(ahead: timedelta) -> Finding:
    """What is said of a server whose clock is `ahead` of ours."""
    seconds = ahead.total_seconds()
    apart = f"{abs(seconds):.0f} s {'behind' if seconds > 0 else 'ahead of'} the Bot API's"
    said = "agrees with the Bot API's" if abs(ahead) <= FAR else apart
    remedy = "set the clock (NTP): what is due and what is late is reckoned by it"
    return Finding("clock of others", "ok" if abs(ahead) <= FAR else "bad", said, remedy)


def _date_of(base: str) -> datetime | None:
    """The Date that a server gives; its answer is not looked at, and nothing secret is in the question."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            host, parts.port, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
    try:
        connection.request("HEAD", "/")
        stamp = connection.getresponse().getheader("Date")
    finally:
        connection.close()
    return parsedate_to_datetime(stamp).astimezone(UTC) if stamp else None
