"""Who gets an alert: the table is read from top to bottom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alerts.model import Actor, Keywords, Match, Ring, Role, Route
from alerts.route import route
from scraper.model import Source, Statement

STATEMENT = Statement(
    id=1, source="agency", key="u:x", url=None, title="t", summary="", text="", published=None, said_on=None,
    first_seen_at=datetime(2026, 1, 1, tzinfo=UTC), author=None, language="ar", revision=1, extent="headline",
    baseline=False,
)  # fmt: skip
SOURCE = Source(id="agency", kind="feed", url="https://a.example/", tags=("official", "iraq"))
ACTORS = {"khazali": Actor("khazali", "person", "Qais al-Khazali", priority="high")}
KEYWORDS = {"threats": Keywords("threats", any=("threat*",))}


def match(actor: str | None = None, rule: str | None = None) -> Match:
    return Match(rule, actor, "A", None, "title", 0, 1, "t", "t")


BOTH = (match(actor="khazali"), match(rule="threats"))


def rings(*routes: Route, matches: tuple[Match, ...] = BOTH, **changed: Any) -> tuple[Ring, ...]:
    return route(
        replace(STATEMENT, **changed),
        matches,
        routes=routes,
        channels=("one", "two"),
        source=SOURCE,
        actors=ACTORS,
        keywords=KEYWORDS,
    )


def channels(*routes: Route, **more: Any) -> list[str]:
    return [ring.channel for ring in rings(*routes, **more)]


def test_without_routes_every_match_goes_to_every_channel() -> None:
    assert channels() == ["one", "two"]


def test_without_matches_nothing_rings() -> None:
    assert rings(matches=()) == ()


def test_a_baseline_statement_never_rings() -> None:
    assert rings(baseline=True) == ()


def test_the_first_route_that_takes_a_statement_ends_the_reading() -> None:
    assert channels(Route("a", ("one",)), Route("b", ("two",))) == ["one"]


def test_a_route_that_proceeds_lets_later_ones_speak() -> None:
    assert channels(Route("a", ("one",), proceed=True), Route("b", ("two",))) == ["one", "two"]


def test_a_channel_named_by_two_routes_rings_once_with_both_names_and_the_higher_priority() -> None:
    found = rings(Route("a", ("one",), priority="low", proceed=True), Route("b", ("one",), priority="urgent"))
    assert found == (Ring("one", ("a", "b"), "urgent"),)


def test_require_any_takes_one_of_the_listed_and_require_all_wants_both() -> None:
    either = Route("r", ("one",), actors=("khazali",), keywords=("threats",))
    both = replace(either, require="all")
    assert channels(either, matches=(match(actor="khazali"),)) == ["one"]
    assert channels(both, matches=(match(actor="khazali"),)) == []
    assert channels(both) == ["one"]


def test_a_star_means_any_actor() -> None:
    assert channels(Route("r", ("one",), actors=("*",))) == ["one"]
    assert channels(Route("r", ("one",), actors=("*",)), matches=(match(rule="threats"),)) == []


def test_conditions_on_source_tag_and_language_must_all_hold() -> None:
    assert channels(Route("r", ("one",), source_tags=("official",), languages=("ar",))) == ["one"]
    assert channels(Route("r", ("one",), source_tags=("wire",))) == []
    assert channels(Route("r", ("one",), sources=("other",))) == []
    assert channels(Route("r", ("one",), languages=("en",))) == []
    assert channels(Route("r", ("one",), languages=("ar",)), language="ar-IQ") == ["one"]


def test_a_statement_of_unknown_language_is_kept_from_nobody() -> None:
    assert channels(Route("r", ("one",), languages=("en",)), language=None) == ["one"]


def test_priority_is_inherited_from_what_matched_where_the_route_has_none() -> None:
    assert rings(Route("r", ("one",)))[0].priority == "high"
    assert rings(Route("r", ("one",)), matches=(match(rule="threats"),))[0].priority == "normal"


def said(actor: str, role: Role) -> Match:
    return replace(match(actor=actor), role=role)


def test_a_route_may_ask_for_what_its_actors_said_or_for_what_is_said_about_them() -> None:
    by = Route("by", ("one",), actors=("khazali",), role="speaker")
    about = replace(by, role="mentioned")
    assert channels(by, matches=(said("khazali", "speaker"),)) == ["one"]
    assert channels(by, matches=(said("khazali", "mentioned"), said("other", "speaker"))) == []
    assert channels(about, matches=(said("khazali", "mentioned"), said("other", "speaker"))) == ["one"]
    assert channels(about, matches=(said("khazali", "speaker"),)) == []


def test_who_is_named_twice_and_speaks_once_is_a_speaker() -> None:
    twice = (said("khazali", "mentioned"), said("khazali", "speaker"))
    assert channels(Route("by", ("one",), role="speaker"), matches=twice) == ["one"]
    assert channels(Route("about", ("one",), role="mentioned"), matches=twice) == []


def test_a_route_that_asks_who_speaks_needs_an_actor_beside_its_keywords() -> None:
    row = Route("r", ("one",), keywords=("threats",), role="speaker")
    assert channels(row, matches=(match(rule="threats"),)) == []
    assert channels(row, matches=(match(rule="threats"), said("khazali", "speaker"))) == ["one"]
    assert channels(row, matches=(said("khazali", "speaker"),)) == []
