"""Searching stored words: spellings that fold together are one, clitics are looked through, phrases stand together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.search import find, read_query


def met(term: str, text: str) -> bool:
    return bool(find(read_query([term]), [text]))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("الاحتلال", "الإحتلال"),
        ("قيس الخزعلى", "قال قيس الخزعلي"),
        ("خامنه ای", "آیت‌الله خامنه‌ای"),
        ("بغداد", "وفي بغداد"),
        ("العراق", "بالعراق"),
        ("قيس", "وقيس"),
        ("khazali", "KHAZALI"),
        ("threat*", "Threatening words"),
        ("baskan", "Başkan konuştu"),
        ("Khaz'ali", "al-Khaz’ali"),
    ],
)
def test_one_spelling_finds_the_other(term: str, text: str) -> None:
    assert met(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("threat", "threats"),
        ("red lines", "lines red"),
        ("red lines", "red and lines"),
        ("قيس", "قيصر"),
        ("at", "threat"),
    ],
)
def test_what_is_another_word_is_not_found(term: str, text: str) -> None:
    assert not met(term, text)


def test_all_terms_must_be_met_and_each_says_where() -> None:
    query = read_query(["khazali", "threat*"])
    texts = ["Qais al-Khazali speaks", "He spoke of threats."]
    hits = find(query, texts)
    assert [texts[which][start:end] for which, start, end in hits] == ["Khazali", "threats"]
    assert find(query, texts[:1]) == ()


@pytest.mark.parametrize("terms", [[], ["…"], ["a", "*"], ["w " * 60]])
def test_a_query_with_nothing_to_look_for_is_refused(terms: list[str]) -> None:
    with pytest.raises(ValueError, match=r"look"):
        read_query(terms)


@given(st.text(max_size=60), st.text(min_size=1, max_size=12))
def test_a_place_that_is_found_lies_in_the_text(text: str, term: str) -> None:
    try:
        query = read_query([term])
    except ValueError:
        return
    for which, start, end in find(query, [text]):
        assert which == 0
        assert 0 <= start < end <= len(text)
