"""The compiled watchlist: what rings, what does not, where, and why; names and keyword lists."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.config import load_watchlists
from alerts.model import Actor, Keywords, Match
from alerts.watch.judging import MOST_MATCHES
from alerts.watch.match import Watchlist, compile_watchlist

GOLD = Path(__file__).parent / "gold"
KHAZALI = Actor(
    "khazali",
    "person",
    "Qais Al-Khazali",
    aliases=("Kays el-Hazali", "قيس الخزعلي"),
    weak_aliases=("Khazali", "الخزعلي"),
    context=("Asaib", "عصائب"),
    not_near=("Mohammed al-Khazali",),
)
AAH = Actor("aah", "group", "Asa'ib Ahl Al-Haqq", aliases=("عصائب أهل الحق",), acronyms=("AAH",))
HIDDEN = "\u00ad\u0640\u200b\u200d\u200e\u200f\u2060\u2066\u2069\ufeff"


def actors(*watched: Actor) -> Watchlist:
    return compile_watchlist(watched or (KHAZALI, AAH), ())


def named(*names: str) -> Watchlist:
    return compile_watchlist([Actor(f"a{at}", "person", name) for at, name in enumerate(names)], ())


def words(*entries: str, **others: Any) -> Watchlist:
    return compile_watchlist((), (Keywords("list", any=entries, **others),))


def surfaces(watch: Watchlist, text: str, title: str = "") -> list[str]:
    return [match.surface for match in watch.match(title, text)]


def only(watch: Watchlist, text: str, title: str = "") -> Match:
    (match,) = watch.match(title, text)
    return match


def reasons(watch: Watchlist, text: str, title: str = "", language: str | None = None) -> list[str]:
    explanation = watch.explain(title, text, language=language)
    assert explanation.matches == ()
    return [one.reason for one in explanation.suppressed]


# ---------------------------------------------------------------------------------------------------- a name is known


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("The cleric Qais Al-Khazali rejected it.", "Qais Al-Khazali"),
        ("QAIS AL KHAZALI", "QAIS AL KHAZALI"),
        ("Qaïs Khazali spoke", "Qaïs Khazali"),
        ("near Qais Al\u2011Khazali now", "Qais Al\u2011Khazali"),
        ("Qais\u00a0 el-Khazali", "Qais\u00a0 el-Khazali"),
        ("by Qais alKhazali", "Qais alKhazali"),
        ("QaisAlKhazali wrote", "QaisAlKhazali"),
        ("#QaisAlKhazali today", "QaisAlKhazali"),
        ("#qaisalkhazali today", "qaisalkhazali"),
        ("#Qais_Al_Khazali today", "Qais_Al_Khazali"),
        ("Qais al-Khazali's aide", "Qais al-Khazali's"),
        ("Qais al-Khazali’s aide", "Qais al-Khazali’s"),
        ("Toplantıda Kays el-Hazali'nin mektubu", "Kays el-Hazali'nin"),
        ("قيس الخزعلي", "قيس الخزعلي"),
        ("قَيْسٌ الخَزْعَلِيُّ قال", "قَيْسٌ الخَزْعَلِيُّ"),
        ("قيــس الخزعلى", "قيــس الخزعلى"),
        ("قیس خزعلی دیشب", "قیس خزعلی"),
        ("قیس‌ الخزعلی", "قیس‌ الخزعلی"),
        ("حضر وقيس الخزعلي", "وقيس الخزعلي"),
        ("رسالة لقيس الخزعلي", "لقيس الخزعلي"),
        ("#قيس_الخزعلي الآن", "قيس_الخزعلي"),
        ("ﻗﻴﺲ ﺍﻟﺨﺰﻋﻠﻲ", "ﻗﻴﺲ ﺍﻟﺨﺰﻋﻠﻲ"),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, surface: str) -> None:
    match = only(actors(), text)
    assert (match.actor, match.rule, match.tier) == ("khazali", None, "A")
    assert match.surface == surface == text[match.start : match.end]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Abd al-Rahman Saad", "Abdulrahman Saad"),
        ("Abdurrahman Saad", "Abd al-Rahman Saad"),
        ("عبدالرحمن سعد", "عبد الرحمن سعد"),
        ("عبد الرحمن سعد", "عبدالرحمن سعد"),
        ("Muqtada es-Sadr", "Muqtada al-Sadr"),
        ("Muqtada al-Sadr", "Muqtada as-Sadr"),
        ("Muqtada al-Sadr", "Muqtada esSadr"),
        ("Haşim Bey", "Hashim Bey"),
        ("Hasim Bey", "Haşim Bey"),
        ("Hezb Ollah", "Hezb-ollah"),
        ("Hezbollah", "Hezb-ollah"),
        ("The Islamic Front of Ruritania", "Islamic Front of the Ruritania"),
        ("קייס אל-ח'זעלי", "שקייס אל־חזעלי"),
        ("Кайс аль-Хазали", "КАЙС АЛЬХАЗАЛИ"),
        ("ﷲ Khan", "الله Khan"),
    ],
)
def test_articles_and_joints_do_not_part_two_spellings(name: str, text: str) -> None:
    assert surfaces(named(name), f"« {text} »") == [text]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("محمد علي", "محمد وعلي في البيت"),
        ("محمد علي", "على محمد"),
        ("Al-Badr", "the poet Badr wrote"),
        ("Al Gore", "Gore Vidal"),
        ("The Base", "a base in the desert"),
        ("الشباب", "شباب الحي"),
        ("Muqtada al-Sadr", "Muqtada as Khadr"),
        ("Нана", "HAHA"),
        ("cop", "сор"),
    ],
)
def test_a_name_is_not_found_in_what_is_no_spelling_of_it(name: str, text: str) -> None:
    assert surfaces(named(name), text) == []


def test_a_name_of_one_word_is_found_with_any_article() -> None:
    assert surfaces(named("Al-Badr"), "el-Badr, Al Badr, AlBadr") == ["el-Badr", "Al Badr", "AlBadr"]
    assert surfaces(named("الشباب"), "والشباب") == ["والشباب"]


def test_the_article_and_ayn_before_a_name_and_its_closing_bracket_are_part_of_it() -> None:
    assert surfaces(named("Khazali Qais"), "by al-Khazali Qais") == ["al-Khazali Qais"]
    assert surfaces(named("Ali Mamluk"), "of 'Ali Mamluk and 'Ali Mamluk'") == ["'Ali Mamluk", "Ali Mamluk"]
    assert surfaces(named("Relief (Lebanon)"), "the Relief (Lebanon).") == ["Relief (Lebanon)"]


# ---------------------------------------------------------------------------------------------------------- and evasion


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Qаis al-Khаzаli speaks", "look-alike letters"),
        ("Qais al-Κhazali speaks", "look-alike letters"),
        ("Ｑａｉｓ ａｌ-Ｋｈａｚａｌｉ", "look-alike letters"),
        ("𝐐𝐚𝐢𝐬 𝐚𝐥-𝐊𝐡𝐚𝐳𝐚𝐥𝐢", "look-alike letters"),
        ("Qais al-Kh\u200bazali", "hidden characters"),
        ("Q\u200ba\u200bi\u200bs al-K\u200bh\u200bazali", "hidden characters"),
        ("Qais al-Kh\u00adazali", "hidden characters"),
        ("Q\u200da\u200di\u200ds \u2060al-Khazali", "hidden characters"),
    ],
)
def test_a_disguised_name_is_found_and_the_disguise_is_told(text: str, step: str) -> None:
    match = only(actors(KHAZALI), text)
    assert step in match.steps
    assert text[match.start : match.end] == match.surface


def test_a_latin_twin_in_a_cyrillic_name_is_found() -> None:
    assert surfaces(named("Кайс Хазали"), "говорит Kайc Xазали") == ["Kайc Xазали"]


@given(st.data())
def test_hidden_characters_inside_a_name_never_hide_it(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["Qais Al-Khazali", "قيس الخزعلي", "Kays el-Hazali"]))
    disguised = "".join(letter + data.draw(st.text(HIDDEN, max_size=2)) for letter in name[:-1]) + name[-1]
    text = f"said {disguised} today"
    assert [match.actor for match in actors().match("", text)] == ["khazali"]


# ------------------------------------------------------------------------------------------------------- places are exact

PIECES = st.sampled_from([
    "Qais Al-Khazali", "وقيس الخزعلي", "#QaisAlKhazali", "Khazali", "AAH's", "threats", "والتهديد", "🚨🇮🇶", "e\u0301", "ﷺ", "声明",
    "\u200b", "«", "الخَزْعَلِي", "'", "-", " ", "\n", "a", "\ud800", "Asa'ib Ahl al-Haqq", "Mohammed al-Khazali",
])  # fmt: skip


@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=12))
def test_every_match_stands_where_it_says(title: list[str], body: list[str]) -> None:
    watch = compile_watchlist((KHAZALI, AAH), (Keywords("list", any=("threat*", "تهديد", "声明")),))
    text = {"title": "".join(title), "body": "".join(body)}
    explanation = watch.explain(text["title"], text["body"])
    assert watch.match(text["title"], text["body"]) == explanation.matches
    for match in (*explanation.matches, *(one.match for one in explanation.suppressed)):
        assert match.surface == text[match.field][match.start : match.end] != ""
    order = [(match.field == "body", match.start) for match in explanation.matches]
    assert order == sorted(order)


@given(st.text("abcdefghijklmnopqrstuvwxyzé", max_size=4), st.text("abcdefghijklmnopqrstuvwxyzé", max_size=4))
def test_no_match_begins_or_ends_inside_a_word(before: str, after: str) -> None:
    assume(before or after)
    watch = compile_watchlist([Actor("a", "person", "Zorkon Bradvik")], [Keywords("list", any=("wexford",))])
    text = f"{before}zorkon bradvik{after} {before}wexford{after}"
    for match in watch.match("", text):
        assert match.tier in ("B", "C")
        assert f" {match.surface} " in f" {text} "


# ------------------------------------------------------------------------------------------- weak names, acronyms, others


def test_a_weak_alias_alone_does_not_ring_and_says_so() -> None:
    assert surfaces(actors(), "Khazali United won") == []
    assert reasons(actors(), "Khazali United won") == [
        "a weak alias alone: neither a full name nor a word of context in this text"
    ]


def test_a_weak_alias_rings_beside_a_full_name_in_title_or_body() -> None:
    match = actors().match("Qais al-Khazali speaks", "Then الخزعلي left")[1]
    assert (match.surface, match.steps) == ("الخزعلي", ("weak: with Qais Al-Khazali",))


def test_a_weak_alias_rings_beside_a_word_of_context() -> None:
    match = only(actors(KHAZALI), "Al-Khazali of the Asa'ib spoke")
    assert (match.surface, match.steps) == ("Al-Khazali", ("weak: with Asaib",))


def test_a_full_name_of_another_actor_is_no_company() -> None:
    assert surfaces(actors(), "Khazali and Asa'ib Ahl al-Haqq")[0] == "Khazali"
    assert surfaces(actors(Actor("x", "person", "Ola Nord", weak_aliases=("Nord",)), AAH), "Nord; عصائب أهل الحق") == [
        "عصائب أهل الحق"
    ]


def test_an_acronym_counts_as_it_is_written_and_in_company() -> None:
    assert surfaces(actors(), "Asa'ib Ahl al-Haq, عصائب أهل الحق (AAH)") == [
        "Asa'ib Ahl al-Haq",
        "عصائب أهل الحق",
        "AAH",
    ]
    assert reasons(actors(), "AAH, what a morning") == [
        "an acronym alone: neither a full name nor a word of context in this text"
    ]
    explanation = actors().explain("عصائب أهل الحق", "aah, the tea; the AAHS")
    assert [one.reason for one in explanation.suppressed] == ["not written as “AAH”"]


def test_a_namesake_in_not_near_is_not_meant() -> None:
    explanation = actors().explain("", "Mohammed al-Khazali met Qais al-Khazali")
    assert [match.surface for match in explanation.matches] == ["Qais al-Khazali"]
    assert [(one.match.surface, one.reason) for one in explanation.suppressed] == [
        ("al-Khazali", "stands in “Mohammed al-Khazali”, who is not meant")
    ]


def test_a_longer_name_of_somebody_else_swallows_a_shorter() -> None:
    watch = named("Faiz", "Mohammed Faiz Ahmad", "Faiz Ahmad")
    assert [match.actor for match in watch.match("", "Mohammed Faiz Ahmad and Faiz")] == ["a1", "a0"]
    swallowed = watch.explain("", "Mohammed Faiz Ahmad").suppressed
    assert {one.reason for one in swallowed} == {"part of a longer name, “Mohammed Faiz Ahmad” (@a1)"}


def test_a_swallowed_name_is_no_company_for_a_weak_one() -> None:
    short = Actor("short", "person", "Faiz Ahmad", weak_aliases=("Ahmad",))
    watch = actors(short, Actor("long", "person", "Mohammed Faiz Ahmad"))
    assert [match.actor for match in watch.match("", "Mohammed Faiz Ahmad said; Ahmad left")] == ["long"]


def test_two_actors_of_one_name_both_ring() -> None:
    assert [match.actor for match in named("Ali Hassan", "Ali Hassan").match("", "Ali Hassan")] == ["a0", "a1"]


@pytest.mark.parametrize("names", [("Abu Bakr", "Abubakr"), ("Abubakr", "Abu Bakr")])
def test_a_joined_spelling_is_shared_and_the_names_stay_apart(names: tuple[str, str]) -> None:
    watch = named(*names)
    assert sorted(str(match.actor) for match in watch.match("", "Abubakr")) == ["a0", "a1"]
    assert [match.pattern for match in watch.match("", "Abu Bakr")] == ["Abu Bakr"]


def test_one_place_rings_once_for_one_actor_by_its_longest_name() -> None:
    watch = actors(Actor("x", "person", "Faiz Ahmad", aliases=("Faiz", "Ahmad Khan", "Mohammed Faiz Ahmad")))
    assert surfaces(watch, "Mohammed Faiz Ahmad") == ["Mohammed Faiz Ahmad"]


def test_a_name_without_letters_finds_nothing() -> None:
    watch = compile_watchlist([Actor("x", "person", "…", aliases=("", "-", "ء"))], [Keywords("k", any=("!", "*", ""))])
    assert watch.match("…", "- ء ! * x") == ()


# -------------------------------------------------------------------------------------------------------- keyword lists


@pytest.mark.parametrize(
    ("entry", "text", "surface"),
    [
        ("threat*", "Threatening words", "Threatening"),
        ("threat", "The THREAT is real", "THREAT"),
        ("تهديد", "بالتهديد والوعيد", "بالتهديد"),
        ("التهديد", "للتهديد وجوه", "للتهديد"),
        ("تهديد*", "والتهديدات مستمرة", "والتهديدات"),
        ("موشک*", "موشک‌های تازه", "موشک‌های"),
        ("cease fire", "🙂 a cease - fire now", "cease - fire"),
        ("retaliat* strike", "A retaliatory strike.", "retaliatory strike"),
        ("ממשלה", "ובממשלה נאמר", "ובממשלה"),
        ("attaque", "L'attaque a duré", "L'attaque"),
        ("savetheport", "#SaveThePort now", "SaveThePort"),
        ("baskan", "Başkan'ın evi", "Başkan'ın"),
        ("اهل حق", "وأهل الحق", "وأهل الحق"),
    ],
)
def test_a_keyword_is_found_with_what_is_written_onto_it(entry: str, text: str, surface: str) -> None:
    match = only(words(entry), text)
    assert (match.rule, match.actor, match.tier, match.surface) == ("list", None, "query", surface)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("threat", "Threats were made"),
        ("port", "airport, report, portal"),
        ("التهديد", "تهديد جديد"),
        ("لا", "لأن القوم"),
        ("F-16", "an F16"),
        ("po*", "port"),
        ("cease fire", "They cease all fire"),
        ("port", "po\u200brt"),
        ("phone", "an iPhone"),
        ("copa", "сора"),
    ],
)
def test_a_keyword_is_not_found_in_what_only_resembles_it(entry: str, text: str) -> None:
    assert words(entry).match("", text) == ()


def test_a_phrase_does_not_run_from_the_title_into_the_body() -> None:
    assert words("missile port").match("Missile", "Port") == ()


def test_none_silences_the_whole_list_from_anywhere() -> None:
    watch = words("threat*", none=("threatened species",), fields=("title",))
    assert surfaces(watch, "calm", title="A threat") == ["threat"]
    assert reasons(watch, "The threatened species", title="A threat") == [
        "“threatened species” of the list's `none` stands in the body",
        "the list reads the title only",
    ]


def test_a_list_reads_its_fields_only() -> None:
    assert reasons(words("quiz", fields=("title",)), "a quiz") == ["the list reads the title only"]


@pytest.mark.parametrize(
    ("language", "rings"), [("ar", True), ("AR-iq", True), ("arz", False), ("en", False), (None, False)]
)
def test_a_list_for_a_language_rings_in_it_and_its_regions(language: str | None, rings: bool) -> None:
    watch = words("port", languages=("ar",))
    assert bool(watch.match("", "port", language=language)) is rings


def test_overlapping_hits_of_one_list_ring_once_by_the_longest() -> None:
    assert surfaces(words("car", "car bomb", "bomb*"), "A car bomb and a bombing") == ["car bomb", "bombing"]


def test_a_flood_of_hits_is_cut() -> None:
    watch = compile_watchlist([Actor("x", "person", "Ola Nord")], [Keywords("k", any=("nord",))])
    found = watch.match("", "Ola Nord " * 60_000)
    assert [sum(match.watch == watch for match in found) for watch in ("@x", "k")] == [MOST_MATCHES, MOST_MATCHES]


# ------------------------------------------------------------------------------------------------------------- the whole


def test_the_version_is_a_digest_of_what_is_watched() -> None:
    lists = (Keywords("a", any=("x",)), Keywords("b", any=("y",)))
    version = compile_watchlist((KHAZALI, AAH), lists).version
    assert version == compile_watchlist((AAH, KHAZALI), lists[::-1]).version
    assert version != compile_watchlist((KHAZALI,), lists).version
    assert re.fullmatch("[0-9a-f]{16}", version)


def test_the_gold_list_of_names_holds() -> None:
    watch = compile_watchlist(*load_watchlists(GOLD / "names.toml"))
    rows = [json.loads(line) for line in (GOLD / "names.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) >= 60
    wrong = [
        (row["text"], found, row["why"])
        for row in rows
        if (found := sorted({str(match.actor) for match in watch.match("", row["text"])})) != sorted(row["rings"])
    ]
    assert not wrong


@pytest.mark.shared
def test_rules_of_one_word_or_phrase_answer_as_specified(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "corpus" / "rules" / "dev.jsonl").read_text("utf-8").splitlines()]
    simple = re.compile(r'["“]([^"“”]*)["”]|([^\s"()/=:@~-][^\s"()/=:@~]*)')
    asked, wrong = 0, []
    for row in rows:
        plain = simple.fullmatch(row.get("rule", ""))
        if plain is None or "fires" not in row:
            continue
        asked += 1
        found = words(plain[1] or plain[2]).match(row.get("title", ""), row["text"], language=row.get("language"))
        if bool(found) != row["fires"] or ("surface" in row and row["surface"] not in [one.surface for one in found]):
            wrong.append((row["id"], row["note"], found))
    assert asked >= 80
    assert not wrong
