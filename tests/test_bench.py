"""The analyst's bench: spellings that will be found, what they bring in the store, what in a watchlist will surprise."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.checkup import ENOUGH, Seen
from alerts.config import load_watchlists
from alerts.model import Actor, Keywords
from alerts.proposal import Proposal, as_toml, keep, measure, propose, prune, settled
from alerts.watch.collisions import Finding, check_actors, check_rules
from alerts.watch.match import compile_watchlist
from alerts.watch.rendered import SCRIPTS, render, script_of, words_of
from scraper.db import Database, open_database
from scraper.model import Source
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.stored import store_statements
from tests.test_backtest import statement

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
EXAMPLE = Path(__file__).resolve().parent.parent / "docs" / "examples" / "iraq.toml"
KHAZALI = Actor(id="khazali", type="person", name="Qais al-Khazali")
LAITH = Actor(id="laith", type="person", name="Laith al-Khazali")


# ------------------------------------------------------------------------------------------------------------- spellings


@pytest.mark.parametrize(
    ("name", "script", "expected"),
    [
        ("Qais al-Khazali", "Arabic", "قيس الخزعلي"),
        ("Qais al-Khazali", "Persian", "قیس خزعلی"),
        ("Qais al-Khazali", "Hebrew", "קיס אל-ח'זעלי"),
        ("Qais al-Khazali", "Cyrillic", "Кайс аль-Хазали"),
        ("Qais al-Khazali", "Turkish", "Kays el-Hazali"),
        ("Kays el-Hazali", "Arabic", "قيس الخزعلي"),
        ("قيس الخزعلي", "Latin", "Qais al-Khazali"),
        ("Кайс аль-Хазали", "Latin", "Kais al-Khazali"),
        ("Asa'ib Ahl al-Haqq", "Arabic", "عصائب أهل الحق"),
        ("Kata'ib Hizballah", "Arabic", "كتائب حزب الله"),
        ("Abd al-Aziz al-Muhammadawi", "Arabic", "عبد العزيز المحمداوي"),
        ("Vladimir Putin", "Cyrillic", "Владимир Путин"),
    ],
)
def test_a_name_is_written_in_other_scripts_as_they_write_it(name: str, script: str, expected: str) -> None:
    spelled = [text for text, _ in render(words_of(name), script)]  # type: ignore[arg-type]
    assert expected in spelled


def test_what_was_made_letter_by_letter_is_not_sure() -> None:
    assert render(words_of("Qais al-Khazali"), "Arabic")[0][1] is True
    assert render(words_of("Zwrbq al-Fnord"), "Arabic")[0][1] is False


@given(st.text(max_size=40))
def test_any_text_is_rendered_or_has_no_words(text: str) -> None:
    words = words_of(text)
    for script in SCRIPTS:
        for spelled, _ in render(words, script) if words else ():
            assert isinstance(spelled, str)
    assert script_of(text) in SCRIPTS


def test_every_spelling_says_truly_whether_it_is_found() -> None:
    for name in ("Qais al-Khazali", "Hadi al-Amiri", "قيس الخزعلي", "Akram al-Kaabi"):
        proposal = propose(name)
        watch = compile_watchlist([settled(proposal)], ())
        for one in proposal.by_script().values():
            for spelling in one:
                assert bool(watch.match("", spelling.text)) == bool(spelling.finds or spelling.kept), spelling


def test_what_the_name_finds_by_its_sound_needs_no_alias() -> None:
    assert settled(propose("Qais al-Khazali")) == replace(KHAZALI, id="qais-al-khazali")


def test_what_the_name_does_not_find_becomes_an_alias() -> None:
    actor = settled(propose("Taha al-Amiri"))
    assert "طه العامري" in actor.aliases
    assert "طه عامری" not in actor.aliases  # found through the Arabic one


@pytest.mark.parametrize(("name", "arabic"), [("Yahya Saree", "يحيى سرايا"), ("Ansar Dine", "أنصار دين")])
def test_a_known_word_that_is_said_otherwise_is_not_sure_and_no_alias_before_somebody_looked(
    name: str, arabic: str
) -> None:
    proposal = propose(name)
    (spelling,) = proposal.by_script()["Arabic"]
    assert (spelling.text, spelling.sure, spelling.kept) == (arabic, False, False)
    assert arabic not in settled(proposal).aliases
    if not spelling.finds:
        assert f'"{arabic}"' in as_toml(proposal) and "made letter by letter" in as_toml(proposal)


@pytest.mark.parametrize(
    "name", ["Qays al-Khaz'ali", "Haydar Abadi", "Mohamed Salem", "Hussain Suleymani", "Yehia Saleh"]
)
def test_a_known_word_in_another_transliteration_stays_sure(name: str) -> None:
    (spelling,) = propose(name).by_script()["Arabic"]
    assert spelling.sure


@pytest.mark.parametrize("name", ["AAH", "PMF", "ISIS", "ДНР"])
def test_an_acronym_is_written_as_it_is_and_no_other_word_of_its_letters_becomes_an_alias(name: str) -> None:
    assert settled(propose(name)).aliases == ()


def test_a_spelling_of_two_letters_is_no_alias_before_somebody_looked() -> None:
    for name in ("Wu", "Ho", "Ali Wu"):
        assert all(sum(map(str.isalpha, one)) >= 3 for one in settled(propose(name)).aliases)


def test_short_names_are_offered_and_not_taken() -> None:
    proposal = propose("Qais al-Khazali")
    assert {one.text for one in proposal.short()} == {"Khazali", "الخزعلي"}
    assert settled(proposal).weak_aliases == ()
    group = propose("Asa'ib Ahl al-Haqq", "group")
    assert [(one.text, one.kind) for one in group.short()] == [("AAH", "acronym")]


def test_keeping_and_pruning_change_the_actor_and_nothing_else() -> None:
    proposal = propose("Hadi al-Amiri")
    kept = keep(keep(proposal, "Amiri"), "Abu Hasan al-Amiri")
    assert settled(kept).weak_aliases == ("Amiri",)
    assert "Abu Hasan al-Amiri" in settled(kept).aliases
    assert prune(keep(proposal, "Amiri"), "Amiri") == proposal
    assert "هادي العامري" not in settled(prune(proposal, "هادي العامري")).aliases


@pytest.mark.parametrize(
    ("name", "type_", "id_"),
    [
        ("حركة النجباء", "group", "harakat-al-nujaba"),
        ("Kata'ib Hizballah", "group", "kataib-hizballah"),
        ("قيس الخزعلي", "person", "qais-al-khazali"),
        ("漢字", "person", "watched"),
    ],
)
def test_what_a_name_is_and_its_id_are_told_by_its_words(name: str, type_: str, id_: str) -> None:
    actor = propose(name).actor
    assert (actor.type, actor.id) == (type_, id_)


def test_an_actor_is_extended_by_a_name() -> None:
    proposal = propose("Abu Mahdi al-Iraqi", actors=[KHAZALI], actor=KHAZALI)
    assert settled(proposal).id == "khazali"
    assert "Abu Mahdi al-Iraqi" in settled(proposal).aliases


def test_spellings_that_ring_for_somebody_else_are_told() -> None:
    assert ("Kays al-Khazali", "khazali") in propose("Qays al-Khazali", actors=[KHAZALI]).rings_for


@given(st.text(min_size=1, max_size=30))
def test_whatever_is_proposed_is_toml_that_is_read(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    from scraper.text import clean_line

    name = clean_line(name)
    proposal = propose(name)
    if proposal.spellings:
        file = tmp_path_factory.mktemp("proposed") / "w.toml"
        file.write_text(as_toml(proposal), "utf-8")
        (actor,), _ = load_watchlists(file)
        assert actor == settled(proposal)


# ------------------------------------------------------------------------------------------------ what the store says


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/bayan.db")
    yield opened
    opened.close()


TEXTS = [
    ("Qais al-Khazali condemns", "A long day."),
    ("News", "Kays el-Hazali spoke; Khazali said more."),
    ("Sport", "Mohammed Khazali scored."),
    ("Sport", "Mohammed al-Khazali scored again."),
    ("Rain", "Nobody spoke."),
]


async def measured(database: Database, proposal: Proposal, *known: Actor) -> dict[str, tuple[int, int, dict[str, int]]]:
    found = await measure(database, proposal, actors=known, keywords=[])
    return {
        text: (one.statements, one.beside, dict(one.others)) for text, one in found.brought.items() if one.statements
    }


async def test_each_spelling_is_counted_as_it_is_written(database: Database) -> None:
    store_statements(database, "wire", TEXTS, NOW)
    brought = await measured(database, propose("Qais al-Khazali"))
    assert brought["Qais al-Khazali"][:2] == (1, 1)
    assert brought["Kays el-Hazali"][:2] == (1, 1)


async def test_a_surname_tells_how_often_it_is_somebody_else_and_whom(database: Database) -> None:
    store_statements(database, "wire", TEXTS, NOW)
    statements, beside, others = (await measured(database, propose("Qais al-Khazali")))["Khazali"]
    assert (statements, beside) == (4, 2)
    assert others == {"Mohammed Khazali": 2}


async def test_a_proposal_is_held_against_todays_watchlist(database: Database) -> None:
    store_statements(database, "wire", TEXTS, NOW)
    alone = await measure(database, propose("Qais al-Khazali"), actors=[], keywords=[])
    twice = await measure(database, propose("Qays Khazali"), actors=[KHAZALI], keywords=[])
    assert (alone.report.new.statements, alone.report.new.alone) == (2, 2)
    assert twice.report.new.alone == 0


async def test_only_so_much_of_the_store_is_read_as_was_asked_for(database: Database) -> None:
    store_statements(database, "wire", TEXTS, NOW)
    found = await measure(database, propose("Qais al-Khazali"), actors=[], keywords=[], most=3)
    assert (found.report.read, found.report.cut) == (3, True)


async def test_what_is_not_taken_stands_in_the_toml_with_its_count(database: Database) -> None:
    store_statements(database, "wire", TEXTS, NOW)
    proposal = propose("Qais al-Khazali")
    found = await measure(database, proposal, actors=[], keywords=[])
    toml = as_toml(proposal, found)
    assert '# "Khazali",  4 statements, 2 beside the full name' in toml
    assert tomllib.loads(toml)["actors"]["qais-al-khazali"]["weak_aliases"] == []


# ------------------------------------------------------------------------------------------------------- what surprises


def kinds(found: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.watch, one.text) for one in found]


def person(id_: str, name: str, *aliases: str, **more: object) -> Actor:
    return Actor(id_, "person", name, aliases, **more)  # type: ignore[arg-type]


def test_a_good_watchlist_is_quiet() -> None:
    aah = Actor("aah", "group", "Asa'ib Ahl al-Haqq", acronyms=("AAH",), context=("Iraq",))
    assert check_actors([KHAZALI, LAITH, aah]) == ()
    assert check_rules([Keywords("threats", any=("threat*",)), Keywords("rain", any=("rain",))]) == ()


def test_two_actors_of_one_sound_are_told_once() -> None:
    found = check_actors([KHAZALI, person("other", "Kays el-Hazali")])
    assert [(one.kind, one.watch) for one in found] == [("collision", "@khazali")]
    assert "@other" in found[0].message


def test_a_name_that_its_own_exclusion_silences_is_told() -> None:
    found = check_actors([replace(KHAZALI, not_near=("Kays el-Hazali",))])
    assert kinds(found) == [("silent", "@khazali", "Qais al-Khazali")]
    assert "not_near" in found[0].remedy


@pytest.mark.parametrize(
    ("actor", "kind", "text"),
    [
        (person("a", "Salim Marwani", "Ali"), "ambiguous", "Ali"),
        (person("a", "Salim Marwani", "Mohammed Hassan"), "ambiguous", "Mohammed Hassan"),
        (person("a", "Salim Marwani", "سيد"), "ambiguous", "سيد"),
        (Actor("a", "group", "Badr Organization", ("بدر",)), "common word", "بدر"),
        (Actor("a", "group", "The Front of Hope", ("Front",)), "common word", "Front"),
        (Actor("a", "group", "Marwani Brigade", ("MBR",)), "acronym", "MBR"),
        (Actor("a", "group", "Marwani Brigade", (), (), ("WHO",), ("Iraq",)), "acronym", "WHO"),
        (Actor("a", "group", "Marwani Brigade", (), (), ("mb",), ("Iraq",)), "acronym", "mb"),
        (person("a", "Salim Marwani", weak_aliases=("Marwani",)), "no context", "Marwani"),
        (person("a", "Salim Marwani", weak_aliases=("Marwani",), context=("Marwani",)), "no context", "Marwani"),
    ],
)
def test_what_says_too_little_is_told_with_a_remedy(actor: Actor, kind: str, text: str) -> None:
    found = check_actors([actor])
    assert (kind, "@a", text) in kinds(found)
    assert all(one.remedy for one in found)


def test_a_weak_alias_that_two_share_in_one_context_is_told() -> None:
    weak = [replace(one, weak_aliases=("Khazali",), context=("Asaib",)) for one in (KHAZALI, LAITH)]
    assert ("shared", "@khazali", "Khazali") in kinds(check_actors(weak))
    apart = [weak[0], replace(weak[1], context=("parliament",))]
    assert check_actors(apart) == ()


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (Keywords("a", any=("threat*", "rain")), Keywords("b", any=("threats",)), "nothing that a"),
        (Keywords("a", any=("rain", "snow")), Keywords("b", any=("snow", "hail")), "stands in b too"),
        (Keywords("a", any=("rain", "snow")), Keywords("b", query="snow OR rain"), "the same as b"),
        (Keywords("a", query="port AND ship"), Keywords("b", query="ship port"), "the same as b"),
    ],
)
def test_rules_that_overlap_are_told(first: Keywords, second: Keywords, message: str) -> None:
    found = check_rules([first, second])
    assert [one.kind for one in found] == ["overlap"]
    assert message in found[0].message


def test_rules_that_never_match_or_match_everything_are_told() -> None:
    rules = [Keywords("a", query="port -port"), Keywords("b", any=("the", "في", "در", "של", "в", "bir"))]
    assert [one.kind for one in check_rules(rules)] == ["never", "everything"]


def test_a_name_that_is_a_word_in_the_store_is_told() -> None:
    seen = Seen([Actor("dawn", "group", "Fajrun")], [Keywords("all", any=("report",))])
    seen.add([statement(number, "A report", "Fajrun came" if number % 5 == 0 else "") for number in range(ENOUGH)])
    assert kinds(seen.findings()) == [("common word", "@dawn", "Fajrun"), ("everything", "all", "")]


def test_few_statements_prove_nothing() -> None:
    seen = Seen([Actor("dawn", "group", "Fajrun")], [])
    seen.add([statement(number, "Fajrun came", "") for number in range(ENOUGH - 1)])
    assert seen.findings() == ()


def test_other_people_of_a_single_name_are_told_and_the_actors_own_long_name_is_not() -> None:
    actor = person("sadr", "Muqtada al-Sadr", "Sadrun")
    seen = Seen([actor], [])
    seen.add([statement(number, "", "Then Hasan Sadrun spoke") for number in range(3)])
    seen.add([statement(number, "", "Then Muqtada al-Sadr spoke") for number in range(3)])
    (found,) = seen.findings()
    assert (found.kind, found.text) == ("other people", "Sadrun")
    assert "“Hasan Sadrun” 3" in found.message


def test_two_lists_that_ring_together_are_told() -> None:
    seen = Seen([], [Keywords("a", any=("rain",)), Keywords("b", any=("umbrella",)), Keywords("c", any=("snow",))])
    seen.add([statement(number, "rain, umbrella", "snow" if number == 1 else "") for number in range(20)])
    assert kinds(seen.findings()) == [("overlap", "a", "")]


def test_a_rule_about_tags_is_looked_at_with_the_tags_of_the_source() -> None:
    rule, rows = Keywords("a", query="tag:port"), [statement(number, "rain", "") for number in range(ENOUGH)]
    tagged = Source(rows[0].source, "feed", "https://site.invalid/feed", tags=("port",))
    seen = [Seen([], [rule], sources) for sources in ((), (tagged,))]
    for one in seen:
        one.add(rows)
    assert [kinds(one.findings()) for one in seen] == [[], [("everything", "a", "")]]


@given(st.lists(st.builds(
    Actor, st.uuids().map(str), st.sampled_from(["person", "group"]), st.text(max_size=20),
    *[st.lists(st.text(max_size=12), max_size=2).map(tuple) for _ in range(5)],
), max_size=3))  # fmt: skip
def test_any_watchlist_is_checked_and_every_finding_has_a_remedy(actors: list[Actor]) -> None:
    for one in check_actors(actors):
        assert one.message
        assert one.remedy


# ------------------------------------------------------------------------------------------------- the starter watchlist


def test_the_starter_watchlist_is_quiet_and_each_of_its_names_is_found() -> None:
    actors, keywords = load_watchlists(EXAMPLE)
    assert check_actors(actors) + check_rules(keywords, actors) == ()
    watch = compile_watchlist(actors, keywords)
    for actor in actors:
        for name in (actor.name, *actor.aliases):
            assert [one.actor for one in watch.match("", f"{name} spoke")] == [actor.id], name
        for name in (*actor.weak_aliases, *actor.acronyms):
            assert actor.id in [one.actor for one in watch.match(actor.context[0], f"{name} spoke")], name


def test_every_actor_of_the_starter_watchlist_says_where_its_spellings_were_read() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("[actors."):
            assert lines[number - 1].startswith("# "), line


def test_the_starter_watchlist_meets_the_model_case() -> None:
    actors, keywords = load_watchlists(EXAMPLE)
    title = "Iraqi Militia Leader Qais Al-Khazali Condemns Threats To Khamenei, Warns Of Regional Instability"
    body = "He named Ayatollah Sayyid Ali Al-Husseini Khamenei and recalled an image of Ayatollah Ali Al-Sistani."
    found = {one.watch for one in compile_watchlist(actors, keywords).match(title, body)}
    assert {"@qais-al-khazali", "@ali-khamenei", "@ali-al-sistani", "threats", "condemnation"} <= found
    assert "@mojtaba-khamenei" not in found


# ---------------------------------------------------------------------------------------------------------- the commands


@pytest.fixture
def filled(bayan: Bayan) -> Bayan:
    bayan.configure(source("wire", "https://wire.example/feed"))
    bayan.data.mkdir()
    with bayan.store() as opened:
        store_statements(opened, "wire", TEXTS, datetime.now(UTC) - timedelta(days=1))
    return bayan


def test_the_list_tells_who_is_watched_and_when_they_rang(filled: Bayan) -> None:
    rows = filled("actors", "list", "--json").json["actors"]
    assert [(row["id"], row["aliases"], row["statements"], row["last_rung_at"]) for row in rows] == [
        ("khazali", 2, 0, None)
    ]
    assert "rang never" in filled("actors", "list").out


def test_suggestions_come_by_script_with_what_the_store_says_and_ready_toml(filled: Bayan) -> None:
    ran = filled("actors", "suggest", "Hadi al-Khazali", "--days", "7")
    assert ran.code == 0
    for shown in ("Latin", "Arabic", "Hebrew", "Cyrillic", "[actors.hadi-al-khazali]", "Mohammed Khazali 2"):
        assert shown in ran.out
    toml = filled("actors", "suggest", "Hadi al-Khazali", "--toml").out
    assert tomllib.loads(toml)["actors"]["hadi-al-khazali"]["name"] == "Hadi al-Khazali"


def test_suggestions_are_json_for_programs(filled: Bayan) -> None:
    row = filled("actors", "suggest", "Qays Khazali", "--json").json
    assert row["schema"] == 1
    assert row["would_ring"]["read"] == 5
    assert {one["actor"] for one in row["rings_for"]} == {"khazali"}


def test_without_a_store_suggestions_and_checks_still_come(bayan: Bayan) -> None:
    bayan.configure(source("wire", "https://wire.example/feed"))
    assert bayan("actors", "suggest", "Hadi al-Amiri").code == 0
    ran = bayan("actors", "check")
    assert ran.code == 0
    assert "nothing needs a person" in ran.out


def test_a_check_that_finds_something_ends_with_1_and_says_what_to_do(filled: Bayan) -> None:
    filled.file.write_text(filled.file.read_text("utf-8") + '[actors.bad]\ntype = "person"\nname = "Ali"\n', "utf-8")
    ran = filled("actors", "check")
    assert ran.code == 1
    assert "weak_aliases" in ran.out
    assert filled("actors", "check", "--json").json["findings"][0]["kind"] == "ambiguous"


def test_a_file_is_checked_without_any_configuration(bayan: Bayan) -> None:
    assert bayan.plain("actors", "check", str(EXAMPLE), "--no-store").code == 0


@pytest.mark.parametrize("words", [["actors", "suggest", "..."], ["actors", "suggest", "X Y", "--for", "nobody"]])
def test_a_name_without_letters_and_an_unknown_actor_end_with_2(filled: Bayan, words: list[str]) -> None:
    assert filled(*words).code == 2
