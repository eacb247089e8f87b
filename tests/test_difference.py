"""The way from one text to another, word by word: it leads exactly there, from exactly here, whatever the texts are."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scraper.difference import Piece, difference, shortened

MANY = " ".join(f"{{}}{n} same" for n in range(900))
"""Nine hundred times the same word between words that all differ."""

WORDS = st.lists(st.sampled_from(["a", "b", "threat", "قيس", "الخزعلي", "\n", " ", "x,", "é"]), max_size=30).map(
    " ".join
)


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.op, piece.text.strip()) for piece in difference(before, after)]


def words(pieces: tuple[Piece, ...], but_not: str) -> list[str]:
    return " ".join(piece.text for piece in pieces if piece.op != but_not).split()


@given(WORDS | st.text(max_size=80), WORDS | st.text(max_size=80))
def test_what_stayed_and_came_is_the_new_text_and_what_stayed_and_went_the_old(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.op != "removed") == after
    assert words(pieces, "added") == before.split()
    assert all(one.op != other.op for one, other in pairwise(pieces))


@given(WORDS)
def test_a_text_that_did_not_change_is_one_piece(text: str) -> None:
    assert difference(text, text) == ((Piece("same", text),) if text else ())


def test_only_the_words_that_changed_are_told() -> None:
    assert told("We will answer the enemy tonight.", "We shall answer the enemy tonight.") == [
        ("same", "We"), ("removed", "will"), ("added", "shall"), ("same", "answer the enemy tonight."),
    ]  # fmt: skip


def test_other_white_space_is_no_change() -> None:
    assert [op for op, _ in told("one two\nthree", "one  two three")] == ["same"]


def test_long_unchanged_stretches_are_shortened_around_the_changes() -> None:
    before = " ".join(f"w{n}" for n in range(100))
    pieces = shortened(difference(before, before.replace("w50 ", "changed ")), context=2)
    assert [(piece.op, piece.text.strip()) for piece in pieces] == [
        ("same", "… w48 w49"), ("removed", "w50"), ("added", "changed"), ("same", "w51 w52 …"),
    ]  # fmt: skip


def test_two_long_texts_that_have_nothing_in_common_take_no_time() -> None:
    before, after = (" ".join(f"{word}{n}" for n in range(100_000)) for word in ("a", "b"))
    began = time.process_time()
    assert [op for op, _ in told(before, after)] == ["removed", "added"]
    assert time.process_time() - began < 5


def test_one_word_repeated_between_words_that_all_changed_takes_no_time() -> None:
    before, after = MANY.replace("{}", "a"), MANY.replace("{}", "b")
    began = time.process_time()
    pieces = difference(before, after)
    assert time.process_time() - began < 5, "it took half a minute"
    assert "".join(piece.text for piece in pieces if piece.op != "removed") == after
    assert words(pieces, "added") == before.split()
    assert sum(piece.op == "same" for piece in pieces) == 900


@given(WORDS, WORDS)
def test_the_quick_way_leads_from_one_text_to_the_other_too(before: str, after: str) -> None:
    before, after = (f"{text} " + "same " * 200 + text for text in (before, after))
    before, after = f"x {before} y", f"y {after} x"
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.op != "removed") == after
    assert words(pieces, "added") == before.split()
