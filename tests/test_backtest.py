"""What a watch would have rung for on the stored statements: counted as it would have been judged, compared, never written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import backtest as trial
from alerts import perusal
from alerts.backtest import Report, Tally, plan, with_alias, without_alias
from alerts.model import Actor, Keywords
from alerts.watch.asked import Asked, NotUnderstood, asked, is_name
from scraper.db import Database, open_database
from scraper.model import Source, Statement
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.stored import store_statements

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
KHAZALI = Actor(
    id="khazali", type="person", name="Qais al-Khazali", aliases=("قيس الخزعلي",), weak_aliases=("Khazali",),
    context=("Asaib",),
)  # fmt: skip
AAH = Actor(id="aah", type="group", name="Asa'ib Ahl al-Haqq", acronyms=("AAH",))
THREATS = Keywords(id="threats", any=("threat*",))
TEXTS = [
    ("Qais al-Khazali condemns", "He made a threat."),
    ("News", "Kays el-Hazali spoke in Baghdad."),
    ("خبر", "وقال قيس الخزعلي في كلمة"),
    ("Asaib", "Khazali of Asaib said so."),
    ("Nothing", "Rain is expected."),
    ("A threat", "Somebody threatens."),
]


def statement(number: int, title: str, text: str, **more: object) -> Statement:
    values = {
        "id": number, "source": "wire", "key": str(number), "url": None, "title": title, "summary": "", "text": text,
        "published": None, "said_on": None, "first_seen_at": NOW, "author": None, "language": None, "revision": 1,
        "extent": "text", "baseline": False,
    }  # fmt: skip
    return Statement(**{**values, **more})  # type: ignore[arg-type]


STATEMENTS = [statement(number, *texts) for number, texts in enumerate(TEXTS, 1)]


def tallied(tried: trial.Plan, statements: list[Statement] = STATEMENTS, samples: int = 5) -> Report:
    tally = Tally(tried, samples=samples)
    tally.add(statements)
    return tally.report(None)


def watched(report: Report, watch: str) -> trial.Watched:
    return next(one for one in report.watches if one.watch == watch)


# -------------------------------------------------------------------------------------------------------------- counting


def test_a_configured_watch_is_counted_as_it_would_have_been_judged() -> None:
    report = tallied(plan([KHAZALI], [THREATS], watched=["@khazali"]))
    one = watched(report, "@khazali")
    assert (report.read, report.statements, one.statements) == (6, 4, 4)
    assert one.sole == 3  # the first rings for threats too


def test_a_spelling_is_guilty_alone_only_where_nothing_else_of_the_actor_finds_it() -> None:
    aliased = replace(KHAZALI, aliases=("Kays el-Hazali", "قيس الخزعلي", "Abu Mahdi al-Iraqi"))
    more = [*STATEMENTS, statement(7, "Abu Mahdi al-Iraqi spoke", "")]
    guilt = {
        one.text: one for one in watched(tallied(plan([aliased], [], watched=["@khazali"]), more), "@khazali").aliases
    }
    assert (guilt["Kays el-Hazali"].statements, guilt["Kays el-Hazali"].only) == (1, 0)
    assert (guilt["Abu Mahdi al-Iraqi"].statements, guilt["Abu Mahdi al-Iraqi"].only) == (1, 1)
    assert guilt["Khazali"].only == 1


def test_the_entries_of_a_keyword_list_are_told_apart() -> None:
    lists = Keywords(id="k", any=("rain", "threat*"))
    guilt = {one.text: one.only for one in watched(tallied(plan([], [lists], watched=["k"])), "k").aliases}
    assert guilt == {"rain": 1, "threat*": 2}


def test_days_and_sources_are_counted() -> None:
    some = [replace(STATEMENTS[0], first_seen_at=NOW - timedelta(days=1), source="a"), STATEMENTS[1]]
    report = tallied(plan([KHAZALI], [], watched=["@khazali"]), some)
    assert [count for _, count in report.by_day] == [1, 1]
    assert dict(report.by_source) == {"a": 1, "wire": 1}


def test_what_stood_there_at_the_first_poll_is_counted_apart() -> None:
    report = tallied(plan([KHAZALI], [], watched=["@khazali"]), [replace(STATEMENTS[0], baseline=True)])
    assert (report.statements, report.baseline) == (1, 1)


def test_samples_show_different_spellings_before_the_same_again_with_the_hit_marked() -> None:
    same = [statement(number, "Qais al-Khazali again", "") for number in range(10, 30)]
    report = tallied(plan([KHAZALI], [], watched=["@khazali"]), [*same, *STATEMENTS], samples=3)
    samples = watched(report, "@khazali").samples
    assert len(samples) == 3
    assert len({sample.surface for sample in samples}) >= 2
    for sample in samples:
        assert next(sample.text[start:end] for start, end in sample.hits) == sample.surface


def test_an_official_outlet_makes_its_actor_the_speaker() -> None:
    outlet = Source(id="wire", kind="feed", url="https://a.example/", speaks_for=("khazali",))
    news = [statement(1, "Qais al-Khazali", "")]
    spoke = [watched(tallied(plan([KHAZALI], [], watched=["@khazali"], sources=of), news), "@khazali").spoke
             for of in ([outlet], [])]  # fmt: skip
    assert spoke == [1, 0]


# ------------------------------------------------------------------------------------------------------------- comparing


def test_one_alias_more_tells_what_it_would_have_caught() -> None:
    news = [*STATEMENTS, statement(9, "Sheikh of Sadiqoun speaks", "")]
    tried = with_alias(KHAZALI, "Sheikh of Sadiqoun")
    report = tallied(plan([KHAZALI], [], tried_actors=[tried]), news)
    assert (report.new.statements, report.new.alone, report.lost.statements) == (1, 1, 0)
    assert report.new.samples[0].statement == 9


def test_an_alias_taken_away_tells_what_would_be_lost() -> None:
    report = tallied(plan([KHAZALI], [], tried_actors=[without_alias(KHAZALI, "Khazali")]))
    assert (report.new.statements, report.lost.statements) == (0, 1)
    assert report.lost.samples[0].surface == "Khazali"


def test_a_longer_name_of_somebody_else_that_takes_a_hit_away_is_told_as_lost() -> None:
    namesake = Actor(id="other", type="person", name="Qais al-Khazali al-Tamimi")
    news = [statement(1, "Qais al-Khazali al-Tamimi opens a school", "")]
    report = tallied(plan([KHAZALI], [], tried_actors=[namesake]), news)
    assert (report.new.statements, report.lost.statements) == (1, 1)
    assert report.lost.samples[0].watch == "@khazali"


def test_a_list_called_new_does_not_mix_with_what_is_new() -> None:
    report = tallied(plan([], [], tried_keywords=[Keywords(id="new", any=("rain",))]))
    assert [sample.statement for sample in watched(report, "new").samples] == [5]
    assert [sample.statement for sample in report.new.samples] == [5]


names = st.text(min_size=1, max_size=20).filter(lambda text: any(letter.isalnum() for letter in text))


@given(names)
def test_an_alias_that_is_added_and_taken_away_leaves_the_actor(alias: str) -> None:
    for weak in (False, True):
        added = with_alias(KHAZALI, alias, weak=weak)
        if alias not in (KHAZALI.name, *KHAZALI.aliases, *KHAZALI.weak_aliases):
            assert alias in (added.weak_aliases if weak else added.aliases)
            assert without_alias(added, alias) == KHAZALI


def test_the_last_name_of_an_actor_stays() -> None:
    assert without_alias(AAH, AAH.name) == AAH
    assert without_alias(KHAZALI, KHAZALI.name).name == "قيس الخزعلي"


# --------------------------------------------------------------------------------------------------- from a real store


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path}/bayan.db")
    yield opened
    opened.close()


async def test_without_patience_a_few_are_looked_at_and_it_says_that_older_ones_were_left(database: Database) -> None:
    store_statements(database, "wire", TEXTS * 5, NOW)
    report = await trial.backtest(database, plan([KHAZALI], [], watched=["@khazali"]), patience=0.0)
    every = await trial.backtest(database, plan([KHAZALI], [], watched=["@khazali"]))
    assert (report.read, report.cut) == (10, True)
    assert (every.read, every.cut) == (30, False)


async def test_the_store_is_read_in_pages_and_all_of_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perusal, "PAGE", 4)
    store_statements(database, "wire", TEXTS, NOW - timedelta(days=3))
    store_statements(database, "agency", TEXTS, NOW)
    seen: list[int] = []
    report = await trial.backtest(database, plan([KHAZALI], [], watched=["@khazali"]), progress=seen.append)
    assert (report.read, report.statements, report.cut) == (12, 8, False)
    assert seen == [4, 8, 12]


async def test_only_the_days_that_are_asked_for_are_read(database: Database) -> None:
    store_statements(database, "wire", TEXTS, NOW - timedelta(days=3))
    store_statements(database, "agency", TEXTS[:1], NOW)
    report = await trial.backtest(database, plan([KHAZALI], [], watched=["@khazali"]), since=NOW - timedelta(days=1))
    assert (report.read, dict(report.by_source)) == (1, {"agency": 1})


async def test_a_bounded_look_says_that_it_was_cut(database: Database) -> None:
    store_statements(database, "wire", TEXTS, NOW)
    report = await trial.backtest(database, plan([KHAZALI], [], watched=["@khazali"]), most=2)
    assert (report.read, report.cut) == (2, True)


# ---------------------------------------------------------------------------------------------------- what is asked for


@pytest.mark.parametrize(
    ("text", "reading", "watch"),
    [
        ("khazali", "id", "@khazali"),
        ("@khazali", "id", "@khazali"),
        ("threats", "id", "threats"),
        ('"Hadi al-Amiri"', "name", "@hadi-al-amiri"),
        ("Hadi al-Amiri", "name", "@hadi-al-amiri"),
        ("هادي العامري", "name", "@tried"),
        ("QAYS AL-KHAZALI", "name", "@qays-al-khazali"),
        ("قيس الخزعلى", "name", "@khazali"),
        ("missile port", "rule", "tried"),
        ("Missile AND Port", "rule", "tried"),
        ('"cease fire"~3', "rule", "tried"),
        ("@khazali NEAR/5 threat*", "rule", "tried"),
        ("-drone missile", "rule", "tried"),
    ],
)
def test_an_id_a_name_and_a_rule_are_told_apart(text: str, reading: str, watch: str) -> None:
    one = asked(text, [KHAZALI], [THREATS])
    assert (one.reading, one.watch) == (reading, watch)


def test_what_could_be_both_is_read_as_somebody_says() -> None:
    assert asked("Missile Port", [], [], reading="rule").keywords == Keywords(id="tried", query="Missile Port")
    assert asked("missile", [], [], reading="name").actor == Actor(id="missile", type="person", name="missile")


def test_a_name_whose_id_is_taken_gets_another() -> None:
    one = asked("Khazali", [replace(KHAZALI, id="khazali")], [])
    assert one.watch == "@khazali-2"


@pytest.mark.parametrize("text", ["", "missile AND", '"""', "wo*", "NOT drone", "nobody-has-this-id OR"])
def test_what_cannot_be_understood_says_what_to_write(text: str) -> None:
    with pytest.raises(NotUnderstood):
        asked(text, [KHAZALI], [THREATS])


