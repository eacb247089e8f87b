"""`bayan doctor`: looks at everything that bayan stands on, and says for each trouble what to do."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from alerts.cli import soundness
from alerts.cli.frame import ConfigOption, DataOption, JsonOption, counted, fit, load, opened, set_up_log
from alerts.cli.soundness import Finding

if TYPE_CHECKING:
    from alerts.settings import Configuration
    from scraper.model import Source
    from scraper.sources import SourceState

SECONDS = 10.0
"""No question to a network takes longer."""
NAMES_TRIED = 3
CHANNELS_ASKED = 30
"""Of them and of the enrolled chats: the file's come first."""
LEAST_FREE = 200 * 1024**2
BUILT_AFTER = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that says less is wrong: this program is younger."""


def doctor(
    config: ConfigOption = None,
    data_dir: DataOption = None,
    robots: Annotated[bool, typer.Option("--robots", help="Also ask every source's site for its robots.txt.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Only what can be seen on this machine.")] = False,
    json_: JsonOption = False,
) -> None:
    """Is everything in order that bayan stands on? Python and packages, folder, disk, store, clock, names, TLS, channels.

    Nothing is sent or changed; channels are asked whether the bot may write there. Exit code 1 where something is wrong.

    Example:  bayan doctor --robots
    """
    configuration = load(config, data_dir)
    set_up_log(configuration, quiet=True)
    findings = []
    for finding in _look(configuration, robots=robots, offline=offline):
        findings.append(finding)
        if not json_:
            mark = {"ok": "ok  ", "note": "note", "bad": "BAD "}[finding.state]
            typer.echo(f"{mark}  {finding.what:<22} {fit(finding.said)}")
            if finding.remedy and finding.state != "ok":
                typer.echo(f"{'':6}{'':<22} {finding.remedy}")
    bad = sum(finding.state == "bad" for finding in findings)
    if json_:
        rows = [
            {"what": one.what, "state": one.state, "said": one.said, "remedy": one.remedy or None} for one in findings
        ]
        typer.echo(json.dumps({"schema": 1, "ok": not bad, "findings": rows}, ensure_ascii=False))
    elif not bad:
        typer.echo("Nothing is wrong. Next: bayan run, or bayan status where it runs already.")
    if bad:
        raise typer.Exit(1)


def _look(configuration: Configuration, *, robots: bool, offline: bool) -> Iterator[Finding]:
    yield _python()
    yield _packages()
    yield _libraries()
    yield Finding(
        "configuration", "note" if configuration.warnings else "ok",
        f"{configuration.path}, {counted(len(configuration.warnings), 'warnings')}", "bayan config check lists them",
    )  # fmt: skip
    yield _folder(configuration.storage.data_dir)
    yield _disk(configuration.storage.data_dir)
    yield from _store(configuration)
    yield from (_inbox(source) for source in configuration.sources if source.enabled and source.kind == "directory")
    yield _clock()
    yield _authorities()
    if not offline:
        yield from asyncio.run(_networks(_with_chats(configuration), robots))


# ------------------------------------------------------------------------------------------ on this machine


def _python() -> Finding:
    import platform
    import sys

    good = sys.version_info >= (3, 11)
    return Finding("Python", "ok" if good else "bad", platform.python_version(), "install Python 3.11 or newer")


def _packages() -> Finding:
    """Every package that bayan asks for is there and can be imported at all."""
    import importlib
    import re
    from importlib.metadata import PackageNotFoundError, requires, version

    asked = [
        found[0] for one in requires("bayan") or () if (found := re.match(r"[A-Za-z0-9._-]+", one)) and ";" not in one
    ]
    missing = []
    for name in asked:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    broken = []
    for module in ("trafilatura", "lxml_html_clean", "selectolax.lexbor", "feedparser", "telegram", "ahocorasick_rs"):
        try:
            importlib.import_module(module)
        except ImportError as error:
            broken.append(f"{module} ({error})")
    wrong = ", ".join([*missing, *broken])
    remedy = "install bayan again with requirements.lock: an old pip leaves packages out without a word"
    return Finding(
        "packages", "bad" if wrong else "ok", f"not there: {wrong}" if wrong else f"{len(asked)} are there", remedy
    )


def _libraries() -> Finding:
    """expat before 2.4.1 lets an XML bomb through."""
    from pyexpat import EXPAT_VERSION, version_info

    good = version_info >= (2, 4, 1)
    return Finding(
        "XML library",
        "ok" if good else "bad",
        EXPAT_VERSION,
        "a newer Python brings expat 2.4.1, which stops XML bombs",
    )


def _folder(data_dir: Path) -> Finding:
    import tempfile

    remedy = "check data_dir and its owner: `mkdir -p` it, or name another one with storage.data_dir"
    try:
        there = next(one for one in (data_dir, *data_dir.parents) if one.exists())
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"bayan")
    except OSError as error:
        return Finding("data folder", "bad", f"{data_dir} cannot be written: {error.strerror}", remedy)
    return Finding("data folder", "ok", str(data_dir) if there == data_dir else f"{data_dir}, made at the first run")


def _inbox(source: Source) -> Finding:
    """Whether the directory of a source can be listed."""
    try:
        with os.scandir(source.path):
            return Finding(f"source {source.id}", "ok", f"{source.path} can be read")
    except OSError as error:
        remedy = f"make it, or let bayan's user read it; or set `path` in [sources.{source.id}]"
        return Finding(f"source {source.id}", "bad", f"{source.path}: {error.strerror}", remedy)


def _disk(data_dir: Path) -> Finding:
    there = data_dir
    try:
        there = next(one for one in (data_dir, *data_dir.parents) if one.exists())
        free = shutil.disk_usage(there).free
    except OSError as error:
        return Finding("disk", "bad", f"{there}: {error.strerror}", "check the mount of data_dir")
    state: Literal["ok", "note", "bad"] = "bad" if free < LEAST_FREE // 4 else "note" if free < LEAST_FREE else "ok"
    return Finding("disk", state, f"{free / 1e9:.1f} GB free", f"make room: at least {LEAST_FREE // 1024**2} MB")


def _store(configuration: Configuration) -> Iterator[Finding]:
    from alerts import outbox
    from alerts.lock import holder
    from scraper import evidence, marks, sources
    from scraper.copies import RESTORED, check_store, is_there, sqlite_path
    from scraper.errors import StoreError

    path = sqlite_path(configuration.storage.url)
    try:
        if path is None or not is_there(path):
            yield Finding("store", "ok", "none yet: the first run makes it")
            return
        wrong = check_store(configuration.storage.url)
        if wrong:
            yield Finding(
                "store", "bad", f"{path} is damaged: {wrong[0]}", "stop bayan, keep the file, put a backup in its place"
            )
            return
        with opened(configuration) as database:
            beats = database.read_now(sources.beats)
            by_state, _ = database.read_now(outbox.summary)
            restored = database.read_now(lambda conn: marks.read(conn, RESTORED))
            states = database.read_now(sources.states)
            learned = database.read_now(outbox.channels)
            named = database.read_now(evidence.names)
        running = holder(configuration.storage.data_dir)
    except StoreError as error:
        yield Finding("store", "bad", str(error), "bayan db check; bayan db upgrade")
        return
    yield Finding("store", "ok", f"{path}, {path.stat().st_size / 1e6:.1f} MB, sound")
    work = f"process {running.process} ({running.what or 'at work'})" if running else "not running"
    yield Finding("service", "ok" if running else "note", work, "bayan run starts it")
    yield from soundness.of_store(path, beats, datetime.now(UTC))
    yield from soundness.of_evidence(configuration.storage, named)
    yield from soundness.of_topics(configuration, learned)
    yield from soundness.of_canary(configuration, beats)
    if running and running.what == "service" and configuration.service.listen:
        yield asyncio.run(soundness.of_listener(configuration.service.listen))
    ahead = [name for name, (at, _) in beats.items() if at > datetime.now(UTC) + timedelta(minutes=2)]
    if ahead:
        yield Finding("clock and store", "bad", "the store holds times that are still to come", "set the clock (NTP)")
    yield from _sources(configuration, states)
    held = by_state.get("held", 0)
    if restored is not None or held:
        said = f"{held} deliveries are held" + (
            f", from the backup of {restored:%d %b %Y, %H:%M} UTC" if restored else ""
        )
        yield Finding(
            "held deliveries", "note", said, "bayan alerts release sends them, bayan alerts drop forgets them"
        )


def _sources(configuration: Configuration, states: tuple[SourceState, ...]) -> Iterator[Finding]:
    """How many sources are unwell, and how: their remedies stand in `bayan status`."""
    from alerts.troubles import standing
    from scraper.condition import WELL

    enabled = {source.id: source for source in configuration.sources if source.enabled}
    polled = [state for state in states if state.id in enabled and state.outcome is not None]
    if not polled:
        return
    stands = {state.id: standing(state, enabled[state.id], configuration.health) for state in polled}
    unwell = [f"{name} ({kind})" for name, kind in stands.items() if kind not in WELL]
    said = f"{len(polled) - len(unwell)} of {len(polled)} well"
    said += f"; not {', '.join(unwell[:5])}{' ...' if len(unwell) > 5 else ''}" if unwell else ""
    yield Finding("sources", "note" if unwell else "ok", said, "bayan status says what to do about each")


def _clock() -> Finding:
    now = datetime.now(UTC)
    good = now > BUILT_AFTER
    remedy = "set the clock (NTP): dates are resolved against it"
    return Finding("clock", "ok" if good else "bad", f"{now:%d %b %Y, %H:%M:%S} UTC", remedy)


def _authorities() -> Finding:
    """The certificate authorities that fetches trust are those of the package certifi, whatever the environment says."""
    from scraper.net.fetch import authorities

    remedy = "install the package certifi again"
    try:
        count = authorities()
    except OSError as error:
        return Finding("TLS authorities", "bad", str(error), remedy)
    return Finding("TLS authorities", "ok" if count else "bad", f"{count} are trusted", remedy)


# --------------------------------------------------------------------------------------------- over a network


def _with_chats(configuration: Configuration) -> Configuration:
    """With the chats that were enrolled beside the file, where there is a store that knows them."""
    from alerts.bot.chats import chat_book
    from alerts.bot.overlay import overlaid
    from scraper.errors import StoreError

    if configuration.bot is None:
        return configuration
    try:
        with opened(configuration) as database:
            return overlaid(configuration, database.read_now(chat_book))
    except StoreError:  # said above, where the store was looked at
        return configuration


async def _networks(configuration: Configuration, robots: bool) -> list[Finding]:
    """Everything that asks a network, beside each other, each within 10 s."""
    asked = [_channel(configuration, channel.id) for channel in configuration.channels[:CHANNELS_ASKED]]
    enabled = [source for source in configuration.sources if source.enabled]
    hosts = _hosts(enabled)
    asked += [_name(host) for host in hosts[:NAMES_TRIED]]
    if robots:
        asked += [_robots(configuration, source) for source in enabled if source.kind != "directory"]
    found = list(await asyncio.gather(*asked))
    theirs = await soundness.of_time(configuration)
    return [*found, theirs] if theirs is not None else found


async def _within(what: str, remedy: str, look: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        async with asyncio.timeout(SECONDS):
            return await look()
    except TimeoutError:
        return Finding(what, "bad", f"no answer within {SECONDS:.0f} s", remedy)


async def _channel(configuration: Configuration, channel: str) -> Finding:
    from alerts.channels import Channels
    from alerts.errors import ChannelDown, DeliveryError, RecipientGone

    what = f"channel {channel}"
    channels = Channels(configuration.channels)

    async def look() -> Finding:
        try:
            return Finding(what, "ok", await channels.look(channel))
        except ChannelDown as error:
            return Finding(what, "bad", error.reason, "take the bot's token from @BotFather; check api_base")
        except RecipientGone as error:
            moved = (
                f"set chat = {error.moved_to}"
                if error.moved_to
                else "add the bot to the chat, give it the right to write"
            )
            return Finding(what, "bad", error.reason, moved)
        except DeliveryError as error:
            return Finding(
                what, "bad", error.reason, "is there a network, and does a firewall let api.telegram.org through?"
            )

    try:
        return await _within(what, "is there a network?", look)
    finally:
        await channels.aclose()


async def _name(host: str) -> Finding:
    from scraper.net.connect import SystemResolver

    what = "name resolution"
    remedy = "check the network and /etc/resolv.conf; one host alone: check its spelling"

    async def look() -> Finding:
        try:
            found = await SystemResolver()(host, 443)
        except OSError as error:
            return Finding(what, "bad", f"{host}: {error.strerror or error}", remedy)
        return Finding(what, "ok", f"{host} is at {found[0]}")

    return await _within(what, remedy, look)


async def _robots(configuration: Configuration, source: Source) -> Finding:
    """What robots.txt says about a source's address: asked for through the fetcher, which reads it before the page."""
    from scraper import endpoint
    from scraper.errors import SourceError
    from scraper.net.fetch import Fetcher
    from scraper.net.robots import MemoryShelf

    what = f"source {source.id}"
    remedy = "bayan sources test says more"
    fetcher = Fetcher(configuration.fetch, MemoryShelf())

    async def look() -> Finding:
        try:
            await fetcher.fetch(source, endpoint.address(source), clock=lambda: datetime.now(UTC))
        except SourceError as error:
            return Finding(what, "bad", f"{error.outcome}: {error.detail}", f"bayan sources test {source.id}")
        return Finding(what, "ok", "robots.txt allows it, and it answers")

    try:
        return await _within(what, remedy, look)
    finally:
        await fetcher.aclose()


def _hosts(chosen: list[Source]) -> list[str]:
    """The names of the sources' hosts, each once; addresses need no resolution, and a proxy resolves by itself."""
    from scraper.net.guard import read_literal
    from scraper.net.target import read_target

    hosts = dict.fromkeys(
        read_target(source.url).origin.host for source in chosen if not source.proxy and source.path == ""
    )
    return [host for host in hosts if read_literal(host) is None]
