"""The verbs that look: status, statements, alerts, version. A store is filled by the real `run --once` where that matters."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts import outbox
from alerts.message import tag
from alerts.outbox import Draft
from scraper import sources, store
from scraper.db import Connection
from scraper.model import Item, Source, Validators
from scraper.novelty import ChangedStatement, Harvest, NewStatement
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_site import FakeSite

NOW = datetime.now(UTC).replace(microsecond=0)
AGENCY = source("agency", "https://agency.example/feed")
OLD = [("o1", "An old statement that was there before")]
RINGS = [("n1", "Qais al-Khazali speaks of the first matter today"), *OLD]


def keep(bayan: Bayan, *items: Item) -> list[int]:
    """Store one poll of the source `agency` that found these."""
    new = tuple(NewStatement(item, (f"u:{item.url}",), item.title, False) for item in items)

    def settle(conn: Connection) -> list[int]:
        sources.enrol(conn, [Source(id="agency", kind="feed", url="https://agency.example/feed")], NOW)
        return list(
            store.record_poll(
                conn, "agency", Harvest(new=new, items=len(new), baseline=True), silent=False,
                validators=Validators(), body_hash="h", moved_to="", now=NOW, due_at=NOW + timedelta(minutes=10),
            )
        )  # fmt: skip

    with bayan.store() as database:
        return database.write_now(settle)


def edit(bayan: Bayan, number: int, title: str, text: str) -> None:
    """The source has changed what it says."""
    changed = ChangedStatement(number, Item(None, "https://agency.example/1", title, text=text), (), title + text)

    def settle(conn: Connection) -> None:
        store.record_poll(
            conn, "agency", Harvest(changed=(changed,), items=1), silent=False,
            validators=Validators(), body_hash="h2", moved_to="", now=NOW, due_at=NOW,
        )  # fmt: skip

    with bayan.store() as database:
        database.write_now(settle)


def queue(bayan: Bayan, *subjects: str, state: str = "pending", kind: Any = "notice") -> None:
    """Queue notices, each in this state."""

    def settle(conn: Connection) -> None:
        for subject in subjects:
            outbox.put(conn, [Draft("screen", kind, subject, 1, "normal", NOW, text=f"About {subject}")], NOW)
            if state == "failed":
                claimed = outbox.claim(conn, "screen", NOW, NOW + timedelta(minutes=3))
                assert claimed is not None
                outbox.settle_failed(conn, claimed, "refused: it is too long", NOW)
        if state == "held":
            outbox.hold(conn, "a person must decide")

    with bayan.store() as database:
        database.write_now(settle)


def states(bayan: Bayan) -> list[str]:
    return [one["state"] for one in bayan("alerts", "list", "--json").json["alerts"]]


# -------------------------------------------------------------------------------------------------- status


def test_status_of_a_healthy_street_says_so_in_its_first_line(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    bayan("run", "--once")
    ran = bayan("status")
    assert ran.code == 0
    assert ran.out.splitlines()[0].startswith("all is well: 1 source, 0 failing; the last run ended")
    assert "statements 1" in ran.out


def test_status_names_what_fails_and_what_to_do(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"), source("lost", f"{site.origin}/nothing"))
    bayan("run", "--once")
    ran = bayan("status")
    assert ran.out.startswith("look here: 2 sources, 1 failing")
    assert "http_error x1" in ran.out
    assert ran.out.index("lost") < ran.out.index("agency")


def test_status_tells_a_service_that_is_silent(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(bayan)
    with bayan.store() as database:
        database.write_now(lambda conn: sources.beat(conn, "service", NOW - timedelta(hours=3)))
    ran = bayan("status")
    assert ran.out.startswith("look here")
    assert "last sign of life" in ran.out


def test_status_counts_what_is_held_and_what_failed_with_the_next_step(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    queue(bayan, "a", "b", state="failed")
    queue(bayan, "c", state="held")
    ran = bayan("status")
    assert "failed 2 (bayan alerts failed; bayan alerts retry)" in " ".join(ran.out.split())
    assert "held 1: bayan alerts release" in " ".join(ran.out.split())
    assert bayan("status", "--json").json["outbox"] == {
        "pending": 0, "unconfirmed": 0, "held": 1, "failed": 2, "oldest_pending_at": None,
    }  # fmt: skip


def test_status_as_json_has_the_fixed_form(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    bayan("run", "--once")
    found = bayan("status", "--json").json
    assert found["schema"] == 1
    assert {"id", "outcome", "outcome_at", "failures", "last_new_at", "due_at", "items"} <= set(found["sources"][0])
    assert set(found["outbox"]) == {"pending", "unconfirmed", "held", "failed", "oldest_pending_at"}


def test_what_a_source_says_cannot_style_the_status(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(bayan)
    with bayan.store() as database:
        database.write_now(
            lambda conn: sources.record_failure(
                conn, "agency", outcome="http_error", detail="[bold]status 500[/bold] [/]", now=NOW, due_at=NOW
            )
        )
    assert "[bold]status 500[/bold] [/]" in bayan("status").out


def test_a_look_where_nothing_was_ever_run_says_what_to_do_and_makes_nothing(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    ran = bayan("status")
    assert ran.code == 69
    assert "run `bayan run --once` first" in ran.err
    assert not bayan.data.exists()


# ---------------------------------------------------------------------------------------------- statements


def test_a_statement_is_shown_with_its_times_its_text_and_what_it_matched(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(RINGS, teaser="A threat was heard.")
    bayan.configure(source("agency", f"{site.origin}/feed"))
    bayan("run", "--once")
    number = next(row["id"] for row in bayan("statements", "export").rows if "Khazali" in row["title"])
    ran = bayan("statements", "show", str(number))
    assert ran.code == 0
    assert "Qais al-Khazali speaks of the first matter today" in ran.out
    assert "match      @khazali: 'Qais al-Khazali' in the title" in ran.out
    assert "published  no date given" in ran.out
    row = bayan("statements", "show", str(number), "--json").json
    assert row["title"].startswith("Qais")


def test_a_statement_that_is_not_there_ends_with_1_and_the_next_step(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(bayan)
    for verb in ("show", "diff"):
        ran = bayan("statements", verb, "99")
        assert ran.code == 1
        assert "there is no statement 99" in ran.err


def test_a_statement_is_found_by_the_tag_that_ends_its_alert(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(bayan, Item(None, "https://agency.example/1", "The council speaks"))
    for said in (tag(1), tag(1).lower(), f"#{tag(1)}"):
        assert bayan("statements", "show", said).out.startswith("The council speaks"), said
    assert bayan("routes", "explain", tag(1)).code == 0
    wrong = bayan("statements", "show", "0000-1")
    assert wrong.code == 2
    assert "neither a statement's number nor the tag of an alert" in " ".join(wrong.err.split())


def test_days_that_no_calendar_has_are_a_mistake_of_typing(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(bayan)
    for words in (("export",), ("search", "council")):
        assert bayan("statements", *words, "--days", "1e12").code == 2


def test_the_export_is_one_json_object_a_line_oldest_first(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(RINGS)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    bayan("run", "--once")
    rows = bayan("statements", "export", "--format", "jsonl").rows
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    ringing = next(row for row in rows if "Khazali" in row["title"])
    assert [match["actor"] for match in ringing["matches"]] == ["khazali"]
    assert bayan("statements", "export", "--source", "other").out == ""
    assert bayan("statements", "export", "--format", "xml").code == 2


def test_a_search_finds_every_spelling_of_arabic(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(
        bayan,
        Item(None, "https://agency.example/1", "قال الأمين العام إنّ التهديدات مرفوضة"),
        Item(None, "https://agency.example/2", "وقيس الخزعلي في بغداد"),
        Item(None, "https://agency.example/3", "Nothing of the kind"),
    )
    assert [row["id"] for row in bayan("statements", "search", "الامين", "ان", "--json").rows] == [1]
    assert [row["id"] for row in bayan("statements", "search", "قيس الخزعلى", "--json").rows] == [2]
    assert [row["id"] for row in bayan("statements", "search", "بغداد", "--json").rows] == [2]


def test_a_search_wants_all_words_takes_a_star_and_shows_the_passage(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(
        bayan,
        Item(None, "https://agency.example/1", "One", text="He spoke of THREATS and of red lines in the south."),
        Item(None, "https://agency.example/2", "Two", text="He spoke of the south."),
    )
    ran = bayan("statements", "search", "threat*", "south")
    assert ran.code == 0
    assert "spoke of [THREATS] and of red lines" in ran.out
    assert "Two" not in ran.out
    assert bayan("statements", "search", "red lines", "--json").rows[0]["hits"] == [
        {"field": "body", "start": 27, "end": 36}
    ]
    assert len(bayan("statements", "search", "lines", "red", "--json").rows) == 1
    assert bayan("statements", "search", "lines red").code == 1


def test_a_search_that_finds_nothing_ends_with_1_and_one_for_nothing_with_2(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(bayan, Item(None, "https://agency.example/1", "One"))
    assert bayan("statements", "search", "elsewhere").code == 1
    assert bayan("statements", "search", "…").code == 2


def test_a_search_is_narrowed_by_source_days_and_number(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(bayan, *(Item(None, f"https://agency.example/{n}", f"Statement number {n}") for n in range(5)))
    assert [row["id"] for row in bayan("statements", "search", "statement", "-n", "2", "--json").rows] == [5, 4]
    assert bayan("statements", "search", "statement", "--source", "other").code == 1
    assert bayan("statements", "search", "statement", "--days", "0.000001").code in (0, 1)


def test_a_difference_is_told_word_by_word(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    [number] = keep(bayan, Item(None, "https://agency.example/1", "He warns", text="We will answer the enemy tonight."))
    assert "never changed" in bayan("statements", "diff", str(number)).out
    edit(bayan, number, "He warns", "We shall answer the enemy in the end, tonight.")
    ran = bayan("statements", "diff", str(number))
    assert ran.out.splitlines()[0] == f"statement {number}, revision 1 to 2"
    assert "We [-will-] {+shall+} answer the enemy {+in the end,+} tonight." in ran.out
    found = bayan("statements", "diff", str(number), "--json").json
    assert "".join(piece["text"] for piece in found["text"] if piece["op"] != "removed") == (
        "We shall answer the enemy in the end, tonight."
    )


def test_a_difference_of_arabic_is_isolated_piece_by_piece(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    [number] = keep(bayan, Item(None, "https://agency.example/1", "بيان", text="قال قيس كلاما"))
    edit(bayan, number, "بيان", "قال الخزعلي كلاما")
    out = bayan("statements", "diff", str(number)).out
    assert "[-\u2068قيس\u2069-] {+\u2068الخزعلي\u2069+}" in out
    assert out.count("\u2068") == out.count("\u2069")


def test_two_revisions_can_be_chosen(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    [number] = keep(bayan, Item(None, "https://agency.example/1", "T", text="one"))
    edit(bayan, number, "T", "two")
    edit(bayan, number, "T", "three")
    assert "[-one-] {+three+}" in bayan("statements", "diff", str(number), "1", "3").out
    assert "[-one-] {+two+}" in bayan("statements", "diff", str(number), "1", "2").out
    assert bayan("statements", "diff", str(number), "1", "9").code == 2


# -------------------------------------------------------------------------------------------------- alerts


def test_alerts_are_listed_and_explained(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    bayan("run", "--once")
    assert "No alerts yet." in bayan("alerts", "list").out
    site.pages["/feed"] = site.feed(RINGS)
    bayan("run", "--once", "--source", "agency")
    assert "Qais al-Khazali speaks" in bayan("alerts", "list").out
    [one] = bayan("alerts", "list", "--json").json["alerts"]
    assert (one["state"], one["channel"], one["kind"]) == ("sent", "screen", "alert")
    ran = bayan("alerts", "explain", str(one["id"]))
    assert "@khazali (tier A): 'Qais al-Khazali' at title 0-15" in ran.out
    assert "judged" in ran.out
    assert bayan("alerts", "explain", str(one["id"]), "--json").json["statement"]["matches"]


def test_an_alert_is_explained_with_its_whole_record_and_what_did_not_ring(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"), '[actors.other]\ntype = "person"\nname = "Salim Marwani"\n'
                    'weak_aliases = ["first matter"]\ncontext = ["Nobody"]\n')  # fmt: skip
    bayan("run", "--once")
    site.pages["/feed"] = site.feed(RINGS)
    bayan("run", "--once", "--source", "agency")
    ran = bayan("alerts", "explain", "1")
    assert "as 'Qais al-Khazali'; the speaker" in ran.out
    assert "did not ring:" in ran.out
    assert "a weak alias alone" in ran.out
    row = bayan("alerts", "explain", "1", "--json").json
    assert (row["matches"][0]["pattern"], row["matches"][0]["tier"]) == ("Qais al-Khazali", "A")
    assert [(one["actor"], one["surface"]) for one in row["suppressed"]] == [("other", "first matter")]
    bayan.file.write_text(bayan.file.read_text("utf-8").replace("Nobody", "Anybody"), "utf-8")
    assert "the watchlist was changed since" in bayan("alerts", "explain", "1").out


def test_a_story_is_shown_exported_counted_and_explained_by_its_tag(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.pages["/other"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"), source("relay", f"{site.origin}/other"))
    bayan("run", "--once")
    site.pages["/feed"] = site.feed(RINGS)
    bayan("run", "--once", "--source", "agency")
    site.pages["/other"] = site.feed([("x9", f"Iraq: {RINGS[0][1]}")])
    bayan("run", "--once", "--source", "relay")
    rows = [json.loads(line) for line in bayan("statements", "export").out.splitlines()]
    first, second = [row for row in rows if "Khazali" in row["title"]]
    assert (first["story"], second["story"]) == (first["id"], first["id"])
    assert "(2 carried by several sources); alerts sent 1," in bayan("status").out, (
        "what is added to it is no other alert"
    )
    assert [line.split()[4] for line in bayan("alerts", "list").out.splitlines()] == ["also", "alert"]
    assert bayan("status", "--json").json["stories"] == {"several": 2, "statements": 4}
    shown = bayan("statements", "show", str(second["id"])).out
    assert f"story      first agency (statement {first['id']})" in shown
    assert f"joined because of statement {first['id']}: headlines agree by 100%" in shown
    assert [one["source"] for one in bayan("statements", "show", "3", "--json").json["carried"]] == ["agency", "relay"]
    explained = bayan("alerts", "explain", tag(first["id"])).out
    assert f"story: also relay (statement {second['id']}), +0 min" in explained
    assert bayan("alerts", "explain", "0000-3").code == 2


def test_an_alert_that_is_not_there_ends_with_1_and_a_state_that_is_none_with_2(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    keep(bayan)
    assert bayan("alerts", "explain", "5").code == 1
    assert bayan("alerts", "list", "--state", "lost").code == 2


def test_what_failed_is_listed_with_its_reason_and_can_be_retried(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    queue(bayan, "a", "b", state="failed")
    assert bayan("alerts", "failed").out.count("refused: it is too long") == 2
    number = bayan("alerts", "failed", "--json").json["alerts"][0]["id"]
    assert "1 alert to be sent again." in bayan("alerts", "retry", str(number)).out
    assert sorted(states(bayan)) == ["failed", "pending"]
    assert bayan("alerts", "retry", "--all").code == 0
    assert states(bayan) == ["pending", "pending"]


def test_a_retry_of_what_did_not_fail_changes_nothing_and_ends_with_1(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    queue(bayan, "a", state="failed")
    queue(bayan, "b")
    ran = bayan("alerts", "retry", "1", "2", "77")
    assert ran.code == 1
    assert "alert 2 is pending, not failed" in ran.err
    assert "there is no alert 77" in ran.err
    assert sorted(states(bayan)) == ["failed", "pending"]
    assert bayan("alerts", "retry").code == 2


def test_held_alerts_are_released_or_dropped_and_the_dropped_never_ring_again(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    queue(bayan, "a", "b", "c", state="held")
    assert "1 alert released" in bayan("alerts", "release", "1").out
    assert "2 alerts dropped" in bayan("alerts", "drop").out
    assert states(bayan) == ["dropped", "dropped", "pending"]
    assert "No alerts are held" in bayan("alerts", "release").out
    queue(bayan, "b")
    assert states(bayan) == ["dropped", "dropped", "pending"]
    assert bayan("alerts", "retry", "--all").out.startswith("No alerts are failed")


# ------------------------------------------------------------------------------------------------- version


def test_the_version_names_what_it_stands_on(bayan: Bayan) -> None:
    versions = bayan.plain("version", "--json").json["versions"]
    assert {"bayan", "schema", "python", "httpx"} <= set(versions)
    assert f"bayan {versions['bayan']}" in bayan.plain("version").out.splitlines()


@pytest.mark.parametrize(
    "words", [["status"], ["alerts", "list"], ["alerts", "failed"], ["sources", "list"], ["channels", "list"]]
)
def test_every_verb_that_looks_speaks_json_with_a_schema(bayan: Bayan, words: list[str]) -> None:
    bayan.configure(AGENCY)
    keep(bayan)
    assert json.loads(bayan(*words, "--json").out)["schema"] == 1
