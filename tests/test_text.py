"""The folding machine: what is one word, which spellings are equal, and where in the original each word stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.text import Folded, clean, clean_line, fold, spell_name, spell_rule

AWKWARD = "aAbckSsıİIşŞßæﬁéё'’#_-–.،  \n\u0301\u0327\u00ad\u200b\u200c\u200d\u200e\u202e\u2060\ufeffءأةىکـَاللهقיםם声カ한ｑ𝐐٣²🚨🇮\ud800"
TEXTS = st.text() | st.text(st.sampled_from(AWKWARD), max_size=40)
HIDDEN = "\u00ad\u0640\u200d\u200e\u200f\u2060\u2066\u2069\ufeff"


def surface(folded: Folded, first: int, behind: int) -> str:
    start, end = folded.span(first, behind)
    return folded.original[start:end]


def rule_words(text: str) -> list[str]:
    return [spell_rule(word) for word in fold(text).words]


def name_words(text: str) -> list[str]:
    return [spell_name(word) for word in fold(text).words]


# ------------------------------------------------------------------------------------------------------- properties


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once.text).words == once.words
    assert rule_words(" ".join(rule_words(text))) == rule_words(text)
    assert name_words(" ".join(name_words(text))) == [word for word in name_words(text) if word]


@given(TEXTS)
def test_every_word_knows_where_it_stands(text: str) -> None:
    folded = fold(text)
    places = [folded.span(at, at + 1) for at in range(len(folded.words))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)
    for word, (start, end) in zip(folded.words, places, strict=True):
        assert word in fold(text[start:end]).words


@given(TEXTS, TEXTS)
def test_words_do_not_depend_on_what_stands_around_them(before: str, after: str) -> None:
    assert "khazali" in fold(f"{before} \n Khazali \n {after}").words


@given(TEXTS, st.data())
def test_hidden_characters_and_tatweel_change_no_word(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    sign = data.draw(st.sampled_from(HIDDEN))
    assert fold(text[:at] + sign + text[at:]).words == fold(text).words


@given(TEXTS)
def test_links_and_hashtags_name_words_that_are_there(text: str) -> None:
    folded = fold(text)
    assert all(0 <= at < len(folded.words) - 1 for at, _ in folded.links)
    assert all(0 <= first < behind - 1 < len(folded.words) for first, behind in folded.wholes)


# ------------------------------------------------------------------------------------------------------- what is a word


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Qais Al-Khazali", "qais al khazali"),
        ("start_date F-16 U.S. a/b 12:30", "start date f 16 u s a b 12 30"),
        ("Bomb 🚨 👍🏽 - the market", "bomb the market"),
        ("a\x07port\tb", "a port b"),
        ("po\u200brt", "po rt"),
        ("外交部 声明", "外 交 部 声 明"),
        ("km² Khamenei¹ ½", "km khamenei"),
        ("he said 'tis O' the", "he said tis o the"),
        ("محمد ﷺ قال", "محمد قال"),
        ("", ""),
        (" \u200e ", ""),
    ],
)
def test_a_word_is_a_run_of_letters_digits_and_marks(text: str, words: str) -> None:
    assert fold(text).text == words


def test_an_apostrophe_between_letters_vanishes_and_elsewhere_separates() -> None:
    assert rule_words("Asa'ib Asa’ib Asaʿib Asa`ib ח׳זעלי") == ["asaib"] * 4 + ["חזעלי"]
    assert rule_words("the '90's 'end'") == ["the", "90", "s", "end"]


def test_a_non_joiner_between_letters_vanishes_and_a_doubled_one_too() -> None:
    assert rule_words("گزارش‌ها گزارش‌‌ها") == ["گزارشها", "گزارشها"]
    assert rule_words("۲۰۲۶‌ها قیس‌ الخزعلی") == ["2026", "ها", "قيس", "الخزعلي"]


def test_capitals_part_a_hashtag_and_nothing_else() -> None:
    folded = fold("#SaveThePort #COVIDNews #Iran2026Vote iPhone #Save_ThePort")
    assert folded.text == "save the port covidnews iran2026 vote iphone save the port"
    assert folded.wholes == ((0, 3), (4, 6), (8, 10))


def test_hyphens_and_unseen_spaces_link_the_words_beside_them() -> None:
    assert fold("Al-Kh\u200bazali a - b -c").links == ((0, "hyphen"), (1, "zero width"))


# ------------------------------------------------------------------------------------------------- which spellings are equal


@pytest.mark.parametrize(
    "spellings",
    [
        "Café CAFÉ cafe\u0301 ｃａｆé 𝐜𝐚𝐟𝐞",
        "Straße STRASSE strasse",
        "İstanbul ISTANBUL istanbul ıstanbul",
        "oﬃce office",
        "Ёлка елка ЕЛКА",
        "أهل اهل إهل آهل ٱهل أَهْل أهـــل",
        "مصطفى مصطفي مصطفی",
        "مكتبة مکتبه مكتبۀ مكتبہ",
        "سؤال سوال",
        "هيئة هييه",
        "بيان ﺑﻴﺎﻥ بيـــان",
        "שלום שָׁלוֹמ",
        "٢٠٢٦ ۲۰۲۶ 2026 ２０２６",
        "한국 한국",
        "smørrebrød smorrebrod",
        "Qa\u00adis Q\u200da\u2060is Qais \u202eQais\u202c",
    ],
)
def test_spellings_that_rules_and_names_read_alike(spellings: str) -> None:
    assert len(set(rule_words(spellings))) == 1
    assert len(set(name_words(spellings))) == 1


def test_rules_read_turkish_letters_plainly_and_names_spell_them_out() -> None:
    assert rule_words("Başkan Baş\u0327kan bas\u0327kan Çelik")[0::3] == ["baskan", "celik"]
    assert name_words("Başkan bas\u0327kan BAŞKAN Çelik Ḫalid Hašim") == ["bashkan"] * 3 + [
        "chelik",
        "khalid",
        "hashim",
    ]


def test_the_lone_hamza_stays_in_rules_and_goes_from_names() -> None:
    assert rule_words("شيء") == ["شيء"]
    assert name_words("شيء بهاء") == ["شي", "بها"]


# -------------------------------------------------------------------------------------------------------- exact places


@pytest.mark.parametrize(
    "before",
    [
        "🚨🇮🇶👨‍👩‍👧‍👦 ",
        "e\u0301e\u0301e\u0301 ",
        "oﬃce ",
        "𝔸 ",
        "ﷺ ",
        "a\u200bb\u200c\u200d ",
        "外交部",
        "#SaveThePort ",
        "\ud800\udfff ",
    ],
)
def test_the_place_is_exact_behind(before: str) -> None:
    text = before + "«الخَزْعَلِيِّ» said"
    folded = fold(text)
    at = folded.words.index("الخزعلي")
    assert surface(folded, at, at + 1) == "الخَزْعَلِيِّ"
    assert surface(folded, at, at + 2) == "الخَزْعَلِيِّ» said"


def test_a_place_takes_in_the_marks_behind_and_no_control_character() -> None:
    folded = fold("\u202eport\u202c بيـان\u064b\u200f x")
    assert [surface(folded, at, at + 1) for at in range(3)] == ["port", "بيـان\u064b", "x"]


# ------------------------------------------------------------------------------------------------------------ the door


def test_clean_text_has_newlines_for_line_ends_and_no_control_characters() -> None:
    assert clean("\u2028a\r\nb\x85c\x1b[2J\x00\td\ud800 ") == "a\nb\nc[2J d"


def test_a_clean_line_is_one_line() -> None:
    assert clean_line("  a \n\n b\tc ", limit=3) == "a b"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.sampled_from(AWKWARD), max_size=40) | st.text(max_size=40))
def test_short_texts_and_long_ones_are_folded_alike(text: str) -> None:
    alone, long = fold(text), fold(text + "\n" + "ж " * 120)
    assert long.words[: len(alone.words)] == alone.words
    assert [link for link in long.links if link[0] < len(alone.words) - 1] == list(alone.links)
    assert long.wholes == alone.wholes
    assert [long.span(at, at + 1) for at in range(len(alone.words))] == [
        alone.span(at, at + 1) for at in range(len(alone.words))
    ]


@given(st.text(st.sampled_from("abZ09'`-_ .,\n\x00\x7f"), min_size=1, max_size=40))
def test_a_text_of_ascii_alone_is_folded_like_one_with_other_letters(text: str) -> None:
    plain, mixed = fold(text * 130), fold(text * 130 + "\nж")
    assert mixed.words == (*plain.words, "ж")
    assert [link for link in mixed.links if link[0] < len(plain.words) - 1] == list(plain.links)
    assert list(plain.starts()) == list(mixed.starts())[:-1]
