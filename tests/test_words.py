"""The words of every language: the same keys and places, right-to-left lines that read in order, and alerts in all of them."""

from __future__ import annotations

import inspect
import re
import unicodedata
from datetime import date, timedelta
from string import Formatter
from typing import Any

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import holds
from alerts.bot.talk import LANGUAGES, RIGHT_TO_LEFT, say, words
from alerts.digest import Line, draw_digest
from alerts.followup import draw_edit, draw_removal
from alerts.message import draw, draw_notice
from alerts.model import Message
from alerts.remedies import REMEDIES
from alerts.said import in_language, notes, said
from alerts.shown import FSI, PDI, RLM, fence, units
from alerts.words import ar, en, fa, fr, words_of
from scraper.holds import Flood
from tests.alert_values import NOW, TITLE, TROUBLE, alert, met, model_alert, statement

OTHERS = sorted(RIGHT_TO_LEFT)
MODULES = {"en": en, "ar": ar, "fa": fa, "fr": fr}
TYPED = frozenset(
    {
        "viewer",
        "editor",
        "admin",
        "none",
        "send",
        "drop",
        "weak_aliases",
        "actors",
        "source",
        "ID",
        "d",
        "role",
        "speaker",
        "mentioned",
    }
)
"""Latin words that may stand in a sentence besides commands: what is typed, or stands in the configuration."""
KEYS = sorted(words("en"))
ARABIC_TITLE = "الخزعلي يدين التهديدات (AAH) ويحذر من عدم الاستقرار!"


def places(sentence: str) -> set[str]:
    return {place for _, place, _, _ in Formatter().parse(sentence) if place is not None}


def balanced(text: str) -> bool:
    """Every isolate is closed on its own line, and none stands in another."""
    return all(
        re.fullmatch(f"[^{FSI}{PDI}]*(?:{FSI}[^{FSI}{PDI}]*{PDI}[^{FSI}{PDI}]*)*", line) for line in text.split("\n")
    )


def closed(text: str) -> bool:
    """Every isolate is closed on its own line; one may stand in another."""
    for line in text.split("\n"):
        depth = 0
        for char in line:
            depth += (char == FSI) - (char == PDI)
            if depth < 0:
                return False
        if depth:
            return False
    return True


def runs_right_to_left(line: str) -> bool:
    """Which way a line runs: its first strong character outside of isolates says so (UAX #9, P2 and P3)."""
    inside = 0
    for char in line:
        kind = unicodedata.bidirectional(char)
        inside += (kind in ("FSI", "LRI", "RLI")) - (kind == "PDI")
        if not inside and kind in ("L", "R", "AL"):
            return kind != "L"
    return False


# ----------------------------------------------------------------------------------------------- the bot's sentences


def test_every_language_has_the_same_sentences() -> None:
    assert {language: sorted(words(language)) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, KEYS)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_has_the_same_places_and_no_latin_word_outside_a_fence(language: str) -> None:
    for key, sentence in words(language).items():
        assert places(sentence) == places(words("en")[key]), key
        assert balanced(sentence), key
        outside = re.sub(rf"{FSI}[^{PDI}]*{PDI}|\{{\w+\}}", "", sentence)
        assert not re.search("[A-Za-z/#]", outside), key
        for fenced in re.findall(f"{FSI}([^{PDI}]*){PDI}", sentence):
            bare = re.sub(r"\{\w+\}", "", fenced)
            if not bare.startswith(("/", "#", "bayan ")):
                assert set(re.findall("[A-Za-z_]+", bare)) <= TYPED, (key, bare)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_in_the_letters_of_its_language_and_is_no_copy(language: str) -> None:
    own = {"ar": "كيةىأإ", "fa": "کیگپچژ"}
    strange = {"ar": "کیگپچژ", "fa": "كيىة"}
    text = "".join(words(language).values())
    assert any(letter in text for letter in own[language])
    assert not [letter for letter in strange[language] if letter in text]
    for key, sentence in words(language).items():
        assert re.search("[\u0621-\u06cc]", sentence), key


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("value", ["Qais (AAH)", "قيس (AAH)", "12:30", "#A7F3-21", "bayan/x.", f"{FSI}{PDI}{PDI}{RLM}"])
def test_a_sentence_with_any_value_keeps_its_fences_closed(language: str, value: str) -> None:
    for key in KEYS:
        said = say(language, key, **dict.fromkeys(places(words("en")[key]), value))
        assert closed(said), key


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_with_latin_values_reads_from_right_to_left_in_its_order(language: str) -> None:
    said = say(language, "mute_line", what="Qais (AAH)", until="Fri 20 Jun", who="@desk", held=3)
    assert runs_right_to_left(said)
    seen = get_display(said, base_dir="R")
    found = [seen.index(part) for part in ("Qais (AAH)", "Fri 20 Jun", "desk", "3")]
    assert found == sorted(found, reverse=True), "what is said first stands rightmost, each value in its own order"


