"""What the whole command costs: help, nothing due, and one poll cycle over many loopback sources, cold and unchanged.

    python tests/bench/cycle.py --sources 200 --runs 5

Half of the sources are feeds and half listing pages, 30 items each, each at a loopback address of its own; half of them
answer "not modified", the others the same body again. A separate process serves them. Figures are medians over the runs,
which are interleaved: processor seconds (user and system, all child processes) and the peak memory of the process tree.
"The requests alone" are the same conditional requests through `scraper.net.fetch` with nothing around them.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tests.measured import Ran, bayan, run

ITEMS = 30
EVERYTHING = (
    "import httpx, selectolax.lexbor, apscheduler.schedulers.asyncio, telegram.ext, trafilatura, feedparser, htmldate, dateparser, "
    "protego, sqlalchemy, alembic.command, pydantic, typer, rich.console, ahocorasick_rs, structlog, numpy, alerts.service, alerts.cli"
)
WHOLE, HELP, RESTING = "import of everything", "bayan --help", "run --once, nothing due"
COLD, TENTH, UNCHANGED = "run --once, cold", "run --once, a tenth of it", "run --once, unchanged"
WORDS = [
    "council",
    "minister",
    "statement",
    "border",
    "water",
    "power",
    "reform",
    "talks",
    "visit",
    "letter",
    "warns",
    "praises",
    "rejects",
    "meets",
    "calls",
]


def body(number: int, kind: str) -> bytes:
    """The page of source `number`: 30 items, about 20 KB of feed or page, always the same."""

    def words(serial: int, count: int) -> str:
        return " ".join(WORDS[(number * 7 + serial * 3 + step * (step + serial)) % len(WORDS)] for step in range(count))

    items = []
    for serial in range(ITEMS):
        title, teaser, link = words(serial, 9).capitalize(), words(serial + 1, 60), f"/news/{number}-{serial}"
        if kind == "feed":
            items.append(
                f"<item><title>{title} {serial}</title><link>http://site.example{link}</link><guid>{link}</guid>"
                f"<pubDate>Fri, 20 Jun 2025 10:{serial:02}:00 +0000</pubDate><description>{teaser}</description></item>"
            )
        else:
            items.append(
                f'<li class="card"><h3><a href="{link}">{title} {serial}</a></h3>'
                f'<time datetime="2025-06-20T10:{serial:02}:00Z">20 June</time><p>{teaser}</p></li>'
            )
    if kind == "feed":
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>S{number}</title>{''.join(items)}</channel></rss>".encode()
    menu = "".join(f'<a href="/s/{n}">Section {n}</a>' for n in range(20))
    return f"<html><head><title>S{number}</title></head><body><nav>{menu}</nav><ul>{''.join(items)}</ul></body></html>".encode()


async def serve(port_file: Path, sources: int) -> None:
    """Answer on 127.0.0.1 to 127.0.0.`sources`; every second pair of sources has an ETag."""
    pages = {f"/{kind(n)}/{n}": body(n, kind(n)) for n in range(sources)}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            page = pages.get(path)
            if page is None:
                writer.write(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                tag = f'"{hashlib.sha256(page).hexdigest()[:16]}"' if int(path.rsplit("/", 1)[1]) % 4 < 2 else ""
                extra = f"ETag: {tag}\r\n" if tag else ""
                if tag and f"if-none-match: {tag}" in head.lower():
                    writer.write(f"HTTP/1.1 304 X\r\n{extra}Connection: close\r\n\r\n".encode())
                else:
                    form = "application/rss+xml" if path.startswith("/feed") else "text/html; charset=utf-8"
                    size = f"Content-Length: {len(page)}\r\nConnection: close\r\n\r\n"
                    writer.write(f"HTTP/1.1 200 X\r\nContent-Type: {form}\r\n{extra}{size}".encode() + page)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    hosts = [host(n) for n in range(sources)]
    first = await asyncio.start_server(answer, hosts[0], 0, backlog=500)
    port = first.sockets[0].getsockname()[1]
    if hosts[1:]:
        await asyncio.start_server(answer, hosts[1:], port, backlog=500)
    draft = port_file.with_suffix(".tmp")
    draft.write_text(str(port))
    draft.rename(port_file)
    await asyncio.Event().wait()


def kind(number: int) -> str:
    return "feed" if number % 2 else "page"


def host(number: int) -> str:
    return f"127.0.{number // 250}.{number % 250 + 1}"


def address(number: int, port: int) -> str:
    return f"http://{host(number)}:{port}/{kind(number)}/{number}"


@contextmanager
def site(folder: Path, sources: int) -> Iterator[int]:
    port_file = folder / "port"
    command = [sys.executable, __file__, "--serve", str(port_file), "--sources", str(sources)]
    with subprocess.Popen(command) as process:
        try:
            while not port_file.exists():
                time.sleep(0.02)
            yield int(port_file.read_text())
        finally:
            process.kill()


def configuration(sources: int, port: int) -> str:
    text = """
