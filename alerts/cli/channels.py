"""`bayan channels`: the ways to people: which there are, how they stand, and whether one rings."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from alerts.cli.exits import PARTIAL, UNAVAILABLE
from alerts.cli.frame import ConfigOption, DataOption, JsonOption, load, opened, set_up_log

if TYPE_CHECKING:
    from alerts.model import Receipt
    from alerts.outbox import ChannelState
    from alerts.settings import ChannelSettings, Configuration

app = typer.Typer(no_args_is_help=True, help="The ways to people: how they stand, and does one ring?")


@app.command("list", short_help="Every channel: where it goes, and whether it works.")
def list_(config: ConfigOption = None, data_dir: DataOption = None, json_: JsonOption = False) -> None:
    """Every configured channel: its kind, where it goes, and whether it takes messages.

    Example:  bayan channels list --json
    """
    configuration = load(config, data_dir)
    learned = _learned(configuration)
    rows = [_row(channel, learned.get(channel.id)) for channel in configuration.channels]
    if json_:
        typer.echo(json.dumps({"schema": 1, "channels": rows}, ensure_ascii=False))
        return
    for row in rows:
        where = " ".join(filter(None, (row["chat"], row["host"], f"topic {row['topic']}" if row["topic"] else "")))
        typer.echo(f"{row['id']:<20} {row['kind']:<9} {where:<24} {row['condition']}")
        if row["fallback"]:
            typer.echo(f"{'':20} told through {row['fallback']} too, where it cannot be reached")
        if row["moved_to"]:
            typer.echo(f"{'':20} its chat moved to {row['moved_to']}: set chat = {row['moved_to']}")
        if row["condition"] != "ok":
            typer.echo(f"{'':20} {row['reason']}; try again: bayan channels test {row['id']}")


@app.command("test")
def test(
    channel: Annotated[str, typer.Argument(help="The channel's id.")],
    config: ConfigOption = None,
    data_dir: DataOption = None,
    json_: JsonOption = False,
) -> None:
    """Send one message, marked as a test. Where it arrives, a channel that was gone or down is taken up again.

    Exit code 1 where it is refused, 69 where the server cannot be reached.

    Example:  bayan channels test phone
    """
    from alerts.errors import ChannelDown, DeliveryError, TryLater
    from scraper.errors import ConfigError, Problem

    configuration = load(config, data_dir)
    set_up_log(configuration, quiet=True)
    if channel not in {one.id for one in configuration.channels}:
        there = ", ".join(one.id for one in configuration.channels)
        problem = Problem(
            configuration.path.name, 0, 0, f"channels.{channel}", "there is no such channel", f"there is {there}"
        )
        raise ConfigError([problem])
    before = _learned(configuration).get(channel)
    try:
        receipt = asyncio.run(_send(configuration, channel, before, sys.stderr if json_ else sys.stdout))
    except DeliveryError as error:
        unreachable = isinstance(error, TryLater)
        remedy = _remedy(error, next(one.kind for one in configuration.channels if one.id == channel))
        if json_:
            said = {
                "schema": 1,
                "channel": channel,
                "sent": False,
                "error": type(error).__name__,
                "reason": error.reason,
            }
            typer.echo(json.dumps({**said, "remedy": remedy}, ensure_ascii=False))
        else:
            typer.echo(f"bayan: {channel}: {error.reason}; {remedy}", err=True)
        raise typer.Exit(UNAVAILABLE if unreachable or isinstance(error, ChannelDown) else PARTIAL) from None
    taken_up = _take_up(configuration, before)
    if json_:
        said = {"schema": 1, "channel": channel, "sent": True, "message_id": receipt.message_id, "taken_up": taken_up}
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    typer.echo(
        f"{channel}: the test message arrived" + (f" (message {receipt.message_id})." if receipt.message_id else ".")
    )
    if taken_up:
        typer.echo("What waited for this channel is sent from now on.")


async def _send(configuration: Configuration, channel: str, state: ChannelState | None, console: TextIO) -> Receipt:
    from alerts.channels import Channels
    from alerts.message import draw_notice

    now = datetime.now(UTC)
    channels = Channels(
        configuration.channels, console=console, clock=lambda: datetime.now(UTC), fetch=configuration.fetch
    )
    try:
        way = channels.reach(channel, chat=state.chat if state else None, drop_topic=bool(state and state.drop_topic))
        words = f"Test message from bayan to channel {channel}, {now:%d %b %Y, %H:%M:%S} UTC. Nothing has happened."
        return await way.send(draw_notice(words))
    finally:
        await channels.aclose()


def _learned(configuration: Configuration) -> dict[str, ChannelState]:
    """What was learned about the channels as they are configured now; nothing where there is no store yet."""
    from alerts import outbox
    from scraper.copies import sqlite_path

    path = sqlite_path(configuration.storage.url)
    if path is None or not path.exists():
        return {}
    with opened(configuration) as database:
        return {state.id: state for state in database.read_now(outbox.channels)}


def _take_up(configuration: Configuration, before: ChannelState | None) -> bool:
    """The message arrived: forget what stood against the channel. True where something did."""
    from alerts import outbox

    if before is None or (before.condition == "ok" and before.paused_until is None):
        return False
    with opened(configuration) as database:
        database.write_now(lambda conn: outbox.learn(conn, before.id, **outbox.WELL))
    return True


def _remedy(error: Exception, kind: str) -> str:
    from alerts.errors import ChannelDown, RecipientGone

    if kind != "telegram":
        return "check its `url`, and what its receiver says of it"
    if isinstance(error, RecipientGone):
        return f"set chat = {error.moved_to}" if error.moved_to else "add the bot to the chat, or change `chat`"
    if isinstance(error, ChannelDown):
        return "check the token (@BotFather) and `api_base`"
    return "`bayan doctor` looks for the cause"


def _row(channel: ChannelSettings, state: ChannelState | None) -> dict[str, Any]:
    return {
        "id": channel.id,
        "kind": channel.kind,
        "chat": channel.chat,
        "host": channel.host,
        "topic": channel.topic,
        "fallback": channel.fallback or None,
        "condition": state.condition if state else "ok",
        "reason": state.reason if state else "",
        "moved_to": (state.chat if state else None) or None,
    }
