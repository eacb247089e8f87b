"""The rule language: what fires, what stays silent, what is refused and how, and what a rule will do is told before it does."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.config import load, load_watchlists
from alerts.model import Actor, Keywords, Match
from alerts.watch.judging import MOST_MATCHES
from alerts.watch.match import compile_watchlist
from alerts.watch.places import Place, near, with_slop
from alerts.watch.query import Refusal, read_query
from alerts.watch.required import required
from alerts.watch.rules import compile_rule
from alerts.watch.sense import never
from alerts.watch.tree import And, Not, Or, Phrase, Tree, Word, settled
from scraper.errors import ConfigError

MANUAL = (Path(__file__).parent.parent / "docs" / "rules.md").read_text("utf-8")
BRIGADE = Actor("dawn-brigade", "group", "Dawn Brigade", aliases=("لواء الفجر",))
SITE = """[sources.wire]
kind = "feed"
url = "https://wire.example/feed"
tags = ["wires", "ports"]
[channels.screen]
kind = "console"
"""


def told(query: str, body: str, title: str = "", **about: Any) -> tuple[Match, ...]:
    watch = compile_watchlist((BRIGADE,), (Keywords("rule", query=query),))
    return tuple(match for match in watch.match(title, body, **about) if match.rule == "rule")


def surfaces(query: str, body: str, title: str = "", **about: Any) -> list[str]:
    return [match.surface for match in told(query, body, title, **about)]


def refusal(query: str) -> Refusal:
    found = read_query(query, ("dawn-brigade",))
    assert isinstance(found, Refusal), found
    return found


def problems(folder: Path, text: str) -> list[str]:
    file = folder / "watch.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_watchlists(file)
    return [str(problem).removeprefix(f"{folder}/") for problem in raised.value.problems]


def warnings(folder: Path, query: str) -> list[str]:
    file = folder / "config.toml"
    file.write_text(f"{SITE}[keywords.rule]\nquery = '{query}'\n", "utf-8")
    return [line.partition("keywords.rule.query: ")[2] for line in load(file, {"HOME": str(folder)}).warnings]


# ------------------------------------------------------------------------------------------------- the manual's own word


def rows(heading: str) -> list[list[str]]:
    """The code of each cell of the first table under a heading of the manual."""
    section = MANUAL.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[code.strip("`") for code in re.findall(r"`[^`]+`", line)] for line in lines]


@pytest.mark.parametrize("row", rows("Terms"), ids=str)
def test_the_manual_shows_what_a_term_fires_on_and_what_not(row: list[str]) -> None:
    rule, fires, silent = row
    assert told(rule, fires)
    assert not told(rule, silent)


@pytest.mark.parametrize("row", rows("Operators"), ids=str)
def test_the_manual_shows_how_operators_are_read(row: list[str]) -> None:
    written, meant = (read_query(rule, ()) for rule in row)
    assert not isinstance(written, Refusal)
    words = sorted(set(re.findall(r"[a-z]+", row[0])))
    for count in range(len(words) + 1):
        for some in itertools.permutations(words, count):
            text = " ".join(some)
            assert bool(told(row[0], text)) == bool(told(row[1], text)), text
    assert not isinstance(meant, Refusal)


@pytest.mark.parametrize("row", rows("What is refused"), ids=str)
def test_the_manual_shows_what_is_refused(row: list[str]) -> None:
    assert refusal(row[0]).hint


def test_every_rule_in_the_manual_can_be_read() -> None:
    refused = {row[0] for row in rows("What is refused")} | {"port OR NOT drone", "&&"}
    shown = set(re.findall(r"`([^`\n]*(?:NEAR/\d|:[a-z(]|@[a-z])[^`\n]*)`", MANUAL)) - refused
    shown = {rule for rule in shown if not rule.startswith("bayan ")}
    assert len(shown) > 10
    assert [rule for rule in shown if isinstance(read_query(rule, ("dawn-brigade", "id")), Refusal)] == []


# -------------------------------------------------------------------------------------------------------------- what fires


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("savetheport", "#SaveThePort now"),
        ("cases", "#Covid19Cases today"),
        ("مومن", "رجل مؤمن"),
        ("صلاة", "صلاه الفجر"),
        ("حق", "للحق وجه"),
        ("حق", "والحق يقال"),
        ("بلد", "وبالبلد نهر"),
        ("صرف*", "بالصرفيات"),
        ("Ankara", "Ankara’dan geldi"),
        ("israel", "qu'Israël a dit"),
        ("Sisli", "ŞİŞLİ"),
        ("lodz", "w Łodź"),
        ("seher", "şəhər"),
        ("צרציל", "צ'רצ'יל נאם"),
        ("بيت", "بيـــت\u200f"),
        ("१२", "12 men"),
        ('"a b"~0', "a, b"),
        ('="New Dawn"', "the New\n Dawn."),
        ('="café"', "un cafe\u0301!"),
        ('="port"', "air\u00adport"),
        ('="AAH" NEAR/1 left', "AAH has left"),
        ("a NEAR/0 b", "b\n🚨 - a"),
        ("title:(a NEAR/1 b) OR c", "c"),
        ("(a)OR(b)", "b"),
        ("NOT(a) b", "b"),
        ("NOT (a OR NOT b)", "b"),
        ("x OR /^the end$/i", "The End"),
        ("\u200fa \u200f-c", "a b"),
        ("«cease fire»", "cease fire"),
        ('"one «two» three"', "one two three"),
        ("site:example.org OR x", "x"),
    ],
)
def test_a_rule_fires(query: str, text: str) -> None:
    assert told(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("شيء", "هذا شي"),
        ("حق", "وحق"),
        ("phone", "iPhone"),
        ('="cafe"', "un cafe\u0301!"),
        ('="the"', "#savethe"),
        ('="AAH" NEAR/0 left', "AAH has left"),
        ('"a b"~1', "b a"),
        ("a NEAR/9 a", "a b"),
        ('"a b" NEAR/9 "b c"', "a b c"),
        ("a -b", "a b"),
        ("a (b OR NOT c)", "a c"),
        ("/é/", "cafe"),
        ("lang:ar", "x"),
        ("port", "po\u200brt"),
    ],
)
def test_a_rule_stays_silent(query: str, text: str) -> None:
    assert not told(query, text)


def test_no_phrase_and_no_near_runs_from_the_title_into_the_body() -> None:
    assert told("a b", "b", title="a")
    assert not told('"a b"', "b", title="a")
    assert not told('"a b"~9', "b", title="a")
    assert not told("a NEAR/9 b", "b", title="a")


def test_filters_look_at_language_source_and_host() -> None:
    assert told("lang:ar", "x", language="AR-iq") and not told("lang:ar", "x", language="arz")
    assert told("source:WIRE", "x", source="wire") and not told("source:wire", "x", source="wire-2")
    assert told("tag:Iraq", "x", tags=("wire", "iraq")) and not told("tag:iraq", "x", tags=("iraqi",))
    assert told("site:example.org", "x", url="https://a.Example.org:8443/b")
    assert told("site:пример.рф", "x", url="https://xn--e1afmkfd.xn--p1ai/")
    for url in ("https://notexample.org/", "https://example.org@other.example/", "http://[", "", None):
        assert not told("site:example.org", "x", url=url)


def test_a_rule_asks_who_speaks() -> None:
    speech = "“We shall answer,” the Dawn Brigade said on Monday."
    about = "The minister said on Monday that the Dawn Brigade is weak."
    assert [match.surface for match in told("said:@dawn-brigade AND answer", speech)] != []
    assert not told("about:@dawn-brigade", speech)
    assert not told("said:@dawn-brigade", about)
    assert told("about:@dawn-brigade AND minister", about)
    assert told("said:@dawn-brigade", "The Dawn Brigade opened a school.", speaks_for=("dawn-brigade",))
    assert told("-said:@dawn-brigade weak", about)


def test_what_an_actor_says_names_the_actor() -> None:
    tree = read_query("said:@dawn-brigade -@dawn-brigade", ("dawn-brigade",))
    assert not isinstance(tree, Refusal)
    assert never(tree) == "“said:@dawn-brigade” must be there and “@dawn-brigade” must not"


@pytest.mark.parametrize("query", ["said:brigade", "about:", "said: @dawn-brigade", "said:@nobody"])
def test_who_speaks_is_asked_of_an_actor(query: str) -> None:
    assert refusal(query).message


def test_an_actor_counts_by_any_spelling_and_where_it_stands() -> None:
    assert surfaces("@dawn-brigade", "قال لواء الفجر") == ["لواء الفجر"]
    assert surfaces("threat NEAR/1 @dawn-brigade", "A threat by Dawn Brigade.") == ["threat by Dawn Brigade"]
    assert not told("title:@dawn-brigade", "Dawn Brigade")
    assert not told("x -@dawn-brigade", "x", title="Dawn Brigade")


def test_rules_do_not_disturb_each_other() -> None:
    queries = ("port", '"the port"', "port -ship", "title:port", "por*", "port NEAR/1 ship")
    watch = compile_watchlist((), [Keywords(f"r{n}", query=query) for n, query in enumerate(queries)])
    assert {match.rule for match in watch.match("", "the port")} == {"r0", "r1", "r2", "r4"}


# -------------------------------------------------------------------------------------------------------- what comes back


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("missile -x", "🚨👨\u200d👩\u200d👧 e\u0301 Missile", ["Missile"]),
        ("تهديد", "𝔸 والتهديد", ["والتهديد"]),
        ('"cease fire"', "🙂 a cease - fire now", ["cease - fire"]),
        ("b NEAR/2 a", "x a y b z", ["a y b"]),
        ("/T-[0-9]+/", "و🚨 T-72, T-90", ["T-72", "T-90"]),
        ('="é b"', "e\u0301  b", ["e\u0301  b"]),
        ("a c", "a b c", ["a", "c"]),
        ('mine OR "land mine"', "a land mine", ["land mine"]),
    ],
)
def test_a_match_is_the_words_that_made_it_true(query: str, text: str, found: list[str]) -> None:
    matches = told(query, text)
    assert [match.surface for match in matches] == found
    assert [text[match.start : match.end] for match in matches] == found
    assert {(match.tier, match.role, match.actor, match.field) for match in matches} == {("query", None, None, "body")}


def test_a_rule_that_fired_by_filters_alone_stands_nowhere() -> None:
    (match,) = told("lang:en source:wire", "x", language="en", source="wire")
    assert (match.surface, match.start, match.end, match.pattern) == ("", 0, 0, "lang:en source:wire")


def test_a_flood_of_hits_is_told_fifty_times() -> None:
    assert len(told("a NEAR/1 b", "a b " * 1_000)) == MOST_MATCHES


def test_why_a_rule_did_not_fire_is_told() -> None:
    watch = compile_watchlist((), (Keywords("r", query="missile port -(test OR drill) lang:en"),))
    reasons = [one.reason for one in watch.explain("", "A missile at sea.").suppressed]
    assert reasons == ["the rule needs “port” too"]
    reasons = [one.reason for one in watch.explain("", "port: missile test", language="en").suppressed]
    assert reasons == ["the rule excludes “test”"] * 2
    reasons = [one.reason for one in watch.explain("", "port: missile", language="ar").suppressed]
    assert reasons == ["the rule asks for lang:en"] * 2


# --------------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("", 0),
        ("\u200f ", 0),
        ("port OR NOT drone", 8),
        ("(a OR NOT b) (c OR -d)", 6),
        ("-source:x", 0),
        ("NOT (NOT a OR b) OR -c", 20),
        ("a -", 2),
        ("a --b", 2),
        ("a AND AND b", 6),
        ("-AND a", 1),
        ("a (OR b)", 3),
        ("a )", 2),
        ("a(b)", 1),
        ('a"b"', 1),
        ('"a"b', 3),
        ("(a)(b)", 3),
        ("a | b", 2),
        ("a||b", 0),
        ("!a b", 0),
        ("a ½", 2),
        ("a —", 2),
        ("title:-a b", 6),
        ("title:)", 0),
        ("title:(lang:ar a)", 6),
        ("a b:c", 2),
        ("lang:(ar OR en)", 0),
        ('source:"x"', 0),
        ("site:example.org/a", 0),
        ("site:*.org", 0),
        ("a NEAR/ b", 2),
        ("a Near/3 b", 2),
        ("a NEAR/51 b", 2),
        ("a NEAR/2 (b NEAR/1 c)", 9),
        ("a NEAR/2 (b c)", 9),
        ("a NEAR/2 NOT b", 9),
        ("a NEAR/2 lang:ar", 9),
        ("(title:a) NEAR/2 b", 0),
        ("NEAR/2 a", 0),
        ("abc**", 3),
        ("mis*-port", 3),
        ('"ab* c"', 3),
        ('"a * b"', 3),
        ("声明*", 2),
        ('"a b"~51', 5),
        ('"a b"~x', 5),
        ('"a" ~2', 4),
        ("missile~2", 7),
        ("e=mc2", 1),
        ('="!"', 0),
        ("//", 0),
        ("/a|/", 0),
        (r"/\b/", 0),
        ("/(?i)^/", 0),
        ("/a/ii", 3),
        ("/etc/passwd", 5),
        ("abc/", 3),
        ("/" + "a" * 501 + "/", 0),
        ("@Dawn-Brigade", 0),
        ("@dawn-brigade,", 0),
        ("a" * 2_001, 2_000),
        ("a " * 200 + "a", 400),
        ("(" * 21 + "a" + ")" * 21, 20),
    ],
)
def test_a_slip_is_refused_at_its_place_with_what_to_write(query: str, at: int) -> None:
    found = refusal(query)
    assert found.at == at
    assert found.message and found.hint


@pytest.mark.parametrize(
    "query",
    [
        "a" * 2_000,
        " ".join(["a"] * 200),
        "(" * 20 + "a" + ")" * 20,
        "NOT " * 498 + "a b",
        "/" + "a" * 500 + "/",
        "a NEAR/50 b",
        '"a b"~50',
        "title:(a -b)",
        "-@dawn-brigade a",
    ],
)
def test_what_is_just_within_the_limits_is_read(query: str) -> None:
    assert not isinstance(read_query(query, ("dawn-brigade",)), Refusal)


@given(st.text(st.sampled_from("ab *\"“()-/=~@:|?\\ نט声\u200f\u200c'"), max_size=40) | st.text(max_size=40))
def test_any_text_is_a_rule_or_is_refused_within_it(query: str) -> None:
    found = read_query(query, ())
    if isinstance(found, Refusal):
        assert 0 <= found.at <= len(query)
    else:
        told(query, query)


def test_all_refused_rules_are_named_at_once_and_no_other(tmp_path: Path) -> None:
    text = """[actors.dawn-brigade]
