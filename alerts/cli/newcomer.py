"""`bayan init --telegram`: the chat that alerts go to, found by a code that its person writes to the bot."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from alerts.cli.frame import fit

if TYPE_CHECKING:
    from alerts.bot.arrival import Arrived
    from scraper.secret import Secret

VARIABLE = "BAYAN_TELEGRAM_TOKEN"
"""Where the token is taken from."""
CHANNEL = "phone"
_GREETING = "This is a test alert of bayan: what it finds will arrive here.\n/help lists what you can ask. Nothing has happened yet."
_ROUTED = re.compile(r'^(channels = \["screen")\]', re.MULTILINE)


def introduce(folder: Path, *, api_base: str = "", seconds: float = 300.0) -> None:
    """Wait for the person and write bot and channel into `folder`/config.toml. Raises BayanError with what to do."""
    from alerts.errors import ChannelDown, DeliveryError, TryLater
    from scraper.errors import BayanError
    from scraper.secret import Secret

    config = folder / "config.toml"
    before = config.read_text("utf-8")
    there = [
        name
        for name in ("bot", f"channels.{CHANNEL}")
        if re.search(rf"^\s*\[{re.escape(name)}\]", before, re.MULTILINE)
    ]
    if there:
        typer.echo(f"{config} has [{there[0]}] already and was left as it is.")
        return
    token = os.environ.get(VARIABLE, "").strip()
    if not token:
        raise BayanError(
            f"{VARIABLE} is not set: make a bot with @BotFather in Telegram, then run `export {VARIABLE}=...` with its token"
        )
    try:
        found = asyncio.run(_meet(Secret(token), api_base, seconds))
    except ChannelDown as error:
        raise BayanError(
            f"the token in {VARIABLE} is refused ({error.reason}): copy it again from @BotFather"
        ) from error
    except DeliveryError as error:
        if isinstance(error, TryLater) and error.reason.startswith("not sent"):
            raise BayanError(
                f"Telegram cannot be reached ({error.reason}): is there a network? Then once more"
            ) from error
        raise BayanError(
            f"Telegram does not answer as it should: {error.reason}; does another program listen with this token?"
        ) from error
    if found is None:
        raise BayanError(
            f"nobody wrote the code within {seconds:.0f} s; once more: bayan init --telegram (--wait SECONDS waits longer)"
        )
    _write(config, before, found, api_base)
    typer.echo(f"{fit(found.name)} ({found.person}) is admin now; alerts go to {fit(found.title)} ({found.chat}).")
    typer.echo(f"{config} written: [bot] and [channels.{CHANNEL}]. A test alert was sent.")


async def _meet(token: Secret, api_base: str, seconds: float) -> Arrived | None:
    from alerts.bot.arrival import await_newcomer, greet, new_code
    from alerts.bot.line import Line
    from alerts.channels.telegram import Client

    line, code = Line(Client(token, api_base)), new_code()

    def invite(me: str) -> None:
        span = f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
        typer.echo(f"Write this to the bot, yourself, within {span}:")
        typer.echo(f"  https://t.me/{me}?start={code}   or, to @{me}:   /start {code}")
        typer.echo(f"For a group, add @{me} to it and write there:   /start@{me} {code}")

    try:
        found = await await_newcomer(line, code, seconds, invite)
        if found is not None:
            await greet(line, found, _GREETING)
        return found
    finally:
        await line.aclose()


def _write(config: Path, before: str, found: Arrived, api_base: str) -> None:
    from alerts.cli.written import quoted, replace_file, with_table

    base = f"api_base = {quoted(api_base)}\n" if api_base else ""
    topic = f"topic = {found.topic}\n" if found.topic is not None else ""
    secret = f'token = {{ env = "{VARIABLE}" }}'
    tables: tuple[str, ...] = (
        f"[bot]\n{secret}\n{base}admins = [{found.person}]\n",
        f'[channels.{CHANNEL}]\nkind = "telegram"\n{secret}\nchat = {found.chat}\n{topic}{base}',
    )
    if not re.search(r"^\s*\[health\]", before, re.MULTILINE):
        tables += (
            f'[health]\nnotify = ["{CHANNEL}"]            # who is told what a new source begins with, and when one breaks\n',
        )
    if not re.search(r"^\s*\[delivery\]", before, re.MULTILINE):
        tables += (
            '[delivery]\nfirst_run = "latest:3"       # the newest headlines of a new source are shown once, silently\n',
        )
    text = _ROUTED.sub(rf'\1, "{CHANNEL}"]', before)
    for table in tables:
        text = with_table(text, table)
    try:
        replace_file(config, text, os.environ)
    except OSError as error:
        from scraper.errors import BayanError

        raise BayanError(f"{config} cannot be written: {error.strerror}") from error
