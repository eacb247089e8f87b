"""A second bayan finds out at once that it has nothing to do, before anything heavy is loaded; the first takes its lock early."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.cli.early import other_at_work
from alerts.config import find, load
from alerts.lock import AlreadyRunning, holder, only_instance, take_early
from tests.command import Bayan, source
from tests.command import bayan as bayan

CHECKOUT = Path(__file__).resolve().parent.parent
REST = '[sources.a]\nkind = "feed"\nurl = "https://x.example/feed"\n[channels.screen]\nkind = "console"\n'
STARTED = """
import sys
from alerts.cli import main
try:
    main()
except SystemExit as end:
    heavy = [name for name in ("typer", "pydantic", "sqlalchemy", "asyncio") if name in sys.modules]
    print(end.code, *heavy)
"""


@pytest.fixture(autouse=True)
def let_go() -> object:
    """What a test took early is not taken over by the next one."""
    from alerts.lock import _early, _made

    yield
    _made.clear()
    while _early:
        os.close(_early.pop())


def locked(folder: Path) -> Path:
    """The folder with the lock file that an earlier run left."""
    with only_instance(folder):
        pass
    return folder


@pytest.mark.parametrize("once", [(), ("--once",)])
def test_a_second_instance_ends_with_75_and_one_line_and_loads_nothing_heavy(tmp_path: Path, once: tuple[str]) -> None:
    (tmp_path / "config.toml").write_text(f'[storage]\ndata_dir = "data"\n{REST}', "utf-8")
    with only_instance(tmp_path / "data", "service"):
        words = ["run", "--config", str(tmp_path / "config.toml"), *once]
        ran = subprocess.run(
            [sys.executable, "-c", STARTED, *words],
            capture_output=True,
            text=True,
            cwd=CHECKOUT,
            timeout=60,
            check=False,
        )
    assert ran.stdout.split() == ["75"]
    assert ran.stderr.count("\n") == 1
    assert str(os.getpid()) in ran.stderr


@pytest.mark.parametrize(
    ("storage", "environ", "options"),
    [
        ('data_dir = "data"', {}, ()),
        ('data_dir = "~/data"', {}, ()),
        ("", {}, ()),
        ("", {"XDG_DATA_HOME": "{tmp}/xdg"}, ()),
        ("", {"XDG_DATA_HOME": "relative"}, ()),
        ("", {"STATE_DIRECTORY": "{tmp}/state:{tmp}/other"}, ()),
        ('data_dir = "data"', {"BAYAN_DATA_DIR": "{tmp}/env"}, ()),
        ('data_dir = "data"', {"BAYAN_DATA_DIR": "~/env"}, ()),
        ('data_dir = "data"', {"BAYAN_DATA_DIR": "{tmp}/env"}, ("--data-dir", "{tmp}/asked")),
        ('data_dir = "data"', {}, ("--data-dir={tmp}/asked",)),
    ],
)
def test_the_folder_that_is_looked_at_is_the_one_that_the_configuration_means(
    tmp_path: Path, storage: str, environ: dict[str, str], options: tuple[str, ...]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[storage]\n{storage}\n{REST}", "utf-8")
    around = {"HOME": str(tmp_path / "home"), **{name: value.format(tmp=tmp_path) for name, value in environ.items()}}
    told = [word.format(tmp=tmp_path) for word in options]
    asked = Path(told[-1].removeprefix("--data-dir=")) if told else None
    folder = load(find(file, around), around, data_dir=asked).storage.data_dir
    words = ["run", "-c", str(file), *told]
    with only_instance(folder):
        assert "another bayan" in other_at_work(words, around)


@pytest.mark.parametrize("words", [["status"], ["run", "--help"], ["run", "--dry-run", "--once"], []])
def test_other_commands_and_dry_runs_do_not_ask(tmp_path: Path, words: list[str]) -> None:
    around = {"BAYAN_DATA_DIR": str(tmp_path)}
    with only_instance(tmp_path):
        assert other_at_work(words, around) == ""
        assert other_at_work(["run"], around) != ""


@pytest.mark.parametrize(
    "text", ["storage = 7\n", "not toml at all", "[storage]\ndata_dir = 7\n", "x" * 70_000, "\udcff"]
)
def test_where_there_is_any_doubt_the_command_itself_finds_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert other_at_work(["run", "--config", str(tmp_path / "config.toml")], {"HOME": str(tmp_path)}) == ""
    assert other_at_work(["run", "--config", str(tmp_path / "none.toml")], {"HOME": str(tmp_path)}) == ""
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"], "nothing was made"


def test_the_lock_that_was_taken_early_is_taken_over_and_freed_at_the_end(tmp_path: Path) -> None:
    take_early(locked(tmp_path))
    running = holder(tmp_path)
    assert running is not None
    assert (running.process, running.what) == (os.getpid(), "start")
    with only_instance(tmp_path, "service"):
        running = holder(tmp_path)
        assert running is not None
        assert running.what == "service"
    assert holder(tmp_path) is None


def test_a_lock_of_another_folder_is_let_go(tmp_path: Path) -> None:
    take_early(locked(tmp_path / "one"))
    with only_instance(tmp_path / "two"):
        assert holder(tmp_path / "one") is None


def test_two_that_take_it_early_are_one_and_a_refusal(tmp_path: Path) -> None:
    take_early(locked(tmp_path))
    with pytest.raises(AlreadyRunning):
        take_early(tmp_path)


def test_the_very_first_start_takes_it_early_too_and_a_wrong_configuration_leaves_nothing_behind(bayan: Bayan) -> None:
    words = ["run", "--config", str(bayan.file), "--data-dir", str(bayan.data)]
    bayan.configure(source("agency", "ftp://x.example/"))
    ran = subprocess.run(
        [sys.executable, "-c", STARTED, *words], capture_output=True, text=True, cwd=CHECKOUT, timeout=60, check=False
    )
    assert ran.stdout.split()[0] == "78"
    assert [one.name for one in bayan.folder.iterdir()] == ["config.toml"]
    assert other_at_work(words, {}) == ""
    running = holder(bayan.data)
    assert running is not None
    assert running.what == "start"


def test_a_wrong_configuration_is_told_and_its_lock_is_free_again(bayan: Bayan) -> None:
    locked(bayan.data)
    bayan.configure(source("agency", "ftp://x.example/"))
    words = ["run", "--config", str(bayan.file), "--data-dir", str(bayan.data)]
    ran = subprocess.run(
        [sys.executable, "-c", STARTED, *words], capture_output=True, text=True, cwd=CHECKOUT, timeout=60, check=False
    )
    assert ran.stdout.split()[0] == "78"
    assert holder(bayan.data) is None
