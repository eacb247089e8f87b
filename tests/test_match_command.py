"""`bayan match`: for a person with the passage and the reasons, for a program in the fixed form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from alerts.cli.match import match

WATCHLIST = """
[actors.khazali]
type = "person"
name = "Qais Al-Khazali"
aliases = ["قيس الخزعلي"]
weak_aliases = ["Khazali"]

[keywords.threats]
any = ["threat*"]
"""
APP = typer.Typer()
APP.command()(match)


@pytest.fixture
def watchlist(tmp_path: Path) -> Path:
    path = tmp_path / "watchlist.toml"
    path.write_text(WATCHLIST, "utf-8")
    return path


def run(watchlist: Path, *arguments: str, text: bytes = b"") -> Result:
    return CliRunner().invoke(APP, [*arguments, "--watchlist", str(watchlist)], input=text)


def answers(watchlist: Path, rows: bytes) -> tuple[list[dict[str, Any]], int]:
    batch = watchlist.with_name("texts.jsonl")
    batch.write_bytes(rows)
    done = run(watchlist, "--batch", str(batch))
    return [json.loads(line) for line in done.stdout.splitlines()], done.exit_code


def test_a_person_reads_what_hit_where_and_by_which_spelling(watchlist: Path) -> None:
    done = run(watchlist, "-", "--title", "وقيس الخزعلي", text=b"Threats by QAIS AL KHAZALI.")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "@khazali  tier A  title 0-12  “\u2068وقيس الخزعلي\u2069” as “\u2068قيس الخزعلي\u2069” (clitic wa-), only mentioned",
        "    \u2068[وقيس الخزعلي]\u2069",
        "threats  rule  body 0-7  “Threats” as “threat*” (folded, star)",
        "    [Threats] by QAIS AL KHAZALI.",
        "@khazali  tier A  body 11-26  “QAIS AL KHAZALI” as “Qais Al-Khazali” (folded), the speaker",
        "    Threats by [QAIS AL KHAZALI].",
    ]


def test_a_person_reads_what_did_not_ring_and_why(watchlist: Path, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("\ufeffKhazali United won.", "utf-8")
    done = run(watchlist, str(file))
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "Nothing rings.",
        "",
        "Did not ring:",
        "@khazali  tier A  body 0-7  “Khazali”",
        "    a weak alias alone: neither a full name nor a word of context in this text",
    ]


def test_a_text_may_stand_in_the_command_itself(watchlist: Path) -> None:
    done = run(watchlist, "--text", "قيس الخزعلي")
    assert "@khazali  tier A  body 0-11" in done.stdout
    assert run(watchlist, "-", "--text", "both").exit_code == 2


def test_a_hostile_text_does_not_drive_the_terminal(watchlist: Path) -> None:
    done = run(watchlist, "-", text="\x1b[2J\u202e Qais\u202e al-Khazali \u2066".encode())
    assert "@khazali" in done.stdout
    assert not set(done.stdout) & set("\x1b\x07\u202e\u2066")


def test_json_has_the_matches_and_what_was_suppressed(watchlist: Path) -> None:
    found = json.loads(run(watchlist, "-", "--json", text=b"A threat by Khazali").stdout)
    assert found["schema"] == 1
    assert [(one["rule"], one["surface"], one["pattern"]) for one in found["matches"]] == [
        ("threats", "threat", "threat*")
    ]
    assert [(one["actor"], one["start"]) for one in found["suppressed"]] == [("khazali", 12)]
    assert found["suppressed"][0]["reason"].startswith("a weak alias alone")


def test_a_batch_answers_every_row_in_order_in_the_fixed_form(watchlist: Path) -> None:
    rows = [
        {
            "id": "b",
            "text": "🚨 Qais al-Khazali’s threat",
            "title": "Khazali",
            "language": "en",
            "source": "x",
            "url": "https://a.example",
        },
        {"id": 7, "text": "nothing", "title": None},
    ]
    found, code = answers(watchlist, "".join(json.dumps(row) + "\n" for row in rows).encode() + b"\n")
    shape = {"rule": None, "actor": "khazali", "tier": "A", "role": "mentioned"}
    assert code == 0
    assert found == [
        {
            "schema": 1,
            "id": "b",
            "matches": [
                shape
                | {
                    "field": "title",
                    "start": 0,
                    "end": 7,
                    "surface": "Khazali",
                    "steps": ["weak: with Qais Al-Khazali"],
                },
                shape
                | {
                    "role": "speaker",
                    "field": "body",
                    "start": 2,
                    "end": 19,
                    "surface": "Qais al-Khazali’s",
                    "steps": ["folded", "ending"],
                },
                {
                    "rule": "threats",
                    "actor": None,
                    "tier": "query",
                    "role": None,
                    "field": "body",
                    "start": 20,
                    "end": 26,
                    "surface": "threat",
                    "steps": ["star"],
                },
            ],
        },
        {"schema": 1, "id": 7, "matches": []},
    ]


def test_rows_that_cannot_be_read_are_answered_and_stop_nothing(watchlist: Path) -> None:
    rows = (
        b'junk\n[]\n{"id": 3}\n{"id": 4, "text": 5}\n'
        + b"[" * 100_000
        + b'\n{"id": 6, "text": "\\ud800 Qais Khazali"}\n\xff\n'
    )
    found, code = answers(watchlist, rows)
    assert code == 1
    assert [row.get("error") for row in found] == ["bad_row"] * 5 + [None, "bad_row"]
    assert found[3]["id"] == 4 and "`text`" in found[3]["message"]
    assert found[5]["matches"][0]["start"] == 2


def test_a_file_that_is_not_there_is_a_mistake_in_the_command(watchlist: Path) -> None:
    done = run(watchlist, "no-such-file")
    assert done.exit_code == 2
    assert "no-such-file" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["a.txt", "--batch", "b.jsonl"]])
def test_one_text_or_a_batch_is_asked_for(watchlist: Path, arguments: list[str]) -> None:
    assert run(watchlist, *arguments).exit_code == 2
