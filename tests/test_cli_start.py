"""What a newcomer meets first: --help, init, demo, completion, doctor."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from alerts.cli import app
from alerts.cli.soundness import judged_time, of_listener
from alerts.config import load
from tests.command import Bayan, phone, source
from tests.command import api as api
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_botapi import TOKEN, FakeBotApi
from tests.fake_site import FakeSite

CHECKOUT = Path(__file__).resolve().parent.parent
MAIN = [sys.executable, "-c", "from alerts.cli import main; main()"]
WITHOUT_JSON = {
    "demo", "init", "run", "read", "reload", "completion", "rehearse", "config schema", "config path", "statements export",
    "sources release", "sources drop", "db upgrade", "alerts retry", "alerts release", "alerts drop",
}  # fmt: skip
"""Verbs that act, that write JSON anyway, or that have forms of their own."""


def verbs() -> dict[str, Any]:
    """Every verb of the command line, `noun verb`."""
    root: Any = typer.main.get_command(app)
    found = {}
    for name, command in root.commands.items():
        for verb, below in getattr(command, "commands", {"": command}).items():
            found[f"{name} {verb}".strip()] = below
    return found


def run(*words: str, cwd: Path = CHECKOUT, **more: str) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "COLUMNS": "100", **more}
    return subprocess.run([*MAIN, *words], capture_output=True, text=True, cwd=cwd, env=environment, timeout=120)


# --------------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_help_teaches_with_an_example(verb: str) -> None:
    command = verbs()[verb]
    assert f"bayan {verb}" in command.help, "no example"
    assert len(command.help.splitlines()[0]) > 15


@pytest.mark.parametrize("verb", sorted(set(verbs()) - WITHOUT_JSON))
def test_every_verb_that_looks_has_a_json_form(verb: str) -> None:
    assert any("--json" in option.opts for option in verbs()[verb].params)


def test_help_is_printed_at_once_and_names_the_first_steps() -> None:
    ran = run("--help")
    assert ran.returncode == 0
    assert "  bayan demo            see an alert, without any set-up" in ran.stdout


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_no_line_of_a_list_of_commands_is_cut(verb: str) -> None:
    assert not verbs()[verb].get_short_help_str(60).endswith("...")


def test_what_is_mistyped_ends_with_2_on_stderr() -> None:
    ran = run("statsu")
    assert ran.returncode == 2
    assert "statsu" in ran.stderr
    assert ran.stdout == ""


# --------------------------------------------------------------------------------------------------- init


def test_init_writes_a_configuration_that_is_right_as_it_stands(bayan: Bayan, tmp_path: Path) -> None:
    ran = bayan.plain("init", "--dir", str(tmp_path / "new" / "place"))
    assert ran.code == 0
    config = load(tmp_path / "new" / "place" / "config.toml", {"HOME": str(tmp_path)})
    assert config.warnings == ()
    assert f"bayan config check --config {tmp_path}/new/place/config.toml" in ran.out
    assert "BAYAN_TELEGRAM_TOKEN=" in (tmp_path / "new" / "place" / ".env.example").read_text("utf-8")


def test_init_never_overwrites(bayan: Bayan, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine")
    ran = bayan.plain("init", "--dir", str(tmp_path))
    assert ran.code == 0
    assert (tmp_path / "config.toml").read_text() == "mine"
    assert "left as it is" in ran.out
    assert (tmp_path / ".env.example").exists()


def test_init_in_a_place_that_cannot_be_written_says_so(bayan: Bayan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = bayan.plain("init", "--dir", str(tmp_path / "file" / "below"))
    assert ran.code == 69
    assert "choose another --dir" in ran.err


def test_init_tells_a_network_that_is_away_from_another_program_with_the_token(
    bayan: Bayan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAYAN_TELEGRAM_TOKEN", TOKEN)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, and nobody listens: refused
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        ran = bayan.plain("init", "--dir", str(tmp_path), "--telegram", "--api-base", address)
    assert ran.code == 69
    assert "Telegram cannot be reached (not sent: ConnectError): is there a network?" in ran.err
    assert "another program" not in ran.err


def test_the_starter_says_nothing_that_the_sample_configuration_does_not_say_too() -> None:
    sample = tomllib.loads((CHECKOUT / "config.toml").read_text("utf-8"))
    starter = tomllib.loads((CHECKOUT / "alerts" / "cli" / "starter.toml").read_text("utf-8"))
    assert set(starter) == set(sample)
    for name, one in starter["sources"].items():
        assert one == {key: sample["sources"][name][key] for key in one}
        assert sample["sources"][name].get("enabled", True)
    for name, one in starter["actors"].items():
        assert set(one["aliases"]) <= set(sample["actors"][name]["aliases"])
    assert [route["name"] for route in starter["routes"]] == [route["name"] for route in sample["routes"]]


def test_a_first_run_without_a_configuration_leads_to_init(tmp_path: Path) -> None:
    ran = run("run", cwd=tmp_path, HOME=str(tmp_path), XDG_CONFIG_HOME="", BAYAN_CONFIG="")
    assert ran.returncode == 78
    assert "bayan init" in ran.stderr


# --------------------------------------------------------------------------------------------------- demo


def test_the_demonstration_tells_its_story_in_less_than_ten_seconds_of_work(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = run("demo", cwd=tmp_path, HOME=str(tmp_path))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    steps = [line for line in ran.stdout.splitlines() if line[:2] in ("1.", "2.", "3.")]
    assert [step[:2] for step in steps] == ["1.", "2.", "3."]
    assert "0 alerts: the first look is always silent." in ran.stdout
    words = " ".join(ran.stdout.replace("▸", "").replace("◂", "").split())
    assert "Iraqi Militia Leader Qais Al-Khazali Condemns Threats To Khamenei" in words
    assert "bayan config check" in words or "python3 run.py config check" in words
    assert not list(tmp_path.iterdir())
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 10


def test_the_demonstration_can_go_to_a_bot_api_server(api: FakeBotApi) -> None:
    ran = run("demo", "--telegram", api.url, "--chat", "11", BAYAN_TELEGRAM_TOKEN=TOKEN)
    assert ran.returncode == 0, ran.stderr
    assert any("Khazali" in message["text"] for message in api.accepted)
    assert TOKEN not in ran.stdout + ran.stderr


# --------------------------------------------------------------------------------------------- completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(bayan: Bayan, shell: str) -> None:
    ran = bayan.plain("completion", shell)
    assert ran.code == 0
    assert "_BAYAN_COMPLETE" in ran.out


def test_the_script_of_bash_completes_a_verb() -> None:
    ran = run("", _BAYAN_COMPLETE="complete_bash", COMP_WORDS="bayan sou", COMP_CWORD="1")
    assert ran.stdout.split() == ["sources"]


def test_another_shell_ends_with_2(bayan: Bayan) -> None:
    assert bayan.plain("completion", "tcsh").code == 2


# ------------------------------------------------------------------------------------------------- doctor


def findings(bayan: Bayan, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    ran = bayan("doctor", "--json", *words)
    return ran.code, {one["what"]: one for one in ran.json["findings"]}


def test_the_doctor_finds_a_healthy_house_well(bayan: Bayan, site: FakeSite, api: FakeBotApi) -> None:
    site.pages["/feed"] = site.feed([("a", "A statement")])
    bayan.configure(source("agency", f"{site.origin}/feed"), phone(api.url, "-1001"))
    assert bayan("run", "--once").code == 0
    code, found = findings(bayan, "--robots")
    assert code == 0
    assert {"Python", "packages", "XML library", "data folder", "disk", "store", "clock", "TLS authorities"} <= set(
        found
    )
    assert found["channel phone"]["said"] == "@fake_bot may write to “Desk” (supergroup)"
    assert found["source agency"]["state"] == "ok"
    assert "Nothing is wrong" in bayan("doctor").out


def test_the_doctor_sends_nothing(bayan: Bayan, api: FakeBotApi) -> None:
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"), phone(api.url))
    bayan("doctor")
    assert api.accepted == []


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ({"status": "left"}, "is not in the chat"),
        ({"status": "kicked", "until_date": 0}, "is not in the chat"),
    ],
)
def test_the_doctor_sees_that_the_bot_may_not_write(
    bayan: Bayan, api: FakeBotApi, member: dict[str, Any], said: str
) -> None:
    api.member = member
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"), phone(api.url, "-1001"))
    code, found = findings(bayan)
    assert code == 1
    assert said in found["channel phone"]["said"]
    assert "add the bot to the chat" in found["channel phone"]["remedy"]


def test_the_doctor_names_a_chat_that_is_not_there_and_a_token_that_is_refused(bayan: Bayan, api: FakeBotApi) -> None:
    api.unknown_chats.add("11")
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"), phone(api.url))
    assert "chat not found" in findings(bayan)[1]["channel phone"]["said"].lower()
    api.token = "100000001:ANOTHER"
    code, found = findings(bayan)
    assert code == 1
    assert "@BotFather" in found["channel phone"]["remedy"]
    assert TOKEN not in str(found)


def test_the_doctor_asks_for_a_backup_and_knows_when_one_was_made(bayan: Bayan, tmp_path: Path, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed([("a", "A statement")])
    bayan.configure(source("agency", f"{site.origin}/feed"))
    assert bayan("run", "--once").code == 0
    _, found = findings(bayan, "--offline")
    assert found["backup"]["state"] == "note" and "bayan db backup" in found["backup"]["remedy"]
    assert bayan("db", "backup", str(tmp_path / "copy.db")).code == 0
    _, found = findings(bayan, "--offline")
    assert (found["backup"]["state"], found["backup"]["said"]) == ("ok", "the last one is 0 days old")


def test_the_doctor_sees_a_topic_that_refused_a_message_and_evidence_that_is_missing(
    bayan: Bayan, site: FakeSite, api: FakeBotApi
) -> None:
    told = phone(api.url, "-1001").replace("chat = -1001", "chat = -1001\ntopic = 7")
    site.pages["/feed"] = site.feed([("o1", "An old statement that was there before")])
    bayan.configure(source("agency", f"{site.origin}/feed"), told)
    assert bayan("run", "--once").code == 0
    before = [row for row in bayan("doctor", "--offline", "--json").json["findings"] if row["what"] == "evidence"]
    assert [(row["state"], row["said"][:11]) for row in before] == [("ok", "1 raw pages")]
    api.fail("error", code=400, description="Bad Request: TOPIC_CLOSED")
    site.pages["/feed"] = site.feed([("n1", "Qais al-Khazali speaks of the first matter today")])
    assert bayan("run", "--once", "--source", "agency").code in (0, 1)  # the message follows in its chat
    for file in (bayan.data / "bayan.db-raw").rglob("*.gz"):
        file.unlink()
    found = {
        row["what"]: row for row in bayan("doctor", "--offline", "--json").json["findings"] if row["state"] == "bad"
    }
    assert "topic 7 is closed or gone" in found["channel phone"]["said"]
    assert "2 of 2 raw pages are not in" in found["evidence"]["said"]


def test_the_doctor_sees_a_topic_where_the_chat_has_none(bayan: Bayan, api: FakeBotApi) -> None:
    told = phone(api.url, "-1001").replace("chat = -1001", "chat = -1001\ntopic = 7")
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"), told)
    _, found = findings(bayan)
    assert "has no topics" in found["channel phone"]["said"]


def test_a_clock_that_is_far_from_that_of_the_bot_api_is_bad() -> None:
    assert judged_time(timedelta(seconds=59)).state == "ok"
    late = judged_time(timedelta(seconds=90))
    assert late.state == "bad"
    assert "90 s behind" in late.said
    assert "NTP" in late.remedy


async def test_a_listener_that_does_not_answer_is_bad() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert (await of_listener(f"127.0.0.1:{port}")).state == "bad"
    server.close()
    await server.wait_closed()
    assert (await of_listener(f"127.0.0.1:{port}")).state == "bad"


def test_the_doctor_finds_a_damaged_store(bayan: Bayan) -> None:
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"))
    bayan.data.mkdir()
    (bayan.data / "bayan.db").write_bytes(b"no database at all " * 500)
    code, found = findings(bayan, "--offline")
    assert code == 1
    assert "damaged" in found["store"]["said"]
    assert "backup" in found["store"]["remedy"]


def test_the_doctor_finds_a_folder_that_is_none(bayan: Bayan) -> None:
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"))
    bayan.data.write_text("a file in the place of the folder")
    code, found = findings(bayan, "--offline")
    assert code == 1
    assert found["data folder"]["state"] == "bad"