@pytest.mark.parametrize("language", OTHERS)
def test_a_command_in_a_sentence_keeps_its_slash_in_front(language: str) -> None:
    seen = get_display(say(language, "why_form"), base_dir="R")
    assert "/why #A7F3-21" in seen
    seen = get_display(say(language, "code", role=say(language, "editor"), code="ABC234").split("\n")[1], base_dir="R")
    assert "/start ABC234" in seen


def test_a_right_to_left_value_in_an_english_sentence_does_not_turn_it() -> None:
    said = say("en", "mute_line", what="قيس الخزعلي", until="Fri", who="ليلى", held=3)
    assert not runs_right_to_left(said) and balanced(said)
    seen = get_display(said, base_dir="L")
    assert seen.index("until") < seen.index("Fri") < seen.index("held back")


def test_a_code_behind_its_command_is_copied_without_marks() -> None:
    for language in OTHERS:
        assert "/start ABC234" in say(language, "code", role="x", code="ABC234")


SAME_IN_FRENCH = {"viewer", "editor", "admin", "route", "script_latin", "between", "flood_sample", "do_ok",
                  "do_unchanged"}  # fmt: skip


def test_every_french_sentence_has_the_places_and_commands_of_the_english_one_and_is_no_copy() -> None:
    for english, french in ((words("en"), words("fr")), (notes("en"), notes("fr"))):
        assert sorted(french) == sorted(english)
        for key, sentence in french.items():
            assert places(sentence) == places(english[key]), key
            assert (sentence == english[key]) == (key in SAME_IN_FRENCH), key
            assert FSI not in sentence, key
            commands = re.compile(
                r"(?<![\w:/.])/[a-z]+|bayan (?:sources|alerts|actors|backtest|status|doctor|channels|db) ?[a-z]*|`[^`]+`"
            )
            assert sorted(set(commands.findall(sentence))) == sorted(set(commands.findall(english[key]))), key


def test_a_french_notice_has_its_words_its_date_and_its_span_without_fences() -> None:
    told = in_language(
        "fr-BE",
        said("well", source="news", lasted=said("lasted", span=timedelta(hours=3)), outcome="ok", items=20),
    )
    assert told == "La source news va de nouveau bien après 3 h : ok, 20 éléments."
    since = in_language("fr", said("better", source="news", what=said("kind_no_dates")))
    assert since == "La source news est de nouveau comme avant : ce n'est plus sans dates."
    message = draw(model_alert(), now=NOW, language="fr")
    assert "vu " in message.text and "ven. 20 juin 2025" in message.text and "règle" in message.text


# -------------------------------------------------------------------------------------------------- the alerts' words


def test_every_language_has_all_names_of_the_english_words() -> None:
    def shape(module: Any) -> dict[str, str]:
        own = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        told = {name: type(value).__name__ for name, value in own.items() if name.isupper() and "MONTHS" not in name}
        made = {
            name: value
            for name, value in own.items()
            if inspect.isfunction(value) and value.__module__ == module.__name__
        }
        return told | {name: str(inspect.signature(value)) for name, value in made.items()}

    assert shape(ar) == shape(en) == shape(fa) == shape(fr)
    assert len(ar.MONTHS) == len(fa.MONTHS) == len(fa.JALALI_MONTHS) == 12
    assert len(ar.WEEKDAYS) == len(fa.WEEKDAYS) == 7


def test_a_language_tag_has_its_languages_words_and_an_unknown_one_has_english() -> None:
    assert (words_of("ar-IQ"), words_of("FA"), words_of("fr-BE"), words_of("de"), words_of("")) == (
        ar, fa, fr, en, en,
    )  # fmt: skip


def test_dates_have_their_own_names_in_every_language() -> None:
    day = date(2025, 6, 20)
    assert en.day(day) == "Fri 20 Jun 2025"
    assert ar.day(day) == "الجمعة 20 حزيران/يونيو 2025"
    assert fa.day(day) == "جمعه 20 ژوئن 2025 (30 خرداد 1404)"
    assert fr.day(day) == "ven. 20 juin 2025" and fr.day(date(2025, 8, 1)) == "ven. 1er août 2025"
    assert fa.day(date(1800, 1, 1)) == "چهارشنبه 1 ژانویه 1800"


