#!/usr/bin/env python3
"""Starts bayan on a fresh machine: makes .venv beside this file, installs the locked packages once, and hands over.

    python3 run.py demo        see an alert within seconds: no account, no token, no internet
    python3 run.py test        the whole test suite (with arguments: pytest with those)
    python3 run.py ANYTHING    the same as .venv/bin/bayan ANYTHING; try --help

It needs Python 3.11 or newer and writes nothing outside its own folder. Packages come from wherever your pip is
configured to take them, and only those whose hash stands in requirements.lock. The exit code is the command's own;
69 means that the set-up itself failed.
"""

# Standard library only, and syntax that Python 3.8 can parse: an older python3 must get far enough to find a newer one.
# Imports that only the first start needs stand where they are needed, so that every later start is quick.
from __future__ import annotations

import os
import sys
from pathlib import Path

OLDEST = (3, 11)
NEWER = ("python3.11", "python3.12", "python3.13", "python3.14", "python3")
PLACES = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")  # looked through after PATH
UNAVAILABLE = 69  # EX_UNAVAILABLE of sysexits.h, as everywhere in bayan
INTERRUPTED = 130
PARALLEL = ("--numprocesses=auto", "--maxprocesses=4")  # how the whole suite is run

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.lock"
TESTS_LOCK = HERE / "tests" / "requirements.lock"
PROJECT = HERE / "pyproject.toml"
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
BAYAN = VENV / "bin" / "bayan"
STAMP = VENV / "bayan.stamp"  # what .venv was made for and filled with; written last
UNFINISHED = VENV / "bayan.unfinished"  # there while something is being installed, and after a kill


class SetUpError(Exception):
    """Why nothing can be started, and what to do about it, in words for a person."""


def main(arguments: list[str]) -> int:
    """Hand over to bayan or pytest; return only where that is impossible, or where there was nothing to start."""
    if not arguments:
        print(str(__doc__).strip())
        return 0
    for_tests = arguments[0] == "test"
    try:
        start_in_a_usable_python(arguments)
        set_up(for_tests)
        if for_tests:
            os.chdir(HERE)
            become([str(PYTHON), "-m", "pytest", *(arguments[1:] or PARALLEL)])
        become([str(BAYAN), *arguments])
    except SetUpError as error:
        say(str(error))
    except OSError as error:
        say(f"{error.filename or VENV}: {error.strerror or error}\nIf .venv is damaged, delete it and start again.")
    except KeyboardInterrupt:
        say("interrupted; the next start goes on from here")
        return INTERRUPTED
    return UNAVAILABLE


def start_in_a_usable_python(arguments: list[str]) -> None:
    """Come back only in a Python that is new enough and does not live in the very .venv that may have to be replaced."""
    if os.name != "posix":
        raise SetUpError("bayan runs on Linux and macOS. On Windows, start it inside WSL or a container.")
    again = [str(HERE / "run.py"), *arguments]
    if Path(sys.prefix).resolve() == VENV:
        base = Path(sys.base_prefix) / "bin" / "python{}.{}".format(*sys.version_info)
        if base.exists():
            become([str(base), *again])
    if sys.version_info[:2] >= OLDEST:
        return
    import shutil
    import subprocess

    # A name may be a version manager's shim with nothing behind it, so each one is asked.
    question = f"import sys; sys.exit(sys.version_info[:2] < {OLDEST})"
    path = os.pathsep.join([os.environ.get("PATH", ""), *PLACES])
    for found in filter(None, (shutil.which(name, path=path) for name in NEWER)):
        if subprocess.run([found, "-c", question], capture_output=True).returncode == 0:
            become([found, *again])
    raise SetUpError(
        f"bayan needs Python 3.11 or newer. This is {sys.version.split()[0]} ({sys.executable}), and no newer one was"
        " found.\nInstall one (Debian 12, Ubuntu 24.04: apt install python3 python3-venv; macOS: brew install python)\n"
        "and start again, or name it yourself: /path/to/python3.11 run.py demo"
    )


