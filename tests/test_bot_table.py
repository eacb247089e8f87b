"""The table of commands, walked: every one has words, a line in the manual, a place in the menus, and somebody who tries it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.bot.access import ROLES, Role, may
from alerts.bot.commands import allowed
from alerts.bot.reception import COMMANDS, PRESSES, menus
from alerts.bot.talk import LANGUAGES, words

CHECKOUT = Path(__file__).resolve().parents[1]
MANUAL = (CHECKOUT / "docs" / "bot.md").read_text("utf-8")
TESTS = "\n".join(
    path.read_text("utf-8")
    for path in sorted((CHECKOUT / "tests").glob("*.py"))
    if path.name not in ("test_bot_table.py", "test_bot_strangers.py")
)


def test_no_command_is_there_twice() -> None:
    names = [one.name for one in COMMANDS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [one.name for one in COMMANDS])
def test_every_command_has_words_that_the_menu_takes(name: str, language: str) -> None:
    """Bot API, BotCommand: 1 to 256 characters; the name of a command 1 to 32 of a-z, 0-9 and _."""
    said = words(language)[f"cmd_{name}"]
    assert 1 <= len(said) <= 256
    assert re.fullmatch(r"[a-z0-9_]{1,32}", name)


@pytest.mark.parametrize("name", [one.name for one in COMMANDS])
def test_every_command_stands_in_the_manual_with_its_role(name: str) -> None:
    needs = next(one.needs for one in COMMANDS if one.name == name)
    chapter = MANUAL.partition(f"### {needs.capitalize()}s")[2].partition("\n### ")[0].partition("\n## ")[0]
    assert re.search(rf"^\| `/{name}\b", chapter, re.MULTILINE), f"/{name} is not among what {needs}s may"


def test_the_manual_names_no_command_that_is_not_there() -> None:
    named = set(re.findall(r"^\| `/([a-z]+)", MANUAL, re.MULTILINE))
    assert named <= {one.name for one in COMMANDS} | {"start", "help"}


@pytest.mark.parametrize("name", [one.name for one in COMMANDS])
def test_every_command_is_tried_by_a_test(name: str) -> None:
    assert re.search(rf'"/{name}\b', TESTS), f"no test writes /{name}"


@pytest.mark.parametrize("role", ROLES)
def test_help_lists_what_a_role_may_and_nothing_else(role: Role) -> None:
    listed = {one.name for one in allowed(COMMANDS, role)}
    assert listed == {one.name for one in COMMANDS if may(role, one.needs)}
    assert ("enroll" in listed) == (role == "admin")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menus_are_within_what_telegram_takes(language: str) -> None:
    """Bots report BOT_COMMANDS_TOO_MUCH at 60 to 100 commands; a menu of more than 30 is not read anyway."""
    found = menus(COMMANDS, ["11"], language, {})
    assert set(found) == {"private", "groups", "11"}
    assert all(0 < len(listed) <= 32 for listed in found.values())
    assert "enroll" not in {name for name, _ in found["groups"]}


def test_every_button_asks_for_a_role() -> None:
    assert all(press.needs in ROLES for press in PRESSES.values())
