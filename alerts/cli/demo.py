"""`bayan demo`: one statement walks from a page to a phone, without any set-up."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.exits import OK, PARTIAL

if TYPE_CHECKING:
    from typing import TextIO

    from alerts.service import Service
    from alerts.settings import ChannelSettings, Configuration
    from scraper.db import Database

TOKEN_VARIABLE = "BAYAN_TELEGRAM_TOKEN"  # noqa: S105 - the name of a variable, not what is in it
PATIENCE = timedelta(seconds=10)
"""How long the demonstration waits for an alert that does not pass."""


def demo(
    telegram: Annotated[
        str | None,
        typer.Option(
            "--telegram", metavar="BASE_URL", help="Send through this Bot API server instead of the terminal."
        ),
    ] = None,
    chat: Annotated[str, typer.Option("--chat", help="With --telegram: the chat to send to.")] = "",
) -> None:
    """See an alert in ten seconds: a small site on this machine publishes a statement, and it rings.

    Nothing leaves this machine, no token is needed, nothing is kept.

    \b
    bayan demo
    BAYAN_TELEGRAM_TOKEN=... bayan demo --telegram https://api.telegram.org --chat 123456789
    """
    import asyncio

    from alerts.settings import ChannelSettings
    from scraper.secret import Secret

    channel = ChannelSettings(id="screen", kind="console")
    if telegram is not None:
        token = os.environ.get(TOKEN_VARIABLE, "")
        if not token or not chat:
            raise typer.BadParameter(f"set {TOKEN_VARIABLE} and give --chat ID", param_hint="--telegram")
        channel = ChannelSettings(id="phone", kind="telegram", token=Secret(token), chat=chat, api_base=telegram)
    raise typer.Exit(asyncio.run(_demo(channel)))


async def _demo(channel: ChannelSettings) -> int:
    import tempfile
    from contextlib import AsyncExitStack

    from alerts.cli.demo_site import COPY, CORRECTED, MODEL_POST, DemoSite
    from alerts.logs import set_up
    from alerts.service import open_service
    from alerts.settings import LoggingSettings

    set_up(LoggingSettings(level="error"), secrets=[channel.token.reveal()] if channel.token else [], stream=_stderr())
    site = DemoSite()
    await site.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(site.stop)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bayan-demo-")))
        configuration = _configuration(site.origin, folder, channel)
        database = _open(configuration)
        stack.callback(database.close)
        service = await open_service(stack, configuration, db=database)

        listed = len(site.posts) + len(site.relayed)
        _step(1, f"Two sources list {listed} statements. bayan looks at them for the first time.")
        report = await service.once(only=["demo-site", "demo-relay"])
        stored = sum(len(polled.new) for polled in report.polled)
        _say(f"{stored} statements stored, {report.sent} alerts: the first look is always silent.")

        _step(2, "The site publishes a new statement. All it says of its time is “7 hours ago”.")
        site.publish(MODEL_POST)
        before = report.sent
        report = await service.once(only=["demo-site"], patience=PATIENCE)
        rang = report.sent - before
        if not rang:
            _say_why(channel, database)
            return PARTIAL
        where = "the chat" if channel.kind == "telegram" else "this terminal"
        _say(
            f"{rang} alert, in {where}. The watchlist has the name as “Qays al-Khaz'ali”; the page spells an alias of it."
        )

        _step(
            3,
            "The other source carries it, too, under another headline. Nothing rings: the alert is brought up to date.",
        )
        site.relay(COPY)
        joined = await _once(service, "demo-relay")

        _step(4, "The site changes its headline. What changed comes as a reply, and the alert says so.")
        site.correct(CORRECTED)
        followed = await _once(service, "demo-site")

        _step(5, "Another source fails. It is reported once, and harms nothing.")
        before = report.sent
        report = await service.once(only=["broken-page", "demo-site"])
        again = [polled for polled in report.polled if polled.source == "demo-site"][-1]
        _say(f"The good source was polled again beside it: {again.outcome}, {len(again.new)} new. No alert came twice.")
        told = report.sent - before
        good = (stored, rang, joined, followed, told) == (listed, 1, 1, 2, 1) and again.healthy and not again.new
    _conclude(good)
    return OK if good else PARTIAL


async def _once(service: Service, source: str) -> int:
    """Look at one source; how many messages that made, changed or answered."""
    before = service.report.sent
    report = await service.once(only=[source], patience=PATIENCE)
    return report.sent - before


def _configuration(origin: str, folder: Path, channel: ChannelSettings) -> Configuration:
    """What a `config.toml` for this site would say."""
    from alerts.model import Actor, Keywords
    from alerts.settings import Configuration, DeliverySettings, HealthSettings
    from scraper.model import Source
    from scraper.settings import FetchSettings, StorageSettings

    khazali = Actor(
        id="qais-al-khazali",
        type="person",
        name="Qays al-Khaz'ali",
        aliases=("Qais Al-Khazali", "Kays el-Hazali", "قيس الخزعلي"),
        weak_aliases=("Khazali",),
        member_of=("aah",),
        role="secretary-general",
        priority="high",
    )
    aah = Actor(id="aah", type="group", name="Asa'ib Ahl al-Haqq", aliases=("Asaib Ahl al-Haq", "عصائب أهل الحق"))
    return Configuration(
        path=Path("config.toml"),
        timezone="UTC",
        language="en",
        storage=StorageSettings(url=f"sqlite:///{folder / 'bayan.db'}", data_dir=folder),
        fetch=FetchSettings(user_agent="bayan demo", per_host_delay=timedelta(0), total_timeout=timedelta(seconds=5)),
        sources=(
            Source(id="demo-site", kind="listing", url=f"{origin}/statements", language="en", allow_private=True),
            Source(id="demo-relay", kind="listing", url=f"{origin}/relay", language="en", allow_private=True),
            Source(id="broken-page", kind="listing", url=f"{origin}/broken", language="en", allow_private=True),
        ),
        actors=(khazali, aah),
        keywords=(Keywords(id="threats", any=("threat*", "retaliat*", "تهديد"), priority="high"),),
        channels=(channel,),
        health=HealthSettings(failures=1, notify=(channel.id,)),
        delivery=DeliverySettings(body_wait=timedelta(seconds=3), first_run=0),
    )


def _say_why(channel: ChannelSettings, database: Database) -> None:
    """The alert did not arrive: what was said, and the likeliest thing to do about it."""
    from alerts import outbox

    state = database.read_now(lambda conn: outbox.channel(conn, channel.id))
    hint = {
        "gone": f"Is {channel.chat} the number of the chat? A person must press Start first, a group must have the bot in it.",
        "down": f"Is {TOKEN_VARIABLE} the token as @BotFather gave it, the whole of it?",
        "ok": f"Can this machine reach {channel.api_base}? A proxy or firewall may stand between.",
    }[state.condition]
    typer.secho(f"\nThe alert did not arrive: {state.reason or 'no answer came'}.\n{hint}", fg="red", err=True)


def _open(configuration: Configuration) -> Database:
    import alerts.schema  # noqa: F401 - the tables of both rooms belong to one store
    from scraper.db import open_database

    return open_database(configuration.storage.url)


def _step(number: int, text: str) -> None:
    typer.secho(f"\n{number}. {text}", bold=True)


def _say(text: str) -> None:
    typer.echo(f"   {text}")


def _conclude(good: bool) -> None:
    if good:
        bayan = "bayan" if shutil.which("bayan") else "python3 run.py"  # in a checkout it is on nobody's path
        typer.echo(f"\nThat is all of it. Next: read config.toml, then `{bayan} config check` and `{bayan} run`.")
    else:
        typer.secho("\nThe demonstration did not go as told above. Please report it.", fg="red", err=True)


def _stderr() -> TextIO:
    import sys

    return sys.stderr
