"""The command line: the end of a one-way street, from which all of it can be reached. One file for each noun.

    main -> does another bayan work here? -> commands (`commands.py`) -> the verb's own file
            (`bayan run` only)

The first look costs a twentieth of what it costs to load the commands, so that runs from cron that overlap, and a second service, end
at once also where the machine has much to do.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alerts.cli.commands import app as app
    from alerts.cli.commands import run_command as run_command


def main() -> None:
    """Run the command line. What goes wrong is said in a line or two that name the next step; never a traceback."""
    from alerts.cli.early import other_at_work

    _open_closed_streams()
    said = other_at_work(sys.argv[1:], os.environ)
    if said:
        sys.stderr.write(f"bayan: {said}\n")
        sys.exit(75)  # LOCKED
    import resource

    from alerts.cli import commands

    if "_BAYAN_COMPLETE" in os.environ:
        from alerts.cli import completion

        completion.teach()
    # A core dump would hold every secret. Whoever needs one can allow it again from outside (prlimit(1)).
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    code = commands.run_command(sys.argv[1:])
    if code in (2, 78):  # USAGE, CONFIG: then nothing is touched
        from alerts.lock import undo_early

        undo_early()
    try:
        sys.stderr.flush()
    except OSError:  # nothing can be said any more, and the interpreter would end with a code of its own for that
        sys.stderr = None
    sys.exit(code)


def _open_closed_streams() -> None:
    """Where we were started with a standard stream closed (`2>&-`), the null device takes its place.

    Else the next file that is opened, the store for one, would get its number, and what a library prints would go into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            stream = open(number, "r" if number == 0 else "w", closefd=False)  # noqa: SIM115 - it lives as long as we do
            setattr(sys, name, stream)


def __getattr__(name: str) -> Any:
    """`app` and `run_command`, loaded when they are first asked for."""
    if name not in ("app", "run_command"):
        raise AttributeError(name)
    from alerts.cli import commands

    return getattr(commands, name)
