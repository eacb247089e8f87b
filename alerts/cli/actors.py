"""`bayan actors`: who is watched, by which spellings, and what these spellings bring besides."""

from __future__ import annotations

import typer

from alerts.cli import importing

app = typer.Typer(no_args_is_help=True, help="Who is watched: list, suggest spellings, check them, import a list.")
app.command("import")(importing.import_)