@given(st.text(max_size=60))
def test_whatever_is_asked_for_is_understood_or_refused_in_words(text: str) -> None:
    is_name(text)
    try:
        assert isinstance(asked(text, [KHAZALI], [THREATS]), Asked)
    except NotUnderstood as error:
        assert str(error)


# ----------------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def filled(bayan: Bayan) -> Bayan:
    """A store with the texts of this file, said a day ago; who is watched is `tests/command.py`'s own."""
    bayan.configure(source("wire", "https://wire.example/feed"))
    bayan.data.mkdir()
    with bayan.store() as database:
        store_statements(database, "wire", TEXTS, datetime.now(UTC) - timedelta(days=1))
    return bayan


def test_the_command_tells_how_often_where_and_by_which_spelling(filled: Bayan) -> None:
    ran = filled("backtest", "khazali", "--days", "7")
    assert ran.code == 0
    assert "3 statements would have rung" in ran.out
    assert "wire 3" in ran.out
    assert "[Qais al-Khazali]" in ran.out
    assert ran.err == ""


def test_a_rule_a_name_and_a_file_are_tried_beside_todays_watchlist(filled: Bayan) -> None:
    (filled.folder / "more.toml").write_text('[keywords.rain]\nany = ["rain"]\n', "utf-8")
    for subject in ("rain AND expected", '"Rain"', str(filled.folder / "more.toml")):
        row = filled("backtest", subject, "--json").json
        assert (row["schema"], row["statements"], row["new"]["statements"], row["lost"]["statements"]) == (1, 1, 1, 0)


