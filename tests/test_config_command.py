"""`bayan config`, as a person and as a program call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alerts.cli.config import app, excerpt
from scraper.errors import Problem
from tests.configurations import WHOLE

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration that is right, in an environment of its own."""
    for name in (
        "BAYAN_CONFIG",
        "BAYAN_DATA_DIR",
        "BAYAN_STORAGE_URL",
        "BAYAN_LOG_LEVEL",
        "STATE_DIRECTORY",
        "XDG_DATA_HOME",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "config.toml"
    path.write_text(WHOLE)
    return path


def bayan_config(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_right_file_is_counted_in_one_line(file: Path) -> None:
    said = bayan_config("check", "--config", file)
    assert (said.exit_code, said.stdout) == (0, "ok: 1 source, 1 actor, 1 keyword list, 1 channel, 1 route\n")


def test_warnings_are_printed_and_do_not_fail(file: Path) -> None:
    file.write_text(WHOLE + '[channels.other]\nkind = "console"\n')
    said = bayan_config("check", "-c", file)
    assert said.exit_code == 0
    assert said.stdout.startswith(f"warning: {file}:16:1: channels.other: no route names this channel")
    assert said.stdout.endswith("2 channels, 1 route; 1 warning\n")


def test_a_wrong_file_gives_every_problem_and_exit_code_78(file: Path) -> None:
    file.write_text('timezon = "UTC"\n[fetch]\nintervall = 3\n' + WHOLE)
    said = bayan_config("check", "-c", file)
    assert said.exit_code == 78
    assert said.stdout.splitlines() == [
        f'{file}:1:1: timezon: is not a known key; did you mean "timezone"?',
        f'{file}:3:1: fetch.intervall: is not a known key; did you mean "interval"?',
        "2 problems; nothing was touched",
    ]


def test_programs_get_problems_and_counts_as_json(file: Path) -> None:
    right = json.loads(bayan_config("check", "-c", file, "--json").stdout)
    assert right["ok"] is True and right["sources"] == 1 and right["warnings"] == []
    file.write_text('timezon = "UTC"\n' + WHOLE)
    wrong = json.loads(bayan_config("check", "-c", file, "--json").stdout)
    assert wrong == {
        "schema": 1,
        "ok": False,
        "problems": [
            {
                "file": str(file),
                "line": 1,
                "column": 1,
                "key": "timezon",
                "message": "is not a known key",
                "hint": 'did you mean "timezone"?',
            }
        ],
    }


def test_a_caret_stands_below_the_place_whatever_the_width_of_the_letters() -> None:
    line = '"قيس" = { name = "声明", x = 1 }'
    column = line.index("x = 1") + 1
    first, second = excerpt(Problem("f", 1, column, "a.x", "is wrong"), [line])
    assert first == f"  1 | {line}"
    assert second.index("^") == len("  1 | ") + line.index("x = 1") + 2  # two letters of double width before it


def test_an_excerpt_shows_no_secret_and_no_control_character() -> None:
    for line in (
        'token = "hunter2"',
        'h = { Cookie = "hunter2" }',
        "password = 'hunter2",
        'url = "https://u:hunter2@x/"',
    ):
        shown = "".join(excerpt(Problem("f", 1, 1, "k", "is wrong"), [line]))
        assert "hunter2" not in shown
    assert "\x1b" not in "".join(excerpt(Problem("f", 1, 3, "k", "is wrong"), ['k = "\x1b[31m"']))
    assert "hunter2" not in "".join(excerpt(Problem("f", 1, 1, "sources.a.headers.X", "is wrong"), ['X = "hunter2"']))


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "x" * 5_000 + "HERE" + "y" * 5_000
    first, second = excerpt(Problem("f", 1, 5_001, "k", "is wrong"), [line])
    assert len(first) < 120
    assert first[second.index("^") :].startswith("HERE")


def test_what_is_in_force_is_shown_as_toml_and_as_json(file: Path) -> None:
    shown = bayan_config("show", "-c", file)
    assert shown.exit_code == 0 and '[sources.wire]\nkind = "feed"' in shown.stdout
    as_json = json.loads(bayan_config("show", "-c", file, "--json").stdout)
    assert as_json["configuration"]["fetch"]["interval"] == "10m"


def test_the_schema_is_json(file: Path) -> None:
    assert json.loads(bayan_config("schema").stdout)["$schema"].startswith("https://json-schema.org/")


def test_the_path_is_the_file_that_would_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAYAN_CONFIG", str(file))
    assert bayan_config("path").stdout == f"{file}\n"


def test_importing_the_commands_loads_none_of_the_heavy_parts() -> None:
    code = "import sys, alerts.cli.config; print(sorted({'pydantic', 'selectolax', 'httpx'} & set(sys.modules)))"
    environ = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=True)
    assert ran.stdout == "[]\n"
