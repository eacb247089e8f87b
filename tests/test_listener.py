"""The listener and what it answers: over a real socket, from a service that really runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.gauges import Gauges, Standing, page
from alerts.listener import HEAD, MOST_CONNECTIONS, Listener, Reply
from alerts.settings import ServiceSettings
from scraper.db import READERS
from scraper.errors import StoreError
from tests.fake_site import FakeSite
from tests.street import Clock, House, configuration, eventually, house, local

GET = "GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def talk(port: int, sent: bytes, *, seconds: float = 10.0) -> bytes:
    """Everything that comes back, until the other side ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(seconds):
            writer.write(sent)
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def get(port: int, path: str) -> tuple[int, str]:
    head, _, body = (await talk(port, GET.format(path).encode())).decode().partition("\r\n\r\n")
    return int(head.split(" ")[1]), body


@asynccontextmanager
async def listening(**more: float) -> AsyncIterator[tuple[Listener, list[str]]]:
    asked: list[str] = []

    async def fine() -> Reply:
        asked.append("/fine")
        return Reply(200, "fine\n")

    async def broken() -> Reply:
        raise StoreError("locked")

    listener = Listener({"/fine": fine, "/broken": broken}, **more)
    await listener.open("127.0.0.1", 0)
    try:
        yield listener, asked
    finally:
        await listener.aclose()


# ---------------------------------------------------------------------------------------------------- the wire


async def test_a_path_is_answered_and_the_connection_ends() -> None:
    async with listening() as (listener, _):
        answer = await talk(listener.port, GET.format("/fine?x=1").encode())
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nfine\n")
    assert b"Content-Length: 5\r\n" in answer and b"Connection: close\r\n" in answer


async def test_head_is_answered_without_a_body() -> None:
    async with listening() as (listener, _):
        answer = await talk(listener.port, b"HEAD /fine HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /nowhere HTTP/1.1\r\n\r\n", b"404"),
        (b"POST /fine HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", b"405"),
        (b"GET fine HTTP/1.1\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400"),
        (b"GET /broken HTTP/1.1\r\n\r\n", b"503"),
    ],
)
async def test_what_is_not_there_or_not_understood_is_refused(sent: bytes, status: bytes) -> None:
    async with listening() as (listener, _):
        assert (await talk(listener.port, sent)).split(b" ")[1] == status


async def test_a_head_over_the_limit_has_no_answer() -> None:
    async with listening() as (listener, _):
        answer = await talk(listener.port, b"GET /fine HTTP/1.1\r\nX: " + b"x" * 3 * HEAD + b"\r\n\r\n")
    assert b"200" not in answer


async def test_one_who_says_nothing_is_cut_off_and_holds_up_nobody() -> None:
    async with listening(seconds=0.2) as (listener, _):
        silent = asyncio.create_task(talk(listener.port, b"GET /fi"))
        assert (await get(listener.port, "/fine"))[0] == 200
        assert await silent == b""


async def test_connections_over_the_limit_are_ended_at_once() -> None:
    async with listening() as (listener, _):
        held = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(MOST_CONNECTIONS)]
        assert await talk(listener.port, GET.format("/fine").encode()) == b""
        for _, writer in held:
            writer.close()


async def test_an_answer_is_made_once_however_many_ask() -> None:
    async with listening(fresh=60.0) as (listener, asked):
        answers = await asyncio.gather(*(get(listener.port, "/fine") for _ in range(20)))
    assert set(answers) == {(200, "fine\n")}
    assert asked == ["/fine"]


# ------------------------------------------------------------------------------------------------- the service


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/feed"] = running.feed([("o1", "An old statement that was there before")])
        yield running


@asynccontextmanager
async def running(folder: Path, site: FakeSite) -> AsyncIterator[tuple[House, int]]:
    """A service that stays, with a listener on a port that the kernel chose."""
    probe = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = int(probe.sockets[0].getsockname()[1])
    probe.close()
    await probe.wait_closed()
    config = configuration(folder, sources=(local("agency", f"{site.origin}/feed"),))
    config = replace(config, service=ServiceSettings(listen=f"127.0.0.1:{port}"))
    async with house(config) as bayan:
        task = asyncio.create_task(bayan.service.run())
        try:
            await eventually(lambda: site.requests("/feed") > 0)
            yield bayan, port
        finally:
            bayan.service.stop()
            await task


async def test_a_running_service_is_alive_ready_and_tells_its_figures(tmp_path: Path, site: FakeSite) -> None:
    async with running(tmp_path, site) as (_, port):
        assert await get(port, "/healthz") == (200, "alive\n")
        await _becomes(port, "/readyz", 200)
        async with asyncio.timeout(20):
            while 'bayan_polls_total{outcome="ok"} 1\n' not in (figures := (await get(port, "/metrics"))[1]):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
    for line in (
        "bayan_statements_total 1", 'bayan_sources{condition="ok"} 1', 'bayan_channels{condition="ok"} 1',
        "bayan_outbox_depth 0", "# TYPE bayan_alert_latency_seconds histogram",
    ):  # fmt: skip
        assert f"{line}\n" in figures
    assert site.origin not in figures and "agency" not in figures


