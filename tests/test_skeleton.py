"""Names by sound: keys and gaps, other scripts, slips, parts left out or put between, and who must stay silent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.model import Actor, Match
from alerts.watch.match import compile_watchlist
from alerts.watch.skeleton import sounds, vowels_apart

LETTERS = st.text("abcdefghijklmnopqrstuvwxyz'قيسخزعلابدمن", max_size=12)


def nearest(one: str, other: str) -> float | None:
    """How far apart the vowels of two words are at least; None where no keys are equal."""
    apart = [vowels_apart(mine, theirs) for mine in sounds(one) for theirs in sounds(other) if mine.key == theirs.key]
    return min(apart, default=None)


def found(name: str, text: str, **more: tuple[str, ...]) -> tuple[Match, ...]:
    return compile_watchlist([Actor("a", "person", name, **more)], ()).match("", text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kays", "qais"),
        ("kays", "قيس"),
        ("khazali", "خزعلي"),
        ("hazali", "хазали"),
        ("nasrallah", "نصرالله"),
        ("qadhafi", "gaddafi"),
        ("jihad", "cihad"),
        ("mustafa", "مصطفي"),
        ("sinwar", "סינואר"),
        ("umar", "عمر"),
        ("mazhari", "مظهري"),
        ("fathi", "فتحي"),
    ],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    apart = nearest(one, other)
    assert apart is not None
    assert apart <= 0.5


@pytest.mark.parametrize(
    ("one", "other"),
    [("hasan", "husayn"), ("khazal", "khazali"), ("muhammad", "محمود"), ("salim", "salam"), ("amin", "amina")],
)
def test_vowels_keep_names_apart_whose_consonants_are_one(one: str, other: str) -> None:
    apart = nearest(one, other)
    assert apart is None or apart > 0.5


@pytest.mark.parametrize(
    ("name", "text", "tier", "surface"),
    [
        ("Qais al-Khazali", "signed by Kays el-Hazali yesterday", "B", "Kays el-Hazali"),
        ("Qais al-Khazali", "وصل قيس الخزعلي أمس", "B", "قيس الخزعلي"),
        ("Qais al-Khazali", "حضر الوزير وقيس الخزعلي", "B", "وقيس الخزعلي"),
        ("Qais al-Khazali", "ждали Кайса аль-Хазали.", "B", "Кайса аль-Хазали"),
        ("Qais al-Khazali", "names him Qais Hadi Sayed Hasan al-Khazali.", "B", "Qais Hadi Sayed Hasan al-Khazali"),
        ("Abd al-Rahman Durayni", "Abdurrahman Dureini came", "B", "Abdurrahman Dureini"),
        ("Hadi Nasrallah", "هادي نصر الله", "B", "هادي نصر الله"),
        ("Rustam Magomedov Darvish", "Darvish, Rustam Magomedov", "B", "Darvish, Rustam Magomedov"),
        ("Azzam Abdullah Zureik al-Subhi", "Azzam al-Subhi wrote", "C", "Azzam al-Subhi"),
        ("Hadi Nasrallah", "قال السيد نصر الله اليوم", "C", "السيد نصر الله"),
        ("Rafiq Marandavi", "Rafik Merandavy wrote", "B", "Rafik Merandavy"),
        ("Maruf Droukdelan", "Maruf Droukbelan wrote", "C", "Maruf Droukbelan"),
    ],
)
def test_a_name_is_found_by_sound_and_says_how(name: str, text: str, tier: str, surface: str) -> None:
    (match,) = found(name, text)
    assert (match.tier, match.surface) == (tier, surface)
    assert text[match.start : match.end] == surface
    assert any(step.startswith("skeleton ") for step in match.steps)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Qais al-Khazali", "Laith al-Khazali opened a school"),
        ("Qais al-Khazali", "the researcher Khazal Majidi"),
        ("Qais al-Khazali", "met Kays. Al-Hazali was absent"),
        ("Qais al-Khazali", "Qais said that the report of al-Khazali is old"),
        ("Hassan Nasrallah", "Hassan Nasr, a Cairo accountant"),
        ("Hassan Nasrallah", "Hussein Nasrallah"),
        ("Faiz", "Fayz wrote"),
        ("Ali Omar", "Aly 'Amir wrote"),
        ("Muhammad Abbas", "محمد عباس تركماني"),
        ("Azzam Abdullah Zureik al-Subhi", "Azzam Abdullah wrote"),
    ],
)
def test_another_name_does_not_ring(name: str, text: str) -> None:
    assert found(name, text) == ()


def test_what_was_left_out_or_stands_between_is_said() -> None:
    (match,) = found("Azzam Abdullah Zureik al-Subhi", "Azzam al-Subhi wrote")
    assert "left out: abdallah zureik" in match.steps
    (match,) = found("Qais al-Khazali", "Qais Hadi Hasan al-Khazali")
    assert "between: hadi hasan" in match.steps


def test_who_is_not_meant_is_known_in_other_spellings_too() -> None:
    assert found("Qais al-Khazali", "Muhammad Qays al-Hazali", not_near=("Mohammed Qais al-Khazali",)) == ()


def test_a_name_as_written_silences_another_that_only_sounds_so() -> None:
    actors = [Actor("one", "person", "Rukan Tilfahi"), Actor("two", "person", "Rokan Telfahi")]
    assert [match.actor for match in compile_watchlist(actors, ()).match("", "Rukan Tilfahi")] == ["one"]


@given(LETTERS)
def test_every_word_sounds_like_itself_and_has_a_gap_around_every_letter(word: str) -> None:
    for sound in sounds(word):
        assert len(sound.gaps) == len(sound.key) + 1
        assert vowels_apart(sound, sound) == 0


@given(LETTERS, LETTERS)
def test_likeness_has_no_direction(one: str, other: str) -> None:
    assert nearest(one, other) == nearest(other, one)


@given(
    st.lists(
        st.sampled_from(["Kays", "Qais", "al-", "Hazali", "Hadi", ".", ",", "the", "نصر", "الله", "عبد", "Abu"]),
        max_size=8,
    )
)
def test_every_match_says_what_stands_there(words: list[str]) -> None:
    text = " ".join(words)
    watch = compile_watchlist([Actor("a", "person", "Qais al-Khazali"), Actor("b", "person", "Abu Nasrallah")], ())
    for match in watch.match("", text):
        assert text[match.start : match.end] == match.surface
        assert match.tier in ("A", "B", "C")


@given(st.text(max_size=30))
def test_every_text_can_be_read(text: str) -> None:
    watch = compile_watchlist([Actor("a", "person", "Qais al-Khazali")], ())
    for written in (text, "Ъ", "ь ъь", f"Kays {text} Hazali"):
        for match in watch.match("", written):
            assert written[match.start : match.end] == match.surface