def set_up(for_tests: bool) -> None:
    """Make .venv hold what the locks say. Costs a few milliseconds where it already does."""
    if is_ready(for_tests):
        return
    import fcntl
    import time

    # The folder itself is what is locked: nothing is left behind, and the kernel frees it when the last holder dies. pip
    # inherits it, so that a pip which outlives a killed start is waited for too.
    folder = os.open(HERE, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another start is setting up .venv; waiting for it")
            fcntl.flock(folder, fcntl.LOCK_EX)
        if is_ready(for_tests):
            return
        began = time.monotonic()
        if not is_sound():
            make_venv(folder)
        install(for_tests, folder)
        say(f"ready after {time.monotonic() - began:.0f} s; the next start skips this")
    finally:
        os.close(folder)


def is_ready(for_tests: bool) -> bool:
    """Whether .venv was finished, for this place, this interpreter and these locks."""
    if UNFINISHED.exists() or not PYTHON.exists() or not BAYAN.exists():
        return False
    return wanted(for_tests).items() <= stamped().items()


def is_sound() -> bool:
    """Whether .venv can be added to: nobody was killed while filling it, and its Python works, here and now."""
    import subprocess

    stamp = stamped()
    if UNFINISHED.exists() or not PYTHON.exists() or (stamp and stamp.get("made") != wanted(False)["made"]):
        return False
    question = f"import sys; sys.exit(sys.version_info[:2] < {OLDEST} or sys.prefix == sys.base_prefix)"
    return subprocess.run([PYTHON, "-c", question], capture_output=True).returncode == 0


def wanted(for_tests: bool) -> dict[str, str]:
    """What the stamp says when all is well: the place and interpreter that .venv was made for, and what was put in."""
    import hashlib

    # Scripts hold the path of their interpreter, so a moved checkout needs a new .venv; so does a replaced python3.
    made = f"{VENV}\n{PYTHON.resolve()}".encode()
    stamp = {
        "made": hashlib.sha256(made).hexdigest(),
        "holds": hashlib.sha256(LOCK.read_bytes() + PROJECT.read_bytes()).hexdigest(),
    }
    if for_tests:
        stamp["tests"] = hashlib.sha256(TESTS_LOCK.read_bytes()).hexdigest()
    return stamp


def stamped() -> dict[str, str]:
    """What the stamp says, {} where there is none."""
    try:
        lines = STAMP.read_text("ascii", "replace").splitlines()
    except FileNotFoundError:
        return {}
    return {line.partition(" ")[0]: line.partition(" ")[2] for line in lines}


def make_venv(folder: int) -> None:
    """A new, empty .venv: with pip where ensurepip is there, without where it is not (Debian without python3-venv)."""
    import shutil

    ways: list[list[str]] = []
    if has_module("ensurepip"):
        ways.append([])
    if has_module("pip"):
        ways.append(["--without-pip"])
    if not ways:
        raise SetUpError(
            f"{sys.executable} has neither ensurepip nor pip, so nothing can be installed with it.\n"
            "Debian, Ubuntu: apt install python3-venv. Fedora: dnf install python3-pip. Alpine: apk add py3-pip.\n"
            "Then start again."
        )
    said = ""
    if VENV.exists() or VENV.is_symlink():
        say("the .venv that is there is broken, half-made or from another place; making it anew")
    for way in ways:
        if VENV.is_dir() and not VENV.is_symlink():
            shutil.rmtree(VENV)
        elif VENV.exists() or VENV.is_symlink():
            VENV.unlink()
        VENV.mkdir()
        UNFINISHED.touch()
        aside = " (it has no ensurepip, so its own pip will do)" if way else ""
        say(f"making .venv with Python {sys.version.split()[0]}{aside}")
        status, said = run([sys.executable, "-m", "venv", *way, str(VENV)], folder)
        if status == 0:
            return
    raise SetUpError(f"making .venv failed:\n\n{said}")


def install(for_tests: bool, folder: int) -> None:
    """Bring .venv to what the locks say. The stamp comes last; until then .venv counts as unfinished."""
    have, want = stamped(), wanted(for_tests)
    UNFINISHED.touch()
    # --only-binary: a wheel runs no code while it is installed. hatchling and editables stand in the lock, so that building
    # the project fetches nothing that is not pinned.
    locked = ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r"]
    if have.get("holds") != want["holds"]:
        have = {}
        pip_install("what bayan needs", [*locked, str(LOCK)], count(LOCK), folder)
        pip_install("bayan itself", ["--no-deps", "--no-build-isolation", "--editable", str(HERE)], 1, folder)
    if for_tests and have.get("tests") != want["tests"]:
        pip_install("the test tools", [*locked, str(TESTS_LOCK)], count(TESTS_LOCK), folder)
    if not BAYAN.exists():
        raise SetUpError(f"pip was content, but there is no {BAYAN}. Delete .venv and start again.")
    fresh = STAMP.with_suffix(".new")
    fresh.write_text("".join(f"{key} {value}\n" for key, value in {**have, **want}.items()), "ascii")
    fresh.replace(STAMP)
    UNFINISHED.unlink()


def pip_install(what: str, arguments: list[str], total: int, folder: int) -> None:
    """Run pip on .venv: its own pip, or else that of the Python we run on. The user's pip configuration applies."""
    say(f"installing {what}" + (f" ({total} packages)" if total > 1 else ""))
    pip = [str(PYTHON), "-m", "pip"]
    if run([*pip, "--version"], folder)[0] != 0:
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    status, said = run([*pip, "install", "--disable-pip-version-check", "--no-input", *arguments], folder, total)
    if status != 0:
        raise SetUpError(
            f"pip could not install {what} (exit code {status}). Its last words:\n\n{said}\n\n"
            "A mirror, a proxy or a certificate is set in pip's own configuration (pip config, PIP_ variables), which is\n"
            "used as it is. Then start again."
        )


def run(command: list[str], folder: int, total: int = 0) -> tuple[int, str]:
    """Run `command` and return its exit code and last lines. On a terminal, show how many of `total` pip has reached."""
    import collections
    import subprocess

    last: collections.deque[str] = collections.deque(maxlen=15)
    seen = 0
    shown = total > 1 and sys.stderr.isatty()
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(folder,),
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            last.append(line.rstrip())
            if shown and line.startswith(("Collecting ", "Requirement already ")):
                seen = min(seen + 1, total)
                print(
                    f"\r\033[K  {seen}/{total} {last[-1].split(' (from')[0][:60]}", end="", file=sys.stderr, flush=True
                )
            elif shown and line.startswith("Installing "):
                print(f"\r\033[K  {total}/{total} unpacking", end="", file=sys.stderr, flush=True)
    if shown:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    return process.returncode, "\n".join(last)


def become(command: list[str]) -> None:
    """Replace this process by `command`: signals and the exit code are then its own."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], command)  # noqa: S606  no shell is wanted


def has_module(name: str) -> bool:
    """Whether the Python we run on could import `name`."""
    import importlib.util

    return importlib.util.find_spec(name) is not None


def count(lock: Path) -> int:
    """How many packages a lock names."""
    return sum(line[:1].isalnum() for line in lock.read_text("utf-8").splitlines())


def say(text: str) -> None:
    """A line for the person who waits; stdout belongs to the command."""
    print(f"run.py: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