def test_an_alias_is_tried_and_taken_away_from_the_command_line(filled: Bayan) -> None:
    tried = filled("backtest", "--alias", "khazali", "Somebody", "--json").json
    assert (tried["new"]["statements"], tried["new"]["alone"]) == (1, 0)
    gone = filled("backtest", "khazali", "--without", "قيس الخزعلي")
    assert "lost: 0 statements" in gone.out  # the Latin names find it by its sound


def test_a_backtest_writes_nothing(filled: Bayan) -> None:
    before = {file.name: file.read_bytes() for file in filled.data.iterdir() if file.suffix == ".db"}
    filled("backtest", '"Rain"')
    assert {file.name: file.read_bytes() for file in filled.data.iterdir() if file.suffix == ".db"} == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["backtest", "missile AND"], "as a rule"),
        (["backtest", "--alias", "khazalli", "X"], "did you mean khazali"),
        (["backtest", "khazali", "--without", "Nobody"], "has no alias"),
        (["backtest", "khazali", "--weak"], "--alias"),
        (["backtest", "khazali", "--days", "1e12"], "calendar"),
        (["backtest", "khazali", "--days", "nan"], "0.01"),
        (["actors", "suggest", "Hadi", "--days", "1e12"], "calendar"),
    ],
)
def test_a_mistyped_question_ends_with_2_and_what_to_write(filled: Bayan, words: list[str], said: str) -> None:
    ran = filled(*words)
    assert ran.code == 2
    assert said in " ".join(ran.err.split())


