"""`bayan init`: a first configuration to begin with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

TEMPLATES = {"config.toml": "starter.toml", ".env.example": "starter.env"}
"""File to write, and the template beside this file that it is made of."""


def init(
    folder: Annotated[Path, typer.Option("--dir", help="Where to; made if it is not there.")] = Path(),
    telegram: Annotated[
        bool, typer.Option("--telegram", help="Find your chat and yourself by a code that you write to the bot.")
    ] = False,
    wait: Annotated[float, typer.Option("--wait", min=1, max=3600, help="Seconds to wait for that code.")] = 300.0,
    api_base: Annotated[str, typer.Option("--api-base", help="A Bot API server of your own.")] = "",
) -> None:
    """Write a first config.toml and .env.example. What is there already is left as it is.

    The configuration works as it stands: public feeds, printed in the terminal, no token. With --telegram (and the bot's
    token in BAYAN_TELEGRAM_TOKEN) it also gets the bot, its admin and the chat that alerts go to.

    Example:  bayan init --dir ~/bayan --telegram
    """
    from importlib.resources import files

    from scraper.errors import BayanError

    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, template in TEMPLATES.items():
            path = folder / name
            text = (files("alerts.cli") / template).read_text("utf-8")
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            except FileExistsError:
                typer.echo(f"{path} is there already and was left as it is.")
                continue
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            typer.echo(f"{path} written.")
            written.append(name)
    except OSError as error:
        raise BayanError(
            f"{error.filename or folder} cannot be written: {error.strerror}; choose another --dir"
        ) from error
    if telegram:
        from alerts.cli.newcomer import introduce

        introduce(folder, api_base=api_base, seconds=wait)
    config = folder / "config.toml"
    at = "" if folder == Path() else f" --config {config}"
    typer.echo(f"Next: read {config}, then")
    for verb, why in (
        ("config check", "is it right?"),
        ("run --once --dry-run", "look once; nothing is sent or stored"),
        ("run", "watch"),
    ):
        typer.echo(f"  {f'bayan {verb}{at}':<{29 + len(at)}} {why}")
