"""The compiled watchlist against slow and simple readings of the same words: nothing is lost, nothing is made up."""

from __future__ import annotations

import gc
import weakref

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.model import Actor, Keywords
from alerts.watch.lexicon import KIND, TIED, TITLE, Lexicon, marks_of
from alerts.watch.match import compile_watchlist
from alerts.watch.neighbours import FREE, NAMED, OTHER, Neighbours
from scraper.text import fold

WORDS = ("bakuro", "temilsa", "drovnik", "fenzamo", "gorpeltu", "hulvexi", "jimbrato", "kestolfa")
KEYS = "abcdef"
texts = st.lists(st.sampled_from(WORDS), max_size=30)
phrases = st.lists(st.lists(st.sampled_from(WORDS[:6]), min_size=1, max_size=3), min_size=1, max_size=6)
names = st.lists(st.lists(st.sampled_from(WORDS[:6]), min_size=2, max_size=3, unique=True), min_size=1, max_size=5)


def places(phrase: list[str], words: list[str]) -> list[tuple[int, int]]:
    """Where a phrase stands, as (start, end) in the words with one space between: word by word, from each place."""
    found = []
    for at in range(len(words) - len(phrase) + 1):
        if words[at : at + len(phrase)] == phrase:
            start = len(" ".join([*words[:at], ""]))
            found.append((start, start + len(" ".join(phrase))))
    return found


@settings(max_examples=60)
@given(phrases, texts)
def test_a_keyword_list_finds_what_a_plain_search_finds(entries: list[list[str]], words: list[str]) -> None:
    watch = compile_watchlist((), (Keywords("list", any=tuple(" ".join(entry) for entry in entries)),))
    met = [(one.start, one.end) for one in watch.match("", " ".join(words))]
    known = {place for entry in entries for place in places(entry, words)}
    assert set(met) <= known
    assert all(any(start < place[1] and place[0] < end for start, end in met) for place in known)


@settings(max_examples=60)
@given(names, texts)
def test_a_name_is_found_as_written_where_a_plain_search_finds_it(watched: list[list[str]], words: list[str]) -> None:
    words = [word.title() for word in words]
    spelled = {f"a{at}": [word.title() for word in name] for at, name in enumerate(watched)}
    watch = compile_watchlist([Actor(id_, "person", " ".join(name)) for id_, name in spelled.items()], ())
    met = watch.match("", " ".join(words))
    known = {id_: places(name, words) for id_, name in spelled.items()}
    assert all((one.start, one.end) in known[one.actor or ""] for one in met if one.tier == "A")
    every = {place for found in known.values() for place in found}  # a name inside another's is that one's
    assert all(any(one.start < place[1] and place[0] < one.end for one in met) for place in every)


@given(
    st.dictionaries(st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS), max_size=3), max_size=5),
    st.lists(st.frozensets(st.sampled_from(KEYS), max_size=3), max_size=12),
)
def test_neighbours_are_those_of_which_one_key_follows_the_other(
    after: dict[str, set[str]], words: list[frozenset[str]]
) -> None:
    neighbours = Neighbours(after)
    found = neighbours.pairs(np.array([neighbours.kind(keys) << KIND | OTHER for keys in words], np.int64))
    slow = {
        (first, second)
        for first in range(len(words))
        for second in range(first + 1, min(first + 3, len(words)))
        if any(after.get(key, set()) & words[second] for key in words[first])
    }
    assert set(found) == slow


def test_a_watchlist_that_nobody_uses_is_gone_without_the_collector() -> None:
    watch = compile_watchlist([Actor("a", "person", "Bakuro Temilsa")], (Keywords("k", any=("drovnik fenzamo",)),))
    assert watch.match("", "Bakouro Temilsa of Drovnik Fenzamo")
    gone = weakref.ref(watch)
    gc.disable()
    try:
        del watch
        assert gone() is None
    finally:
        gc.enable()


@given(
    st.dictionaries(st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS), max_size=3), max_size=5),
    st.lists(
        st.tuples(st.frozensets(st.sampled_from(KEYS), max_size=3), st.sampled_from((OTHER, NAMED, FREE))), max_size=14
    ),
)
def test_the_neighbours_that_span_a_word_are_those_of_the_whole_row_that_do(
    after: dict[str, set[str]], words: list[tuple[frozenset[str], int]]
) -> None:
    neighbours = Neighbours(after)
    row = [neighbours.kind(keys) << KIND | rank for keys, rank in words]
    every = neighbours.pairs(np.array(row, np.int64))
    for place, (_, rank) in enumerate(words):
        if rank != FREE:
            spanning = {(first, second) for first, second in every if first <= place <= second}
            assert set(neighbours.across(row, place)) == spanning


class Numberer:
    """Gives each word the next number."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, word: str) -> int:
        return self.known.setdefault(word, len(self.known) + 1)


@given(
    st.lists(st.text(alphabet="aboé'ب ،#@\u0301\u200c漢\U0001f600", max_size=40), min_size=1, max_size=4), st.booleans()
)
def test_the_words_of_all_texts_are_looked_up_as_each_alone_would_be(texts: list[str], is_long: bool) -> None:
    numberer = Numberer()
    lexicon = Lexicon(numberer.number)
    folded = [fold(text) for text in texts] + [fold("la long " * 3_000)] * is_long
    for _ in range(2):  # met first, and known
        numbers = lexicon.numbers(folded).tolist()
        assert numbers == [numberer.known[word] for text in folded for word in text.words]


def test_words_that_fall_on_one_place_of_the_table_keep_their_numbers() -> None:
    numberer = Numberer()
    lexicon = Lexicon(numberer.number)
    words = [f"{letter}{number}" for letter in "abcdefgh" for number in range(35_000)]
    for first in range(0, len(words), 1_000):
        lexicon.numbers([fold(" ".join(words[first : first + 1_000]))])
    for first in range(0, len(words), 50_000):
        some = words[first : first + 1_000]
        assert lexicon.numbers([fold(" ".join(some))]).tolist() == [numberer.known[word] for word in some]


@given(st.lists(st.integers(0, 63), max_size=30), st.integers(0, 30))
def test_marks_are_counted_from_the_first_word_of_their_field(numbers: list[int], second: int) -> None:
    second = min(second, len(numbers))
    fields = marks_of(np.array(numbers, np.int64), TITLE | TIED, second)
    for field, words in zip(fields, (numbers[:second], numbers[second:]), strict=True):
        for mark in (TITLE, TIED):
            assert field.get(mark, []) == [at for at, number in enumerate(words) if number & mark]
