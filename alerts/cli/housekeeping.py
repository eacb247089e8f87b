"""`bayan housekeeping`: the weekly note, now and on the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, fit, load, opened


def housekeeping(config: ConfigOption = None, data_dir: DataOption = None, json_: JsonOption = False) -> None:
    """What asks for a deed: watches that never ring, spellings that ring too often, sources that stand still, what is held.

    The same goes to the channels of `health.notify` once a week (`health.weekly`), where there is something. Nothing is
    changed or sent by this command.

    Example:  bayan housekeeping
    """
    from alerts import weekly

    configuration = load(config, data_dir)
    now = datetime.now(UTC)
    with opened(configuration) as database:
        found = weekly.findings(database.read_now(lambda conn: weekly.gather(conn, configuration, now)), now)
    if json_:
        rows = [{"said": one.said, "next": one.next} for one in found]
        typer.echo(json.dumps({"schema": 1, "findings": rows}, ensure_ascii=False))
    elif not found:
        typer.echo("Nothing asks for a deed.")
    for one in () if json_ else found:
        typer.echo(f"{fit(one.said)}\n    {fit(one.next)}")