def test_a_file_with_mistakes_is_told_as_the_configuration_is(filled: Bayan) -> None:
    (filled.folder / "bad.toml").write_text("[actors.X]\n", "utf-8")
    assert filled("backtest", str(filled.folder / "bad.toml")).code == 78


# -------------------------------------------------------------------------------------------------------------- the sieve


@pytest.mark.parametrize(
    "tried",
    [
        plan([KHAZALI, AAH], [THREATS], watched=["@khazali"]),
        plan([KHAZALI, AAH], [THREATS], watched=["threats"]),
        plan([KHAZALI], [THREATS], tried_actors=[AAH]),
        plan([KHAZALI], [THREATS], tried_actors=[with_alias(KHAZALI, "Somebody")]),
        plan([KHAZALI], [THREATS], tried_actors=[without_alias(KHAZALI, "Khazali")]),
        plan([KHAZALI], [THREATS], tried_actors=[Actor("other", "person", "Qais al-Khazali al-Tamimi")]),
        plan([KHAZALI], [THREATS], tried_keywords=[replace(THREATS, any=("rain",))]),
        plan([KHAZALI], [THREATS], tried_keywords=[Keywords("rule", query="@khazali AND threat*")]),
    ],
)
def test_what_the_sieve_passes_over_changes_nothing(tried: trial.Plan) -> None:
    more = [statement(20, "Qais al-Khazali al-Tamimi spoke", ""), statement(21, "AAH and Asaib Ahl al-Haq", "")]
    assert tallied(tried, [*STATEMENTS, *more]) == tallied(replace(tried, sieve=()), [*STATEMENTS, *more])
