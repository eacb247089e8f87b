"""What could be done about a spelling that rings for others, and what each change costs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import narrowing
from alerts.model import Actor
from alerts.watch.match import compile_watchlist
from scraper.model import Statement

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
LEAGUE = Actor("chat:-1/league", "group", "Asa'ib Ahl al-Haqq", aliases=("AAH",))
RIGHT = (
    "Asa'ib Ahl al-Haqq (AAH) militia speaks in Baghdad",
    "AAH, or Asa'ib Ahl al-Haqq, a militia of Baghdad, denies it",
)
ALONE = ("AAH fighters leave Baghdad", "A militia called AAH shells a base")
WRONG = ("AAH orchestra plays", "AAH clinic opens", "AAH bakery reports a year")


def said(number: int, title: str) -> Statement:
    return Statement(
        number, "agency", f"u:{number}", None, title, "", "", None, None, NOW, None, "en", 1, "text", baseline=False
    )


def statements(first: int, titles: tuple[str, ...]) -> list[Statement]:
    return [said(first + place, title) for place, title in enumerate(titles)]


def tried(words: tuple[str, ...]) -> tuple[narrowing.Option, ...]:
    wrong = statements(1, WRONG)
    trial = narrowing.Trial(LEAGUE, "AAH", words, {one.id for one in wrong}, {})
    trial.add([*wrong, *statements(10, RIGHT), *statements(20, ALONE)])
    return trial.options()


def test_the_words_of_a_condition_stand_near_where_it_was_right_and_never_where_it_was_wrong() -> None:
    right, wrong = statements(10, RIGHT), statements(1, (*WRONG, "AAH militia of toys"))
    assert narrowing.words_near(LEAGUE, "AAH", right, wrong, []) == ("baghdad",)
    assert narrowing.words_near(LEAGUE, "AAH", right, wrong, statements(50, ("Rain in Baghdad",) * 9)) == ()
    assert narrowing.words_near(LEAGUE, "AAH", right[:1], wrong, []) == ()


def test_the_change_that_loses_least_comes_first_and_each_tells_its_cost() -> None:
    options = tried(("baghdad", "militia"))
    assert [(one.change, one.silent, one.lost) for one in options] == [
        ("near", 3, 0),
        ("weak", 3, 2),
        ("without", 3, 2),
    ]
    assert options[0].rule is not None
    assert options[0].rule.query == '="AAH" NEAR/30 (baghdad OR militia)'


def test_without_words_no_condition_with_words_is_proposed() -> None:
    assert [one.change for one in tried(())] == ["weak", "without"]


def test_a_change_that_silences_nothing_of_what_was_wrong_is_not_proposed() -> None:
    trial = narrowing.Trial(LEAGUE, "AAH", (), {10, 11}, {})
    trial.add(statements(10, RIGHT))
    assert trial.options() == ()


@given(
    st.text(min_size=1, max_size=40),
    st.lists(st.from_regex(r"[a-z\u0627-\u064a]{4,12}", fullmatch=True), min_size=1, max_size=4),
)
def test_the_rule_of_any_spelling_can_be_read_or_is_not_proposed(pattern: str, words: list[str]) -> None:
    rule = narrowing.near_rule(LEAGUE, pattern, words)
    if rule is not None:
        compile_watchlist([], [rule])


@pytest.mark.parametrize("pattern", ["AAH", "A.A.H.", "عصائب أهل الحق", "Asa'ib", 'The "League"', "حزب الله*"])
def test_a_spelling_of_letters_has_a_rule_and_one_of_signs_has_none(pattern: str) -> None:
    assert narrowing.near_rule(LEAGUE, pattern, ["baghdad"]) is not None
    assert narrowing.near_rule(LEAGUE, "🔥", ["baghdad"]) is None
