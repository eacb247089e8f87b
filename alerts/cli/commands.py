"""Every command by its name, and what a person reads where one goes wrong.

Results go to stdout, logs and progress to stderr. Every verb's imports are its own, so that `bayan --help` is quick.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import Annotated, TextIO

import typer

from alerts.cli import (
    actors,
    backtest,
    channels,
    completion,
    db,
    demo,
    doctor,
    evidence,
    health,
    holds,
    housekeeping,
    init,
    match,
    probe,
    read,
    rehearse,
    reload,
    repair,
    routes,
    run,
    sources,
    statements,
    status,
)
from alerts.cli import alerts as alerts_verbs
from alerts.cli import config as config_verbs
from alerts.cli.exits import BUG, CONFIG, LOCKED, OK, UNAVAILABLE

app = typer.Typer(
    name="bayan",
    help="""Watches public sites for what named people and groups say, and puts one clear message on the right phone.

\b
First steps:  bayan demo            see an alert, without any set-up
              bayan init            a first config.toml to begin with
              bayan sources probe   what can be watched on a site?
              bayan config check    is the configuration right?
              bayan run             watch, until stopped (bayan run --once for cron)
              bayan status          is all well?
""",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo", short_help="See an alert in ten seconds, without any set-up.")(demo.demo)
app.command("init")(init.init)
app.command("run", short_help="Watch the sources and send alerts, until told to stop.")(run.run)
app.command("status", short_help="Is all well? Sources, what waits to be sent, channels.")(status.status)
app.command("health", short_help="Is bayan alive and of use? For container probes.")(health.health)
app.command("doctor", short_help="Is everything in order that bayan stands on?")(doctor.doctor)
app.command("housekeeping", short_help="What asks for a deed: silent watches, noisy spellings.")(
    housekeeping.housekeeping
)
app.command("reload", short_help="Tell the running service to read its configuration.")(reload.reload)
app.command("read", short_help="What the parsers make of a page, feed or listing.")(read.read)
app.command("match", short_help="What the watchlists make of a text, and why.")(match.match)
app.command("backtest", short_help="What a watch would have rung for.")(backtest.backtest)
app.command("rehearse", short_help="What would have rung, had these captures been polled.")(rehearse.rehearse)
app.add_typer(config_verbs.app, name="config")
app.add_typer(sources.app, name="sources")
sources.app.command("probe", short_help="Look what can be watched at an address.")(probe.probe)
sources.app.command("repair", short_help="Find the list of a source again after a redesign.")(repair.repair)
sources.app.command("held", short_help="What is held: a flood that could not be believed.")(holds.held)
sources.app.command("release", short_help="What is held was news after all: it is judged.")(holds.release)
sources.app.command("drop", short_help="What is held was no news: it stays stored, silent.")(holds.drop)
app.add_typer(actors.app, name="actors")
app.add_typer(channels.app, name="channels")
app.add_typer(statements.app, name="statements")
statements.app.command("evidence")(evidence.evidence)
app.add_typer(routes.app, name="routes")
app.add_typer(alerts_verbs.app, name="alerts")
app.add_typer(db.app, name="db")
app.command("completion", short_help="Print the script for the shell's completion.")(completion.completion)


@app.command("version")
def version(json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """The version of bayan and of what it stands on.

    Example:  bayan version --json
    """
    import json
    import platform
    from importlib.metadata import version as installed

    from scraper.db import HEAD

    parts = {"bayan": installed("bayan"), "schema": HEAD, "python": platform.python_version()}
    parts |= {name: installed(name) for name in ("httpx", "selectolax", "apscheduler", "python-telegram-bot")}
    if json_:
        typer.echo(json.dumps({"schema": 1, "versions": parts}))
    else:
        typer.echo("\n".join(f"{name} {number}" for name, number in parts.items()))


def run_command(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    from alerts.lock import AlreadyRunning
    from scraper.errors import BayanError, ConfigError, StoreError

    try:
        code = app(args=arguments, prog_name="bayan", standalone_mode=False)
        sys.stdout.flush()  # what cannot be written is to be said here, not by the interpreter at its end
        return code if isinstance(code, int) else OK
    except ConfigError as error:
        for problem in error.problems:
            _say(str(problem))
        count = len(error.problems)
        _say(f"{count} problem{'s' if count != 1 else ''} in the configuration; nothing was touched.")
        return CONFIG
    except AlreadyRunning as error:
        _say(str(error))
        return LOCKED
    except StoreError as error:
        _say(f"store: {error}")
        return UNAVAILABLE
    except BayanError as error:
        _say(str(error))
        return UNAVAILABLE
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted")
        return 130
    except BrokenPipeError:
        return _unread()
    except SystemExit as ended:  # how rich and typer end where nobody reads any more
        if isinstance(ended.__context__, BrokenPipeError):
            return _unread()
        raise
    except OSError as error:
        if error.errno not in _REFUSED:
            return _bug(error)
        _let_go(sys.stdout)
        _say(f"the system refuses: {error.strerror}{_REFUSED[error.errno]}")
        return UNAVAILABLE
    except Exception as error:  # noqa: BLE001 - the last line of defence: a person reads this, not a programmer
        usage = _usage(error)
        return usage if usage is not None else _bug(error)


_REFUSED = {
    errno.ENOSPC: "; what was to be printed is cut",
    errno.EDQUOT: "; what was to be printed is cut",
    errno.EIO: "; what was to be printed is cut",
    errno.EMFILE: ": allow more than `ulimit -n` says",
    errno.ENFILE: ": other programs hold too many files",
}
"""What is no fault of ours wherever it happens, and what to do."""


def _unread() -> int:
    """Whoever read our output has gone: that is their right."""
    _let_go(sys.stdout)
    return OK


def _let_go(stream: TextIO) -> None:
    """What still waits to be written goes nowhere: the interpreter would complain of it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _usage(error: Exception) -> int | None:
    """The exit code of a mistake in the command's words, after saying it; None where the error is something else.

    Typer brings a copy of click of its own, which has no public name: a usage error is known by what it can do.
    """
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if not callable(show) or not isinstance(code, int):
        return None
    with suppress(OSError):
        show()
    return code


def _without_secrets(text: str) -> str:
    """`text` as the log would write it: without whatever looks like a bot token, and without the secrets that were read."""
    import logging

    from alerts.logs import Redact

    for one in (one for handler in logging.getLogger().handlers for one in handler.filters):
        if isinstance(one, Redact):
            text = one.text(text)
    return Redact().text(text)


def _bug(error: Exception) -> int:
    import traceback

    _say(f"internal error: {type(error).__name__}. This is a fault in bayan; nothing stored is lost by it.")
    if os.environ.get("BAYAN_DEBUG"):
        sys.stderr.write(_without_secrets("".join(traceback.format_exception(error))))
    else:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _say(f"at {frame.name} ({frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}); BAYAN_DEBUG=1 shows all of it.")
    return BUG


def _say(line: str) -> None:
    with suppress(OSError):  # the exit code says it, too
        typer.echo(f"bayan: {line}", err=True)
