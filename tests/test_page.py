"""One watched page: what is read of it, what counts as a change, and that a change rings with what came and what went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import verdicts
from scraper import changes, sources, store, stories
from scraper.changes import Before
from scraper.difference import difference
from scraper.errors import ParseError
from scraper.model import Item, Statement
from scraper.parsers.page import parse
from tests.answers import FETCHED, answer, asking
from tests.command import Bayan
from tests.command import bayan as bayan
from tests.fake_site import FakeSite
from tests.street import Clock, House, configuration, house, local

PAGE = (
    "<html lang=en><head><title>The office</title></head><body><nav>Home News</nav><main><h1>About the office</h1>{}</main>"
    "<footer>9 June</footer></body></html>"
)
STAFF = "<p>The spokesman of the office is John Smith.</p><p>It was founded in the year 1990 and has many rooms.</p>"


def read(body: str, **more: Any) -> Item:
    return parse(answer(PAGE.format(body)), asking("page", **more)).items[0]


def before(text: str) -> Before:
    return Before("The office", "", text)


def change(old: str, new: str, *, again: bool = False, **more: Any) -> str | None:
    """The text of the change from one text to the other, None where it does not count."""
    now = Item(guid="page", url="https://site.example/x", title="The office", text=new)
    found = changes.items(asking("page", **more), now, before(old), at=FETCHED, again=again)
    return found[1].text if len(found) > 1 else None


# ---------------------------------------------------------------------------------------------------------- reading


def test_a_page_is_its_title_and_its_main_part_without_menus() -> None:
    item = read(STAFF)
    assert (item.guid, item.title, item.language) == ("page", "The office", "en")
    assert item.text == (
        "About the office\nThe spokesman of the office is John Smith.\nIt was founded in the year 1990 and has many rooms."
    )


def test_a_page_that_is_one_form_is_no_search_form() -> None:
    body = f"<form id=aspnetForm><nav>Home</nav><h1>About the office</h1>{STAFF}<form><input></form></form>"
    item = parse(answer(f"<html><title>The office</title><body>{body}</body></html>"), asking("page")).items[0]
    assert (item.text or "").startswith("About the office\nThe spokesman of the office is John Smith.")


def test_watch_narrows_a_page_to_the_parts_that_count() -> None:
    item = read("<div class=x>One <div class=x>inside</div></div><p>Two</p><div class=x>Three</div>", watch=".x")
    assert (item.text or "").split() == ["One", "inside", "Three"]


@pytest.mark.parametrize(
    ("body", "more", "outcome"),
    [
        ("", {}, "empty"),
        (PAGE.format(STAFF), {"watch": "#list"}, "suspect"),
        ("<html><title>Just a moment...</title><body>Verify you are human</body></html>", {}, "suspect"),
        ("<html><body><main><script>fill()</script></main></body></html>", {}, "suspect"),
        ("<div>" * 3_000, {}, "too_complex"),
    ],
)
def test_what_is_not_the_page_is_no_change_of_it(body: str, more: dict[str, Any], outcome: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(answer(body), asking("page", **more))
    assert caught.value.outcome == outcome


def test_plain_text_can_be_watched() -> None:
    assert (
        parse(answer("Alert level: low\nNo warnings"), asking("page")).items[0].text == "Alert level: low\nNo warnings"
    )


# ---------------------------------------------------------------------------------------------------------- comparing


def test_a_change_holds_what_came_and_what_went_with_the_words_around() -> None:
    told = change(
        "Names\nThe spokesman of the office is John Smith, an engineer.\nThe end",
        "Names\nThe spokesman of the office is Qais al-Khazali, an engineer.\nThe end",
    )
    assert told == (
        "+ The spokesman of the office is Qais al-Khazali, an engineer.\n"
        "− The spokesman of the office is John Smith, an engineer."
    )


def test_two_changes_far_apart_are_two_passages_and_the_words_between_are_left_out() -> None:
    middle = "\n".join(f"line {n} that stays as it was for ever" for n in range(30))
    told = change(
        f"first matter closed\n{middle}\nlast word", f"first matter opened again\n{middle}\nlast word and one more"
    )
    assert told == "+ first matter opened again\n− first matter closed\n+ last word and one more"


def test_what_only_came_or_only_went_has_one_line() -> None:
    assert change("one\nthree", "one\nthe second paragraph is new\nthree") == "+ the second paragraph is new"
    assert change("one\nthe second paragraph was here\nthree", "one\nthree") == "− the second paragraph was here"


def test_a_last_line_that_goes_is_told_without_the_line_before_it() -> None:
    assert (
        change("one line that stays\nthe last line of the text", "one line that stays") == "− the last line of the text"
    )


@pytest.mark.parametrize(
    ("old", "new", "more"),
    [
        ("Visited by 1041 people today", "Visited by 1042 people today", {}),
        ("the words are as they were", "the  words\nare as they\twere", {}),
        ("alpha beta gamma delta epsilon zeta", "delta epsilon zeta alpha beta gamma", {}),
        ("The text. Updated on the ninth of June 2026", "The text. Updated on the thirtieth of July 2026", {"ignore": ("Updated .*",)}),
        ("open", "closed", {"minimum_change": 11}),
    ],
)  # fmt: skip
def test_cosmetic_changes_are_silent(old: str, new: str, more: dict[str, Any]) -> None:
    assert change(old, new, **more) is None


def test_a_small_change_counts_where_the_source_says_so() -> None:
    assert change("The gate is open", "The gate is closed", minimum_change=10) == (
        "+ The gate is closed\n− The gate is open"
    )


def test_a_page_of_which_nothing_is_left_is_looked_at_twice() -> None:
    old = "The council of the province met on Sunday and spoke about the budget of the coming year. " * 5
    with pytest.raises(ParseError, match="next to nothing"):
        change(old, "Welcome to nginx!")
    assert (change(old, "Welcome to nginx!", again=True) or "").startswith("+ Welcome to nginx!")


def test_a_giant_change_is_cut_and_says_so() -> None:
    told = change("short", " ".join(f"word{n}" for n in range(20_000)))
    assert told is not None
    assert len(told) == changes.LONGEST
    assert told.endswith("…")


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_every_word_that_came_or_went_stands_in_the_passages(old: str, new: str) -> None:
    pieces = difference(old, new)
    told = changes.told(pieces)
    for piece in pieces:
        if piece.op != "same":
            mark = "+" if piece.op == "added" else "−"
            lines = " ".join(line for line in told.splitlines() if line.startswith(mark))
            assert all(word in lines for word in piece.text.split())


# ---------------------------------------------------------------------------------------------------------- the street


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/about"] = PAGE.format(STAFF)
        yield running


def watched(folder: Path, site: FakeSite, **more: Any) -> Any:
    return configuration(folder, sources=(local("office", f"{site.origin}/about", kind="page", **more),))


async def poll(bayan: House) -> None:
    bayan.clock.advance(minutes=10)
    await bayan.service.once(only=["office"], patience=timedelta())


def stored(bayan: House) -> tuple[Statement, ...]:
    return bayan.db.read_now(lambda conn: store.find(conn))


def outcome(bayan: House) -> str | None:
    state = bayan.db.read_now(lambda conn: sources.state(conn, "office"))
    return state.outcome if state else None


NAMED = STAFF.replace("John Smith", "Qais al-Khazali")


async def test_the_first_look_is_the_baseline_and_a_change_rings_with_the_difference(
    tmp_path: Path, site: FakeSite
) -> None:
    async with house(watched(tmp_path, site)) as bayan:
        await poll(bayan)
        assert [one.baseline for one in stored(bayan)] == [True]
        site.pages["/about"] = PAGE.format(NAMED)
        await poll(bayan)
        assert "+ The spokesman of the office is Qais al-Khazali." in bayan.shown
        assert "− The spokesman of the office is John Smith." in bayan.shown
        page, changed = stored(bayan)
        assert (page.revision, "Khazali" in page.text, changed.baseline) == (2, True, False)
        shown = bayan.shown
        await poll(bayan)
        assert (bayan.shown, len(stored(bayan))) == (shown, 2)


async def test_a_page_and_its_change_are_no_copies_of_each_other_and_the_change_joins_the_story_it_tells(
    tmp_path: Path, site: FakeSite
) -> None:
    said = (
        "Qais al-Khazali condemned the threats on Friday and called upon governments, organizations and world leaders to"
        " intervene at once, and his statement warned that silence encourages more violations of what is holy to millions."
    )
    old = (
        "The council met on Monday about the new bridge across the river, heard the engineers and the shopkeepers of the quarter,"
        " and adjourned without a vote until the report on the costs has been read by all of its members."
    )
    site.pages["/feed"] = _feed("The council met about the bridge", old)
    site.pages["/about"] = PAGE.format(f"<p>{old}</p>")
    page = local("office", f"{site.origin}/about", kind="page", watch="main")
    async with house(configuration(tmp_path, sources=(local("wire", f"{site.origin}/feed"), page))) as bayan:
        await bayan.service.once(only=["wire", "office"])
        site.pages["/feed"] = _feed(
            "Khazali condemns the threats", f"{said} A reporter of the agency will have more from the town later."
        )
        await bayan.service.once(only=["wire"])
        site.pages["/about"] = PAGE.format(f"<p>{said}</p><p>{old}</p>")
        await bayan.service.once(only=["office"])
        told = {one.key: one.id for one in stored(bayan)}
        of = bayan.db.read_now(lambda conn: stories.stories_of(conn, list(told.values())))
    itself, changed = told["g:page"], next(one for key, one in told.items() if key.startswith("g:change:"))
    assert of[itself] == itself
    assert of[changed] == told["g:Khazali condemns the threats"]
    assert bayan.shown.count("🔴") == 1


def _feed(title: str, text: str) -> str:
    item = f"<item><guid>{title}</guid><title>{title}</title><description>{text}</description></item>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>f</title>{item}</channel></rss>'


async def test_what_went_from_a_page_is_not_said_by_who_said_it(tmp_path: Path, site: FakeSite) -> None:
    said = '<p>Qais al-Khazali said: "We shall answer every threat at the time of our choosing."</p>'
    async with house(watched(tmp_path, site)) as bayan:
        await poll(bayan)
        roles = []
        for body in (f"{said}{STAFF}", STAFF):
            site.pages["/about"] = PAGE.format(body)
            await poll(bayan)
            change = stored(bayan)[-1]
            pairs = [(change.id, change.revision)]
            found = bayan.db.read_now(lambda conn, asked=pairs: verdicts.matches_of(conn, asked))  # type: ignore[misc]
            roles.append({one.role for one in found[change.id] if one.actor is not None})
    assert roles == [{"speaker"}, {"mentioned"}]


async def test_a_change_that_nobody_watches_for_is_stored_and_silent(tmp_path: Path, site: FakeSite) -> None:
    async with house(watched(tmp_path, site)) as bayan:
        await poll(bayan)
        site.pages["/about"] = PAGE.format(STAFF.replace("many rooms", "a new building in the old town"))
        await poll(bayan)
        assert (len(stored(bayan)), bayan.shown) == (2, "")


async def test_small_changes_add_up_until_they_count(tmp_path: Path, site: FakeSite) -> None:
    async with house(watched(tmp_path, site)) as bayan:
        await poll(bayan)
        for words, count in (("John Smith Khazali", 1), ("Qais al-Khazali Smith", 1), ("Qais al-Khazali of Basra", 2)):
            site.pages["/about"] = PAGE.format(STAFF.replace("John Smith", words))
            await poll(bayan)
            assert len(stored(bayan)) == count, words


async def test_a_page_that_goes_back_rings_again_and_a_flapping_one_once_a_day(tmp_path: Path, site: FakeSite) -> None:
    async with house(watched(tmp_path, site), Clock()) as bayan:
        await poll(bayan)
        for _ in range(4):
            for body in (NAMED, STAFF):
                site.pages["/about"] = PAGE.format(body)
                await poll(bayan)
        assert len(stored(bayan)) == 3
        bayan.clock.advance(days=1)
        site.pages["/about"] = PAGE.format(NAMED)
        await poll(bayan)
        assert len(stored(bayan)) == 4


async def test_an_outage_and_a_redesign_are_no_change_and_the_recovery_tells_what_changed_meanwhile(
    tmp_path: Path, site: FakeSite
) -> None:
    async with house(watched(tmp_path, site, watch="main")) as bayan:
        await poll(bayan)
        for broken in (503, "<html><title>The office</title><body><div id=app></div></body></html>"):
            site.pages["/about"] = broken
            await poll(bayan)
            assert outcome(bayan) in ("http_error", "suspect")
        assert len(stored(bayan)) == 1
        site.pages["/about"] = PAGE.format(NAMED)
        bayan.clock.advance(hours=6)
        await poll(bayan)
        assert outcome(bayan) == "ok"
        assert "+ The spokesman of the office is Qais al-Khazali." in bayan.shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ignore = ['(?<=a)b']", "is no regular expression that RE2 can read"), ("ignore = ['']", "must not be empty"),
        ("minimum_change = 20", 'must be an amount in quotes, as in "20 characters"'),
        ("minimum_change = '3 words'", "must be an amount"), ("watch = 'main['", "is not a CSS selector"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_table_is_named(bayan: Bayan, line: str, said: str) -> None:
    bayan.configure(f'[sources.office]\nkind = "page"\nurl = "https://office.example.org/about"\n{line}\n')
    ran = bayan.plain("config", "check", "--config", str(bayan.file))
    assert (ran.code, said in ran.out + ran.err) == (78, True), ran.out + ran.err


def test_what_is_in_force_reads_back(bayan: Bayan) -> None:
    table = (
        'kind = "page"\nurl = "https://office.example.org/about"\nwatch = "main"\n'
        "ignore = ['\\d+ visitors']\nminimum_change = \"1 character\"\n"
    )
    bayan.configure(f"[sources.office]\n{table}")
    shown = bayan.plain("config", "show", "--config", str(bayan.file)).out
    assert 'ignore = ["\\\\d+ visitors"]' in shown
    assert 'minimum_change = "1 character"' in shown
