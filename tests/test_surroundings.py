"""Odd surroundings of the command: streams that are gone or full, few files, strange things where files should be. One line each."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alerts.lock import AlreadyRunning, only_instance
from scraper.errors import StoreError
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.measured import CHECKOUT, COMMAND


def real(
    at: Bayan,
    *words: str,
    before: Callable[[], None] | None = None,
    out: Any = subprocess.PIPE,
    err: Any = subprocess.PIPE,
) -> subprocess.CompletedProcess[str]:
    """The real command, in a process of its own, which `before` prepares."""
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "BAYAN_DATA_DIR": str(at.data)}
    return subprocess.run(
        [sys.executable, *COMMAND, *words], cwd=at.folder, preexec_fn=before, text=True, timeout=120, check=False,
        env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
    )  # fmt: skip


@pytest.fixture
def quiet(bayan: Bayan) -> Bayan:
    """One that has a store, and a source that nobody asks."""
    bayan.configure(source("agency", "https://example.org/feed"))
    with bayan.store():
        pass
    return bayan


# ---------------------------------------------------------------------------------------------------- streams


@pytest.mark.parametrize("words", [("status", "--json"), ("config", "show"), ("--help",)])
def test_output_that_does_not_fit_is_said_in_one_line(quiet: Bayan, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = real(quiet, *words, out=full)
    assert ran.returncode == 69
    assert ran.stderr == "bayan: the system refuses: No space left on device; what was to be printed is cut\n"


@pytest.mark.parametrize("words", [("status",), ("status", "--json"), ("config", "show"), ("--help",)])
def test_whoever_stops_reading_is_no_failure(quiet: Bayan, words: tuple[str, ...]) -> None:
    theirs, ours = os.pipe()
    os.close(theirs)
    ran = real(quiet, *words, out=ours)
    os.close(ours)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(("words", "code"), [(("status", "--nope"), 2), (("status", "--config", "nope"), 78)])
def test_the_code_is_the_same_where_the_reason_cannot_be_said(quiet: Bayan, words: tuple[str, ...], code: int) -> None:
    with Path("/dev/full").open("w") as full:
        assert real(quiet, *words, err=full).returncode == code


@pytest.mark.parametrize("closed", [(2,), (0, 1, 2), (1,)])
def test_closed_streams_give_their_numbers_to_nothing_else(quiet: Bayan, closed: tuple[int, ...]) -> None:
    """The store with the number of stderr would hold what a library prints."""

    def close() -> None:
        for number in closed:
            os.close(number)

    ran = real(quiet, "status", before=close)
    assert (ran.returncode, ran.stderr) == (0, "")
    stood_in = (
        "import os; from alerts.cli import _open_closed_streams; _open_closed_streams()\n"
        "links = [os.readlink(f'/proc/self/fd/{number}') for number in range(3)]\n"
        "open('seen', 'w').write(chr(10).join(links))"
    )
    subprocess.run(
        [sys.executable, "-c", stood_in],
        cwd=quiet.folder,
        env={"PYTHONPATH": str(CHECKOUT)},
        preexec_fn=close,
        check=True,
        timeout=120,
    )
    links = (quiet.folder / "seen").read_text().splitlines()
    assert [links[number] for number in closed] == ["/dev/null"] * len(closed)


def test_too_few_files_are_said_in_one_line(quiet: Bayan) -> None:
    ran = real(quiet, "run", "--once", before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
    assert ran.returncode == 69
    assert ran.stderr == "bayan: only 40 files may be open at once: allow at least 64 (`ulimit -n`)\n"


def test_it_takes_as_many_files_as_it_may_have(bayan: Bayan) -> None:
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"))
    ran = real(bayan, "run", "--once", before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (24, 512)))
    assert ran.returncode == 69  # nobody listens there
    assert "network_error" in ran.stderr and "files" not in ran.stderr


# ------------------------------------------------------------------------------------------------ strange things


@pytest.mark.parametrize("words", [("run", "--once"), ("run",), ("status",), ("config", "check")])
def test_a_configuration_that_is_a_pipe_is_not_waited_for(quiet: Bayan, words: tuple[str, ...]) -> None:
    os.mkfifo(quiet.folder / "pipe")
    ran = real(quiet, *words, "--config", "pipe")
    assert ran.returncode == 78
    assert "pipe: is not a file" in ran.stderr + ran.stdout


LONG = "x" * 300
STRANGE = {
    "a folder": lambda store: store.mkdir(),
    "a pipe": lambda store: os.mkfifo(store),
    "a link to nothing": lambda store: store.symlink_to("/nonexistent/other.db"),
    "a link to itself": lambda store: store.symlink_to(store.name),
}


@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "--once", "-q"), 69), (("run", "-q"), 69), (("status",), 69), (("alerts", "list"), 69),
        (("health",), 1), (("doctor",), 1), (("db", "check"), 69), (("db", "backup", "copy.db"), 69),
    ],
)  # fmt: skip
def test_what_is_no_store_is_named(
    bayan: Bayan, make: Callable[[Path], None], words: tuple[str, ...], code: int
) -> None:
    bayan.configure(source("agency", "https://example.org/feed"))
    bayan.data.mkdir()
    make(bayan.data / "bayan.db")
    ran = bayan(*words)
    assert ran.code == code
    assert (
        "bayan.db is no file" in ran.out + ran.err
        or "is a link to" in ran.out + ran.err
        or "cannot be reached" in ran.out + ran.err
    )
    assert "internal error" not in ran.err


@pytest.mark.parametrize(
    ("words", "code"), [(("run", "--once"), 69), (("status",), 69), (("health",), 1), (("doctor",), 1)]
)
def test_a_data_folder_whose_name_is_too_long_is_named(bayan: Bayan, words: tuple[str, ...], code: int) -> None:
    bayan.configure(source("agency", "https://example.org/feed"))
    bayan.data = bayan.folder / LONG
    ran = bayan(*words)
    assert ran.code == code
    assert "File name too long" in ran.out + ran.err


# -------------------------------------------------------------------------------------------- two ways to one store


def test_two_folders_that_lead_to_one_store_have_one_bayan(tmp_path: Path) -> None:
    real_, linked, third = tmp_path / "real", tmp_path / "linked", tmp_path / "third"
    linked.mkdir()
    (linked / "bayan.db").symlink_to(real_ / "bayan.db")
    with only_instance(real_, "service", store=real_ / "bayan.db"):
        (real_ / "bayan.db").touch()
        for folder, store in ((linked, linked / "bayan.db"), (third, real_ / "bayan.db")):
            with pytest.raises(AlreadyRunning), only_instance(folder, store=store):
                pass
    with only_instance(linked, store=linked / "bayan.db"), pytest.raises(AlreadyRunning), only_instance(real_):
        pass


def test_two_stores_in_one_folder_do_not_shut_each_other_out(tmp_path: Path) -> None:
    with (
        only_instance(tmp_path / "one", store=tmp_path / "a.db"),
        only_instance(tmp_path / "two", store=tmp_path / "b.db"),
        pytest.raises(AlreadyRunning),
        only_instance(tmp_path / "three", store=tmp_path / "a.db"),
    ):
        pass


def test_a_lock_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "bayan.lock").mkdir()
    with pytest.raises(StoreError, match=r"bayan\.lock cannot be opened: Is a directory"), only_instance(tmp_path):
        pass