type = "group"
name = "Dawn Brigade"
[keywords.good]
query = "@dawn-brigade AND port"
[keywords.open]
query = '"cease fire'
[keywords.nobody]
query = "@nobody"
[keywords.empty]
query = ""
[keywords.both]
any = ["x"]
in = ["title"]
query = "x"
[keywords.shown]
in = ["title", "body"]
query = "x"
[keywords.neither]
priority = "high"
"""
    assert problems(tmp_path, text) == [
        'watch.toml:7:1: keywords.open.query: “"cease fire” (character 1): these quotes are never closed; '
        "write the second quotation mark, or leave this one out",
        "watch.toml:9:1: keywords.nobody.query: “@nobody” (character 1): there is no actor “@nobody” in this watchlist; "
        "write the id that stands in [actors.ID]",
        "watch.toml:11:1: keywords.empty.query: the rule is empty; write at least one word that shall be found",
        "watch.toml:13:1: keywords.both.any: cannot stand beside `query`; write it into the rule: (one OR other)",
        "watch.toml:14:1: keywords.both.in: cannot stand beside `query`; write it into the rule: title:(...)",
        'watch.toml:19:1: keywords.neither.any: is missing; for example any = ["threat*"], or a rule: query = "missile AND port"',
    ]


def test_the_command_refuses_with_its_own_exit_code_and_answers_with_a_filter_by_null(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[keywords.r]\nquery = 'a OR'\n", "utf-8")
    (tmp_path / "good.toml").write_text("[keywords.r]\nquery = 'site:example.org'\n", "utf-8")
    row = '{"id": "1", "text": "x", "url": "https://www.example.org/"}'
    code = "import sys, alerts.cli; sys.exit(alerts.cli.main())"
    bad, good = (
        subprocess.run(
            [sys.executable, "-c", code, "match", "--batch", "-", "--watchlist", name],
            cwd=tmp_path,
            input=row,
            capture_output=True,
            text=True,
        )
        for name in ("bad.toml", "good.toml")
    )
    assert (bad.returncode, good.returncode) == (78, 0)
    assert "bad.toml:2:1: keywords.r.query: something is missing behind “OR”" in bad.stderr
    (match,) = json.loads(good.stdout)["matches"]
    assert (match["rule"], match["field"], match["start"], match["end"], match["surface"]) == (
        "r",
        None,
        None,
        None,
        "",
    )


# ---------------------------------------------------------------------------------------------- what is told before it runs


@pytest.mark.parametrize(
    ("query", "warned"),
    [
        ("port -port", "can never match: “port” must be there and must not"),
        ('"the port" -port', 'can never match: “"the port"” must be there and “port” must not'),
        ("ports -port*", "can never match: “ports” must be there and “port*” must not"),
        ("a1b2c3 NEAR/2 port -port", "can never match: “a1b2c3 NEAR/2 port” must be there and “port” must not"),
        ("port (ship OR boat) -ship -boat", "can never match: “ship” must be there and must not"),
        ("port lang:ar lang:fa", "can never match: “lang:ar” and “lang:fa” never hold together"),
        ("port source:wires", 'there is no source "wires"; did you mean "wire"?'),
        ("port tag:wirse", 'no source has the tag "wirse"; did you mean "wires"?'),
        ("the", "fires on nearly everything in English"),
        ("/[a-z]/", "fires on nearly everything in English, Turkish"),
    ],
)
def test_what_can_never_match_or_matches_nearly_everything_is_told(tmp_path: Path, query: str, warned: str) -> None:
    assert warnings(tmp_path, query) == [warned]


@pytest.mark.parametrize(
    "query",
    [
        "port -title:port",
        "ports -port",
        "port (ship OR boat) -ship",
        "lang:ar lang:ar-IQ",
        "source:wire",
        "tag:wires tag:ports",
        "port",
    ],
)
def test_what_makes_sense_is_not_warned_of(tmp_path: Path, query: str) -> None:
    assert warnings(tmp_path, query) == []


def test_lists_are_foreseen_as_rules_are(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    lists = '[keywords.a]\nany = ["the", "missile"]\n[keywords.b]\nany = ["ports"]\nnone = ["port*"]\n'
    file.write_text(SITE + lists, "utf-8")
    assert [line.partition("keywords.")[2] for line in load(file, {"HOME": str(tmp_path)}).warnings] == [
        "a.any: fires on nearly everything in English",
        "b.any: can never match: “ports” must be there and “port*” must not",
    ]


def test_what_fires_in_every_language_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "[keywords.r]\nquery = '/./'\n") == [
        "watch.toml:2:1: keywords.r.query: fires on nearly everything; write what shall be found, and no more"
    ]


# ------------------------------------------------------------------------------------------------- properties and the corpus


def placed(word: str, text: Sequence[str]) -> list[Place]:
    return [Place(1, at, at + 1) for at, other in enumerate(text) if other == word]


@given(st.lists(st.sampled_from("abcx"), max_size=12), st.integers(0, 6))
def test_slop_finds_what_trying_everything_finds(text: list[str], slop: int) -> None:
    everything = any(
        i < j < k and k - i - 2 <= slop
        for i, j, k in itertools.product(*([at for at, other in enumerate(text) if other == word] for word in "abc"))
    )
    assert bool(with_slop([placed(word, text) for word in "abc"], slop)) == everything


@given(st.lists(st.sampled_from("abx"), max_size=12), st.integers(0, 6))
def test_near_finds_what_trying_everything_finds(text: list[str], most: int) -> None:
    everything = any(
        abs(i - j) - 1 <= most and i != j
        for i, j in itertools.product(*([at for at, other in enumerate(text) if other == word] for word in "ab"))
    )
    assert bool(near(placed("a", text), placed("b", text), most, lambda place: (0, 0))) == everything


trees: st.SearchStrategy[Tree] = st.recursive(
    st.sampled_from("abcd").map(lambda letter: Phrase((Word(letter),), letter)),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=12,
)


def is_true(tree: Tree, there: set[str]) -> bool:
    match tree:
        case Not():
            return not is_true(tree.part, there)
        case And():
            return all(is_true(part, there) for part in tree.parts)
        case Or():
            return any(is_true(part, there) for part in tree.parts)
    return tree.text in there


def spelled(tree: Tree) -> str:
    match tree:
        case Not():
            return f"NOT ({spelled(tree.part)})"
        case And() | Or():
            return f" {type(tree).__name__.upper()} ".join(f"({spelled(part)})" for part in tree.parts)
    return tree.text


@given(trees, st.sets(st.sampled_from("abcd")))
def test_a_rule_is_true_as_logic_says_and_only_where_something_required_is_met(tree: Tree, there: set[str]) -> None:
    found = read_query(spelled(tree), ())
    true = is_true(tree, there)
    assert is_true(settled(tree), there) == true
    if isinstance(found, Refusal):
        assert "NOT" in found.message or "levels" in found.message
        return
    assert bool(told(spelled(tree), " ".join(sorted(there)))) == true
    keys = required(compile_rule(Keywords("r", query=spelled(tree)), ()).tree)
    assert keys
    assert not true or keys & {(Word(letter),) for letter in there}


@pytest.mark.shared
def test_every_rule_of_the_corpus_does_as_it_should(shared: Path, tmp_path: Path) -> None:
    corpus = [json.loads(line) for line in (shared / "corpus/rules/dev.jsonl").read_text("utf-8").splitlines()]
    actors = tuple(
        Actor(row["actor_id"], row["kind"], row["name"], aliases=tuple(row.get("aliases", ())))
        for row in corpus
        if row.get("type") == "actor"
    )
    good = [row for row in corpus if "fires" in row]
    watch = compile_watchlist(actors, [Keywords(row["id"], query=row["rule"]) for row in good])
    wrong: list[Any] = []
    for row in good:
        about = {key: row.get(key) for key in ("language", "source", "url")}
        found = {
            match.surface
            for match in watch.match(row.get("title", ""), row["text"], **about)
            if match.rule == row["id"]
        }
        if bool(found) != row["fires"] or ("surface" in row and row["surface"] not in found):
            wrong.append((row["id"], row["rule"], found))
    tables = [
        f"[keywords.{row['id']}]\nquery = {json.dumps(row['rule'], ensure_ascii=False)}\n"
        for row in corpus
        if "rule" in row
    ]
    ids = "".join(f'[actors.{one.id}]\ntype = "{one.type}"\nname = "{one.name}"\n' for one in actors)
    named = {line.partition("keywords.")[2].partition(".")[0] for line in problems(tmp_path, ids + "".join(tables))}
    assert (wrong, named) == ([], {row["id"] for row in corpus if row.get("error")})
    assert len(good) >= 183 and len(named) >= 59