@given(
    st.sampled_from(OTHERS),
    st.text(max_size=30),
    st.integers(0, 10**6),
    st.timedeltas(timedelta(), timedelta(days=5000)),
)
def test_all_that_words_make_of_values_keeps_its_fences_closed_and_latin_words_in_them(
    language: str, text: str, count: int, span: timedelta
) -> None:
    spoken = words_of(language)
    made = [
        spoken.rules(count), spoken.hits(count), spoken.more(count), spoken.old(count), spoken.sources(count),
        spoken.delayed(span), spoken.lead(span), spoken.news(text), spoken.left_out(count), spoken.in_the_file(count),
        spoken.mute_over(text, count),
        *(spoken.digest(kind, count) for kind in ("quiet", "mute", "storm", "digest")),
    ]  # fmt: skip
    for sentence in made:
        assert balanced(sentence)
        assert not re.search("[A-Za-z]", re.sub(f"{FSI}[^{PDI}]*{PDI}", "", sentence).replace("bayan", ""))


# ----------------------------------------------------------------------------------------------------- whole messages


@pytest.mark.parametrize("language", OTHERS)
def test_every_line_of_the_model_alert_runs_from_right_to_left_with_its_sign_first(language: str) -> None:
    message = draw(model_alert(may_repeat=True, delayed=timedelta(minutes=43)), now=NOW, language=language)
    lines = message.text.split("\n")
    assert all(runs_right_to_left(line) for line in lines)
    signs = [unicodedata.name(line.removeprefix(RLM)[0], "?") for line in lines]
    assert signs[0] == "LARGE RED CIRCLE"
    assert [name for name in signs if not name.startswith("ARABIC")] == [
        "LARGE RED CIRCLE", "FIRST STRONG ISOLATE", "ROLLED-UP NEWSPAPER", "SPEAKING HEAD IN SILHOUETTE", "CALENDAR", "EYE",
        "DIRECT HIT", "WARNING SIGN", "STOPWATCH", "FIRST STRONG ISOLATE", "FIRST STRONG ISOLATE",
    ]  # fmt: skip
    assert balanced(message.text)


@pytest.mark.parametrize("language", OTHERS)
def test_spans_of_the_model_alert_hold_the_same_words_in_every_language(language: str) -> None:
    def held(message: Message) -> list[tuple[str, str]]:
        return [
            (span.style, message.text[span.start : span.end].strip(f"{FSI}{PDI}{RLM}"))
            for span in message.spans
            if span.style != "time"
        ]

    told = draw(model_alert(), now=NOW, language=language)
    assert held(told) == held(draw(model_alert(), now=NOW))
    times = [told.text[span.start : span.end] for span in told.spans if span.style == "time"]
    day = words_of(language).day
    assert times[0] == day(date(2025, 6, 20))
    assert len(times) == len([span for span in draw(model_alert(), now=NOW).spans if span.style == "time"])


def test_an_arabic_headline_in_an_english_alert_is_fenced_and_turns_no_line() -> None:
    found = statement(title=ARABIC_TITLE)
    message = draw(alert(found, met(found, "@khazali", "الخزعلي")), now=NOW)
    assert not any(runs_right_to_left(line) for line in message.text.split("\n"))
    assert message.text.split("\n")[1] == f"{FSI}{ARABIC_TITLE}{PDI}"
    assert next(message.text[span.start : span.end] for span in message.spans if span.style == "link") == ARABIC_TITLE


def test_a_latin_headline_in_an_arabic_alert_reads_in_order() -> None:
    message = draw(model_alert(), now=NOW, language="ar")
    first, headline = message.text.split("\n")[:2]
    assert headline == f"{RLM}{FSI}{TITLE}{PDI}"
    seen = get_display(first.replace("🔴", "*"), base_dir="R")
    parts = [seen.index(part) for part in ("Qais al-Khazali", "secretary-general", "Asa'ib Ahl al-Haqq")]
    assert parts == sorted(parts, reverse=True)


def test_the_reason_names_the_spelling_of_the_text_in_a_fence_of_its_own() -> None:
    found = statement(title=ARABIC_TITLE, text="")
    message = draw(alert(found, met(found, "@khazali", "الخزعلي")), now=NOW)
    assert f"Qais al-Khazali as “{FSI}الخزعلي{PDI}” (1 hit)" in message.text


@pytest.mark.parametrize("language", OTHERS)
def test_replies_and_digests_run_from_right_to_left_too(language: str) -> None:
    told = model_alert()
    before, after = (TITLE, told.statement.text), ("Leader warns", "Another text with 3 words")
    messages = [
        draw_edit(told, before, after, at=NOW, timezone="UTC", language=language),
        draw_removal(told, timezone="UTC", language=language),
        draw_digest("quiet:night", [Line(told, "urgent", True)] * 3, timezone="UTC", language=language),
    ]
    for message in messages:
        for line in message.text.split("\n"):
            assert runs_right_to_left(line), line
        assert balanced(message.text)