[fetch]
user_agent = "bayan/1 (benchmark; operator@example.org)"
interval = "1h"
per_host_delay = "0s"
concurrency = 50
[actors.khazali]
type = "person"
name = "Qais al-Khazali"
aliases = ["Qays al-Khaz'ali", "قيس الخزعلي"]
[keywords.threats]
any = ["threat*", "retaliat*"]
[channels.screen]
kind = "console"
"""
    for n in range(sources):
        form = "feed" if kind(n) == "feed" else "listing"
        text += f'[sources.s{n}]\nkind = "{form}"\nurl = "{address(n, port)}"\nallow_private = true\n'
    return text


def unreachable(sources: int) -> str:
    """As many sources under ordinary names that never resolve: after one run none of them is due."""
    text = configuration(0, 0)
    for n in range(sources):
        text += f'[sources.s{n}]\nkind = "feed"\nurl = "https://s{n}.example.invalid/feed"\n'
    return text


async def requests_alone(sources: int, port: int) -> float:
    """Processor seconds of the conditional requests of one unchanged cycle, the first ones not counted."""
    from datetime import UTC, datetime, timedelta

    from scraper.model import Page, Source, Validators
    from scraper.net.fetch import Fetcher
    from scraper.net.robots import MemoryShelf
    from scraper.settings import FetchSettings

    fetcher = Fetcher(FetchSettings(concurrency=50, per_host_delay=timedelta(0)), MemoryShelf())
    known: dict[int, Validators] = {}

    async def one(n: int) -> None:
        url = address(n, port)
        got = await fetcher.fetch(
            Source(f"s{n}", "feed", url, allow_private=True), url,
            clock=lambda: datetime.now(UTC), validators=known.get(n, Validators()),
        )  # fmt: skip
        if isinstance(got, Page):
            known[n] = got.validators

    await asyncio.gather(*(one(n) for n in range(sources)))
    before = _cpu()
    await asyncio.gather(*(one(n) for n in range(sources)))
    return _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def steps(sources: int, folder: Path, resting: Path) -> tuple[tuple[str, list[str], Path], ...]:
    """What one run measures, in order: its name, what is run, and where."""

    def only(count: int) -> list[str]:
        return ["run", "--once", *(part for n in range(count) for part in ("--source", f"s{n}"))]

    return (
        (WHOLE, ["-c", EVERYTHING], folder),
        (HELP, ["--help"], folder),
        (RESTING, ["run", "--once"], resting),
        (COLD, ["run", "--once"], folder),
        (TENTH, only(sources // 10), folder),
        (UNCHANGED, only(sources), folder),
    )


def measure(sources: int, runs: int) -> dict[str, dict[str, float]]:
    """Medians of every row: `cpu` in seconds, `mb` of peak memory, `wall` in seconds."""
    found: dict[str, list[Ran]] = {}
    alone: list[float] = []
    with tempfile.TemporaryDirectory(prefix="cycle-") as name, site(Path(name), sources) as port:
        resting = Path(name) / "resting"
        resting.mkdir()
        (resting / "config.toml").write_text(unreachable(sources))
        bayan(["run", "--once"], resting)
        for number in range(runs + 1):  # the first run warms bytecode and file caches and is not counted
            folder = Path(name) / str(number)
            folder.mkdir()
            (folder / "config.toml").write_text(configuration(sources, port))
            for step, arguments, place in steps(sources, folder, resting):
                ran = run(arguments, place) if arguments[0] == "-c" else bayan(arguments, place)
                if ran.code != 0:
                    raise SystemExit(f"{step} ended with {ran.code}: {ran.log[-2000:]}")
                if number:
                    found.setdefault(step, []).append(ran)
            asked = run([__file__, "--requests", str(port), "--sources", str(sources)], folder)
            if number:
                alone.append(float(asked.out))
    rows = {
        step: {
            "cpu": statistics.median(one.cpu for one in rans),
            "mb": statistics.median(one.peak_mb for one in rans),
            "wall": statistics.median(one.ended - one.began for one in rans),
        }
        for step, rans in found.items()
    }
    rows["the requests alone"] = {"cpu": statistics.median(alone), "mb": 0.0, "wall": 0.0}
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--requests", type=int, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.serve:
        asyncio.run(serve(told.serve, told.sources))
        return 0
    if told.requests:
        print(asyncio.run(requests_alone(told.sources, told.requests)))
        return 0
    rows = measure(told.sources, told.runs)
    if told.json:
        print(json.dumps(rows))
        return 0
    print(f"{'':28}{'CPU s':>8}{'MB':>7}{'wall s':>8}")
    for name, row in rows.items():
        print(f"{name:28}{row['cpu']:>8.2f}{row['mb']:>7.0f}{row['wall']:>8.1f}")
    whole = rows[WHOLE]["cpu"]
    print(
        f"help is {rows[HELP]['cpu'] / whole:.2f} and nothing due {rows[RESTING]['cpu'] / whole:.2f} of importing everything;"
    )
    poll = (rows[UNCHANGED]["cpu"] - rows[TENTH]["cpu"]) / (told.sources - told.sources // 10) * 1000
    asked = rows["the requests alone"]["cpu"] / told.sources * 1000
    print(f"one more unchanged source costs {poll:.2f} ms, {poll - asked:.2f} ms of it beside its request")
    return 0


if __name__ == "__main__":
    sys.exit(main())