async def test_it_is_not_ready_where_no_channel_takes_messages(tmp_path: Path, site: FakeSite) -> None:
    from alerts import outbox

    async with running(tmp_path, site) as (bayan, port):
        await bayan.db.write(lambda conn: outbox.learn(conn, "screen", condition="gone"))
        await _becomes(port, "/readyz", 503, "gone")
        assert (await get(port, "/healthz"))[0] == 200  # a restart would not mend it


async def test_figures_are_told_while_the_store_is_busy_and_readiness_is_not(tmp_path: Path, site: FakeSite) -> None:
    async with running(tmp_path, site) as (bayan, port):
        await _tells(port, "bayan_store_up 1\n", "bayan_stored_statements 1\n")
        free = threading.Event()
        busy = [asyncio.create_task(bayan.db.read(lambda _: free.wait(60))) for _ in range(2 * READERS)]
        try:
            await _tells(port, "bayan_store_up 0\n", "bayan_stored_statements 1\n")
            await _becomes(port, "/readyz", 503, "did not answer")
            assert (await get(port, "/healthz"))[0] == 200
        finally:
            free.set()
        await asyncio.gather(*busy)
        await _tells(port, "bayan_store_up 1\n")


async def test_a_store_that_refuses_to_tell_leaves_the_figures_of_the_process(tmp_path: Path, site: FakeSite) -> None:
    async with running(tmp_path, site) as (bayan, port):
        await _tells(port, 'bayan_polls_total{outcome="ok"} 1\n')
        await bayan.db.write(lambda conn: conn.exec_driver_sql("ALTER TABLE delivery RENAME TO gone"))
        try:
            await _tells(port, "bayan_store_up 0\n", 'bayan_polls_total{outcome="ok"} 1\n')
        finally:
            await bayan.db.write(lambda conn: conn.exec_driver_sql("ALTER TABLE gone RENAME TO delivery"))
        await _tells(port, "bayan_store_up 1\n")


async def _tells(port: int, *parts: str) -> None:
    """Wait until the figures hold all `parts`."""
    async with asyncio.timeout(30):
        while True:
            status, figures = await get(port, "/metrics")
            assert status == 200
            if all(part in figures for part in parts):
                return
            await asyncio.sleep(0.05)


async def test_a_port_that_is_taken_stops_nothing(tmp_path: Path, site: FakeSite) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    config = configuration(tmp_path, sources=(local("agency", f"{site.origin}/feed"),))
    async with house(replace(config, service=ServiceSettings(listen=f"127.0.0.1:{port}"))) as bayan:
        task = asyncio.create_task(bayan.service.run())
        await eventually(lambda: site.requests("/feed") > 0)
        bayan.service.stop()
        await task
    taken.close()


async def test_the_sign_of_life_says_how_late_ticks_are(tmp_path: Path, site: FakeSite) -> None:
    import json

    from scraper import sources

    async with running(tmp_path, site) as (bayan, _):
        detail = (await bayan.db.read(sources.beats))["service"][1]
    assert set(json.loads(detail)) == {"tick_late", "tick_late_most"}


async def _becomes(port: int, path: str, status: int, word: str = "") -> None:
    """Return once the answer has this status and this word: it may be unready for another reason first."""
    async with asyncio.timeout(20):
        while (answer := await get(port, path))[0] != status or word not in answer[1]:  # noqa: ASYNC110 - the other side has no event
            await asyncio.sleep(0.05)


# ----------------------------------------------------------------------------------------------------- figures


def test_a_histogram_counts_upwards_and_ends_with_all() -> None:
    gauges = Gauges()
    for seconds in (0.2, 1.0, 3.0, 1e9):
        gauges.latency.note(seconds)
    told = page(gauges, Standing("1", Clock().now, {}, {}, {}))
    counts = [
        int(line.rsplit(" ", 1)[1])
        for line in told.splitlines()
        if line.startswith("bayan_alert_latency_seconds_bucket")
    ]
    assert counts == sorted(counts) and counts[-1] == 4
    assert 'le="1"} 2\n' in told and 'le="+Inf"} 4\n' in told


def test_a_store_that_never_told_anything_leaves_out_what_only_it_knows() -> None:
    told = page(Gauges(), None, answers=False)
    assert "bayan_store_up 0\n" in told and "bayan_outbox_depth" not in told


def test_a_label_cannot_break_out_of_its_quotes() -> None:
    told = page(Gauges(), Standing('1"\n\\', Clock().now, {}, {}, {}))
    assert 'bayan_build_info{version="1\\"\\n\\\\"} 1\n' in told