def test_a_notice_keeps_its_own_fences_and_none_that_are_open() -> None:
    flood = Flood(7, "agency", NOW, NOW, 12, 30, f"redesign {FSI}", (f"Head {PDI} line", "عنوان"))
    message = draw_notice(in_language("ar", holds.notice(flood).said), "ar")
    assert balanced(message.text) and all(runs_right_to_left(line) for line in message.text.split("\n"))
    assert f"{FSI}bayan sources release agency{PDI}" in message.text
    assert draw_notice(f"a {FSI}b\nc{PDI} d").text == "a b\nc d"


def test_an_english_notice_in_an_arabic_chat_runs_from_left_to_right() -> None:
    message = draw_notice(f"Source agency is broken: no list.\n{fence('x')} {ar.SEEN}\n- {fence('Head')}", "ar")
    first, second, third = message.text.split("\n")
    assert first == "Source agency is broken: no list."
    assert second == f"{RLM}{FSI}x{PDI} {ar.SEEN}" and third == f"{RLM}- {FSI}Head{PDI}"


ANY = st.text(st.one_of(st.sampled_from(TROUBLE), st.characters()), max_size=300)


@settings(max_examples=150)
@given(st.sampled_from(LANGUAGES), ANY, ANY, ANY, st.integers(1, 60))
def test_any_message_in_any_language_fits_with_sound_spans_and_closed_fences(
    language: str, title: str, text: str, other: str, count: int
) -> None:
    found = statement(title=title, text=text * 20, source=other or "s")
    told = alert(
        found, met(found, "@khazali", "Khazali"), source_name=other, may_repeat=True, news="a denial", follows="A7F3-21"
    )
    for message in (
        draw(told, now=NOW, language=language, excerpt=4000),
        draw_edit(told, (title, text), (other, title * 3), at=NOW, timezone="Asia/Baghdad", language=language),
        draw_removal(told, timezone="UTC", language=language),
        draw_digest("storm", [Line(told, "high", True)] * count, timezone="UTC", language=language),
        draw_notice(f"{fence(title)} {text}\n{other}", language),
    ):
        assert 0 < units(message.text) <= 4096
        assert len(message.spans) <= 100
        assert balanced(message.text)
        for span in message.spans:
            inside = message.text[span.start : span.end]
            assert inside and inside == inside.strip()


# ------------------------------------------------------------------------------------------------- what operators are told


def test_every_language_has_the_same_notes_with_the_same_places() -> None:
    english = notes("en")
    for language in LANGUAGES:
        assert sorted(notes(language)) == sorted(english)
        for key, sentence in notes(language).items():
            if key != "between":  # whose English is made elsewhere
                assert places(sentence) == places(english[key]), key
            assert closed(sentence), key


@pytest.mark.parametrize("language", OTHERS)
def test_notes_are_in_the_letters_of_their_language_with_everything_latin_fenced(language: str) -> None:
    strange = {"ar": "کیگپچژ", "fa": "كيىة"}[language]
    for key, sentence in notes(language).items():
        outside = re.sub(rf"{FSI}[^{PDI}]*{PDI}|\{{\w+\}}", "", sentence)
        assert not re.search("[A-Za-z/#@]", outside), key
        assert not [letter for letter in strange if letter in outside], key


def test_every_condition_of_a_source_has_a_word_and_a_remedy_in_every_language() -> None:
    for language in LANGUAGES:
        for kind, remedy in REMEDIES.items():
            assert in_language(language, said(f"is_{kind}"))
            assert bool(in_language(language, said(f"do_{kind}"))) == bool(remedy.next)


@pytest.mark.parametrize("language", OTHERS)
def test_a_notice_of_a_broken_source_reads_from_right_to_left_whatever_its_reason_is(language: str) -> None:
    told = said(
        "broken", source="mehr-en", what=said("is_no_list"), outcome="suspect", polls=said("polls", count=3), since=NOW,
        was=said("listed", items=20), detail="the selectors find nothing in <ul class='news'>", last=said("never"),
        next=said("do_no_list"),
    )  # fmt: skip
    message = draw_notice(in_language(language, told), language)
    lines = message.text.split("\n")
    assert len(lines) == 4
    for line in lines:
        assert runs_right_to_left(line) and closed(line), line
    assert "mehr-en" in lines[0] and "20" in lines[0] and "bayan sources repair ID" in lines[3]


@given(st.text(max_size=200), st.sampled_from(OTHERS))
def test_no_reason_of_others_opens_a_fence_in_a_notice(reason: str, language: str) -> None:
    told = in_language(language, said("channel_gone", channel=reason, reason=reason))
    assert closed(told)
    assert all(closed(line) for line in draw_notice(told, language).text.split("\n"))
