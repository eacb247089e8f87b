"""More doors for the fuzzer: selectors and expressions of people, words of a chat, the listener, rows of a series, kept pages."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Literal

from scraper.errors import ParseError
from scraper.model import ArticleRules, Page, Select, Source


def _parts(data: bytes) -> tuple[list[str], bytes]:
    """The lines before the first NUL, as text without lone surrogates; and what is behind it."""
    head, _, body = data.partition(b"\x00")
    return head.decode("utf-8", "replace").split("\n"), body


def _allowed(text: str) -> bool:
    """Whether the configuration takes `text` as a selector; what it refuses never reaches a parser."""
    from scraper import values

    try:
        values._css(text)
    except ValueError:
        return False
    return True


def _page(body: bytes) -> Page:
    from tests.fuzz_targets import page

    return page(body)


def aim_selectors(data: bytes) -> None:
    """Selectors that the configuration would take, over a page that may be anything."""
    from scraper import parsers
    from scraper.parsers import article
    from scraper.values import split_selector
    from tests.fuzz_targets import sound, sound_item

    lines, body = _parts(data)
    chosen = [line.strip()[:200] for line in lines[:6]] + [""] * 6
    if not chosen[0] or not all(_allowed(split_selector(one)[0]) for one in chosen if one):
        return
    select = Select(chosen[0], chosen[1] or "a@href", chosen[2], chosen[3], chosen[4], chosen[5])
    source = Source("s", "listing", "https://news.example.org/list/", select=select)
    try:
        found = parsers.PARSERS["listing"](_page(b"\x20" + body), source)
    except ParseError:
        pass
    else:
        for item in found.items:
            sound_item(item)
    chosen = [split_selector(one)[0] for one in chosen]  # the parts of an article are texts, never attributes
    rules = ArticleRules(chosen[0], chosen[1], chosen[2], tuple(one for one in chosen[3:5] if one))
    try:
        told = article.parse(_page(body), Source("s", "listing", "https://news.example.org/", article=rules))
    except ParseError:
        return
    sound(told.text)


def aim_patterns(data: bytes) -> None:
    from scraper.patterns import compiled, without

    lines, body = _parts(data)
    text = body.decode("utf-8", "surrogateescape")
    try:
        compiled(lines[0])
        without(text, lines[:3])
    except ValueError as error:
        assert "\n" not in str(error) and len(str(error)) < 300


def aim_words(data: bytes) -> None:
    """What people type for a span, a day, a size, a name or a rule."""
    from alerts.bot.hushing import read_days, read_span
    from alerts.message import tagged
    from alerts.watch.asked import NotUnderstood, asked
    from scraper.measures import LARGEST, read_duration, read_size, write_duration
    from tests.fuzz_targets import AAH, KHAZALI, LISTS

    text = data.decode("utf-8", "surrogateescape")
    span = read_span(text)
    assert span is None or timedelta(0) < span < timedelta(days=100_000)
    days = read_days(text)
    assert days is None or (days and days <= frozenset(range(7)))
    number = tagged(text)
    assert number is None or 0 < number < 10**18
    try:
        found = read_duration(text)
        assert read_duration(write_duration(found)) == found
    except ValueError:
        pass
    with suppress(ValueError):
        assert 0 <= read_size(text) <= LARGEST
    readings: tuple[Literal["name", "rule"] | None, ...] = (None, "name", "rule")
    for reading in readings:
        try:
            wanted = asked(text[:600], (KHAZALI, AAH), LISTS[:2], reading=reading)
        except NotUnderstood as error:
            assert "\n" not in str(error)
        else:
            assert wanted.watch


def aim_listener(data: bytes) -> None:
    """Whatever a probe sends: one answer in HTTP, or none."""
    from alerts.listener import HEAD, Listener, Reply

    async def talk() -> bytes:
        async def fine() -> Reply:
            return Reply(200, "fine\n")

        listener = Listener({"/healthz": fine}, seconds=2.0)
        await listener.open("127.0.0.1", 0)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            try:
                writer.write(data[: 4 * HEAD])
                writer.write_eof()
                return await reader.read()
            except OSError:
                return b""
            finally:
                writer.transport.abort()
        finally:
            await listener.aclose()

    said = asyncio.run(talk())
    assert not said or re.match(rb"HTTP/1\.1 (200|400|404|405) [A-Z]", said), said[:200]
    if said.startswith(b"HTTP/1.1 200"):
        assert b"/healthz" in data[:100]


def aim_series(data: bytes) -> None:
    """A row of a recorded series, as `bayan rehearse` takes it."""
    from alerts.cli import rehearse
    from tests.fuzz_targets import sound

    try:
        row = json.loads(data)
        capture = rehearse._capture(row, {"s"})
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):  # what `rehearse` tells with its line
        return
    for one in (capture.items or ())[:20]:
        if isinstance(one, dict):
            item = rehearse._item(one)
            sound(item.title + item.summary + (item.text or "") + (item.url or ""))


def aim_kept(data: bytes) -> None:
    """A file of the archive, that somebody may have touched."""
    from scraper import archive

    unpacked: Callable[[bytes], bytes | None] = archive._unpacked
    found = unpacked(data)
    assert found is None or len(found) <= archive.LARGEST
