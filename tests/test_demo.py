"""The demonstration, as a stranger meets it: in the terminal, in a chat, and when the chat does not answer."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.fake_botapi import TOKEN, FakeBotApi

CHECKOUT = Path(__file__).resolve().parent.parent


async def demo(*arguments: str, token: str = TOKEN) -> tuple[int, str, str]:
    """Run `bayan demo` as a program of its own: its exit code, stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from alerts.cli import main; main()", "demo", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "BAYAN_TELEGRAM_TOKEN": token, "NO_COLOR": "1"},
    )  # fmt: skip
    out, said = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), said.decode()


async def test_in_the_terminal_one_statement_rings_once() -> None:
    code, out, said = await demo()
    assert (code, said) == (0, "")
    assert out.count("🗣 said") == 1
    assert "Qais Al-Khazali" in out and "20 Jun 2025" in out
    assert "🔁 2 sources, first: demo-site" in out
    assert "[-Condemns-] ▸Rejects Alleged◂ Threats" in out


async def test_the_picture_in_the_readme_shows_the_words_of_the_demonstration() -> None:
    picture = ElementTree.parse(CHECKOUT / "docs" / "alert.svg").getroot()
    assert "docs/alert.svg" in (CHECKOUT / "README.md").read_text("utf-8")
    said = "".join((await demo())[1].split()).translate(str.maketrans("", "", "▸◂▎⠀"))
    lines = ["".join(one.itertext()) for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    timeless = [line.rstrip(" …") for line in lines if " UTC" not in line and not re.fullmatch(r"\d\d:\d\d", line)]
    assert len(timeless) > 8
    assert [line for line in timeless if "".join(line.split()) not in said] == []


async def test_with_a_chat_the_alert_arrives_there() -> None:
    async with FakeBotApi() as api:
        code, out, _ = await demo("--telegram", api.url, "--chat", "42")
        assert code == 0, out
        assert api.accepted[0]["chat_id"] == "42"
        assert "Qais Al-Khazali" in api.accepted[0]["text"]


@pytest.mark.parametrize(
    ("trouble", "hint"),
    [
        ("chat", "Is 42 the number of the chat? A person must press Start first"),
        ("token", "Is BAYAN_TELEGRAM_TOKEN the token as @BotFather gave it"),
        ("network", "A proxy or firewall may stand between"),
    ],
)
async def test_an_alert_that_does_not_arrive_is_explained_and_the_next_step_named(trouble: str, hint: str) -> None:
    async with FakeBotApi() as api:
        if trouble == "chat":
            api.fail("error", code=400, description="Bad Request: chat not found", count=9)
        if trouble == "network":
            await api.refuse()
        token = TOKEN if trouble != "token" else f"{TOKEN}X"
        code, out, said = await demo("--telegram", api.url, "--chat", "42", token=token)
    assert code == 1
    assert "The alert did not arrive" in said and hint in said
    assert "report it" not in said and token not in out + said
