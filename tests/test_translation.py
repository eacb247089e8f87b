"""Statements in two languages: joined by names and figures, and only where these leave no doubt."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.translation import Agreement, agreement, read, says_more

GOLD = [
    json.loads(line)
    for line in (Path(__file__).parent / "bench" / "translations_gold.jsonl").read_text("utf-8").splitlines()
]
"""Eight statements of two speakers, each in English, Arabic and Persian: of our own making."""
SPEAKERS = {
    "khazali": ("Qais al-Khazali", "قيس الخزعلي", "قیس خزعلی"),
    "qassem": ("Naim Qassem", "نعيم قاسم", "نعیم قاسم"),
}
PAIRS = [
    (one, other)
    for one, other in itertools.combinations(GOLD, 2)
    if one["speaker"] == other["speaker"] and one["language"] != other["language"]
]
APART = [(one, other) for one, other in PAIRS if one["statement"] != other["statement"]]
POOR = {"k3", "q3"}
"""Statements without a figure, and without a name that others do not have as well."""


def agreed(one: dict[str, str], other: dict[str, str]) -> Agreement:
    texts = (read(side["title"], side["text"]) for side in (one, other))
    return agreement(*texts, speakers=SPEAKERS[one["speaker"]])


@pytest.mark.parametrize(("one", "other"), APART, ids=lambda side: f"{side['statement']}-{side['language']}")
def test_two_statements_of_one_speaker_are_never_joined(one: dict[str, str], other: dict[str, str]) -> None:
    assert agreed(one, other).why == ""


@pytest.mark.parametrize("language", ["ar", "fa"])
@pytest.mark.parametrize("statement", sorted({one["statement"] for one in GOLD} - POOR))
def test_a_statement_and_its_translation_are_joined_by_names_and_figures(statement: str, language: str) -> None:
    one, other = (
        next(row for row in GOLD if row["statement"] == statement and row["language"] == tongue)
        for tongue in ("en", language)
    )
    found = agreed(one, other)
    assert found.why.startswith("in another language, with the same names and figures: ")
    assert agreed(other, one) == found


@pytest.mark.parametrize("statement", sorted(POOR))
def test_where_only_common_names_agree_nothing_is_joined(statement: str) -> None:
    one, other, third = (row for row in GOLD if row["statement"] == statement)
    assert [agreed(*pair).why for pair in ((one, other), (one, third), (other, third))] == ["", "", ""]


def test_arabic_and_persian_are_joined_by_figures_alone_where_there_are_enough() -> None:
    joined = {
        one["statement"]
        for one, other in PAIRS
        if {one["language"], other["language"]} == {"ar", "fa"} and agreed(one, other).why
    }
    assert joined == {"k2", "q1"}


def test_figures_that_contradict_each_other_keep_two_statements_apart() -> None:
    one, other = (
        next(row for row in GOLD if row["statement"] == "q1" and row["language"] == tongue) for tongue in ("en", "ar")
    )
    changed = other | {"text": other["text"].replace("1450", "2300").replace("77", "91"), "title": "قاسم"}
    assert agreed(one, other).why and not agreed(one, changed).why


def test_a_round_up_that_names_everybody_is_a_translation_of_none() -> None:
    one = next(row for row in GOLD if row["statement"] == "q2" and row["language"] == "en")
    everything = " ".join(row["text"] for row in GOLD if row["language"] == "ar")
    assert agreed(one, one | {"language": "ar", "text": everything}).why == ""


def test_a_translation_that_quotes_much_more_says_more() -> None:
    short, long = read("", "He said “we shall answer this threat in time”."), read("", "قال: «" + "كلمة " * 40 + "»")
    assert (
        says_more(long, [short]) and not says_more(short, [long]) and not says_more(read("", "no quotation"), [short])
    )


def test_figures_are_one_in_all_digits_and_with_separators() -> None:
    assert read("", "238,000 men and 1,450 houses").figures == read("", "۲۳۸ هزار و ١٬٤٥٠").figures


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_read_and_the_order_does_not_matter(one: str, other: str) -> None:
    a, b = read("", one), read("", other)
    assert agreement(a, b, speakers=()) == agreement(b, a, speakers=())
