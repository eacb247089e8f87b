"""The forms of `--json` that the manual writes down are those that the program prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import Bayan, in_thread, source
from tests.command import bayan as bayan
from tests.fake_site import FakeSite

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "json.md"
OLD = [("o1", "An old statement that was there before")]
NEW = [("n1", "Qais al-Khazali speaks of threats today"), *OLD]


def written() -> Iterator[tuple[str, Any]]:
    """Each command of the manual with its form: a dictionary of keys, `{"*": ...}` for any keys, a list, or None for a value."""
    for block in re.findall(r"^```text\n(.*?)^```$", MANUAL.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            command, _, form = line.partition("{")
            yield command.strip(), _form(re.findall(r"[\w*]+|[{}\[\]:,]", "{" + form))


def _form(tokens: list[str]) -> Any:
    match tokens.pop(0):
        case "{":
            keys: dict[str, Any] = {}
            while (key := tokens.pop(0)) != "}":
                if key != ",":
                    keys[key] = _form(tokens) if _take(tokens, ":") else None
            return keys
        case "[":
            inside = None if tokens[0] == "]" else _form(tokens)
            assert tokens.pop(0) == "]"
            return [inside]
        case other:
            raise AssertionError(f"{other!r} is no form")


def _take(tokens: list[str], wanted: str) -> bool:
    if tokens[0] != wanted:
        return False
    tokens.pop(0)
    return True


def differences(form: Any, said: Any, where: str = "") -> Iterator[str]:
    """Where an answer is not of the form. What is null, or a list with nothing in it, says nothing."""
    if said is None or form is None:
        return
    if not isinstance(said, type(form)):
        yield f"{where}: {type(said).__name__}, not {type(form).__name__}"
    elif isinstance(form, list):
        for one in said:
            yield from differences(form[0], one, f"{where}[]")
    elif set(form) != {"*"}:
        if set(form) != set(said):
            yield f"{where}: only written {sorted(set(form) - set(said))}, only said {sorted(set(said) - set(form))}"
        for key in set(form) & set(said):
            yield from differences(form[key], said[key], f"{where}.{key}")


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with in_thread(FakeSite()) as running:
        yield running


def test_what_each_verb_says_as_json_has_the_form_of_the_manual(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/"] = (
        '<html><head><title>T</title><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    )
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    assert bayan("run", "--once").code == 0
    site.pages["/feed"] = site.feed(NEW)
    bayan("run", "--once", "--source", "agency")
    commands = dict(written())
    wrong = []
    assert len(commands) > 20, "the manual has another shape than this test reads"
    for command, form in commands.items():
        words = [site.origin if word == "SITE" else word for word in command.split()]
        alone = words[:2] == ["sources", "probe"]  # which has no data folder
        if alone:
            ran = bayan.plain(*words, "--allow-private", "--json", "--config", str(bayan.file))
        elif words == ["version"]:
            ran = bayan.plain(*words, "--json")
        elif words[0] in ("match", "config"):
            ran = bayan.plain(*words, "--json", "--config", str(bayan.file))
        else:
            ran = bayan(*words, *(() if words[1:] == ["export"] else ("--json",)))
        rows = ran.rows
        assert rows, f"{command}: {ran.err}"
        assert {row["schema"] for row in rows} == {1}, command
        wrong += [f"{command}: {one}" for row in rows for one in differences(form, row)]
    assert not wrong, "\n".join(wrong)


def test_a_run_prints_one_object_and_nothing_else_even_where_alerts_go_to_the_terminal(
    bayan: Bayan, site: FakeSite
) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    bayan("run", "--once")
    site.pages["/feed"] = site.feed(NEW)
    ran = bayan("run", "--once", "--source", "agency", "--json")
    assert (ran.json["matched"], ran.json["sent"]) == (1, 1)
    assert "Qais al-Khazali" in ran.err
