"""Every kind of source through the whole street: a new item, an edit, a removal, a redesign and the recovery from it.

The sites are hand-made (tests/small_sites.py) and on loopback; the clock is the test's. What a kind cannot do by its nature is
said in the table below, not passed over in silence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts import outbox
from scraper import sources, store
from scraper.keys import SOURCE_KINDS
from scraper.model import Statement
from scraper.sources import SourceState
from tests.command import Bayan
from tests.command import bayan as bayan
from tests.command import site as loopback
from tests.fake_site import FakeSite
from tests.small_sites import KINDS, Said, Stage
from tests.street import Clock, House, configuration, house

OLD = tuple(
    Said(n, f"The council met about the matter of the bridge number {n} and adjourned") for n in (6, 5, 4, 3, 2, 1)
)
NEWS = Said(7, "Qais al-Khazali speaks of the first matter today")
LATER = Said(8, "Qais al-Khazali speaks of another matter tonight")

WITHOUT_REMOVALS = {
    "page": "a passage that goes is a change, which rings",
    "directory": "a file that is taken away is no news",
}
"""Kinds whose items are not looked for when they are gone, and why."""
TOLD_BY_THE_PAGE = ("sitemap",)
"""Kinds whose list holds no words: they come with the article, in the same run, and edits with its next reading."""


@dataclass
class Play:
    """One site, the bayan that watches it, and what came of it so far."""

    stage: Stage
    here: House

    async def poll(self, *, minutes: int = 20) -> None:
        self.here.clock.advance(minutes=minutes)
        await self.here.service.once(only=["s"], patience=timedelta())

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Without the page's own statement, which is there from the first look on."""
        found = self.here.db.read_now(lambda conn: store.find(conn))
        return tuple(one for one in found if one.key != "g:page")

    @property
    def alerts(self) -> int:
        entries = self.here.db.read_now(lambda conn: outbox.entries(conn))
        return sum(entry.kind == "alert" and entry.state == "sent" for entry in entries)

    @property
    def state(self) -> SourceState:
        found = self.here.db.read_now(lambda conn: sources.state(conn, "s"))
        assert found is not None
        return found


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


@asynccontextmanager
async def played(kind: str, site: FakeSite, folder: Path) -> AsyncIterator[Play]:
    """The baseline was taken: six old statements are known, and nobody was told."""
    clock = Clock()
    stage = Stage(kind, site, folder, clock)
    stage.publish(OLD)
    async with house(configuration(folder, sources=(stage.source,)), clock) as here:
        play = Play(stage, here)
        await play.poll()
        assert (play.state.outcome, play.alerts, play.here.shown) == ("ok", 0, "")
        assert len(play.statements) == (0 if kind == "page" else 6)
        yield play


@pytest.mark.parametrize("kind", KINDS)
async def test_a_new_item_rings_once(kind: str, site: FakeSite, tmp_path: Path) -> None:
    async with played(kind, site, tmp_path) as play:
        play.stage.publish([NEWS, *OLD])
        await play.poll()
        assert play.alerts == 1
        assert "speaks of the first matter today" in play.here.shown
        await play.poll()
        play.stage.publish([LATER, NEWS, *OLD])
        await play.poll()
        assert play.alerts == 2


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in TOLD_BY_THE_PAGE])
async def test_an_edit_is_a_revision_and_no_new_statement(kind: str, site: FakeSite, tmp_path: Path) -> None:
    async with played(kind, site, tmp_path) as play:
        play.stage.publish([NEWS, *OLD])
        await play.poll()
        before = play.statements
        edited = replace(NEWS, title="Qais al-Khazali withdraws what he had announced about the first matter")
        play.stage.publish([edited, *OLD])
        await play.poll()
        if kind == "page":  # its own statement is revised, and what changed is another one
            assert "+ Qais al-Khazali withdraws" in play.statements[-1].text
            return
        assert len(play.statements) == len(before)
        assert [(one.title, one.revision) for one in play.statements if one.revision > 1] == [(edited.title, 2)]


@pytest.mark.parametrize("kind", TOLD_BY_THE_PAGE)
async def test_an_edit_behind_a_bare_address_is_found_when_its_page_is_read_again(
    kind: str, site: FakeSite, tmp_path: Path
) -> None:
    async with played(kind, site, tmp_path) as play:
        play.stage.publish([NEWS, *OLD])
        await play.poll()
        play.stage.publish(
            [replace(NEWS, text="He withdrew every word of it later, and said that the bridge will stand."), *OLD]
        )
        await play.poll(minutes=90)
        await play.poll(minutes=40)  # a text of which next to nothing is left is believed when it is seen twice
        revised = [one for one in play.statements if one.revision > 1]
        assert [(one.revision, "withdrew every word" in one.text) for one in revised] == [(2, True)]
        assert len(play.statements) == 7


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in WITHOUT_REMOVALS])
async def test_a_removal_is_proven_by_two_polls_and_touches_nothing_else(
    kind: str, site: FakeSite, tmp_path: Path
) -> None:
    async with played(kind, site, tmp_path) as play:
        play.stage.publish([LATER, NEWS, *OLD])
        await play.poll()
        play.stage.publish([LATER, *OLD])
        await play.poll()
        assert [one.removed_at for one in play.statements] == [None] * 8
        for _ in range(4):
            await play.poll()
        removed = [one for one in play.statements if one.removed_at is not None]
        assert [one.title for one in removed] == [NEWS.title]
        assert play.alerts == 2


@pytest.mark.parametrize("kind", sorted(WITHOUT_REMOVALS))
async def test_what_a_page_or_a_directory_loses_is_not_called_removed(
    kind: str, site: FakeSite, tmp_path: Path
) -> None:
    async with played(kind, site, tmp_path) as play:
        play.stage.publish([LATER, NEWS, *OLD])
        await play.poll()
        told = play.alerts
        play.stage.publish([LATER, *OLD])
        for _ in range(4):
            await play.poll()
        assert [one for one in play.statements if one.removed_at is not None] == []
        assert play.state.outcome in ("ok", "not_modified")
        assert ("− Qais al-Khazali speaks of the first matter" in play.here.shown, play.alerts - told) == (
            (True, 1) if kind == "page" else (False, 0)
        )


@pytest.mark.parametrize("kind", KINDS)
async def test_a_redesign_is_told_to_the_operator_and_is_neither_news_nor_a_removal(
    kind: str, site: FakeSite, tmp_path: Path
) -> None:
    async with played(kind, site, tmp_path) as play:
        before = play.statements
        play.stage.redesign()
        for _ in range(4):
            await play.poll(minutes=400)
        assert play.state.outcome not in ("ok", "not_modified", "empty")
        assert play.state.failures == 4
        assert (play.statements, play.alerts) == (before, 0)


@pytest.mark.parametrize("kind", KINDS)
async def test_after_the_recovery_what_was_missed_rings_and_nothing_rings_again(
    kind: str, site: FakeSite, tmp_path: Path
) -> None:
    async with played(kind, site, tmp_path) as play:
        play.stage.publish([NEWS, *OLD])
        await play.poll()
        play.stage.redesign()
        for _ in range(2):
            await play.poll(minutes=60)
        play.stage.publish([LATER, NEWS, *OLD])
        await play.poll(minutes=400)
        assert (play.state.outcome, play.state.failures) == ("ok", 0)
        assert "another matter tonight" in play.here.shown
        await play.poll()
        assert play.alerts == 2


async def test_a_listing_that_is_found_by_itself_survives_a_redesign_of_its_markup(
    site: FakeSite, tmp_path: Path
) -> None:
    async with played("listing", site, tmp_path) as play:
        rows = "".join(
            f'<article class="card"><a href="/en/news/{one.number}/it.html"><h2>{one.title}</h2></a></article>'
            for one in (NEWS, *OLD)
        )
        site.pages["/press"] = (
            f"<html><head><title>The new press room</title></head><body><section>{rows}</section></body></html>"
        )
        await play.poll()
        assert (len(play.statements), play.alerts) == (7, 1)


def test_the_manual_shows_an_example_of_every_kind() -> None:
    manual = (Path(__file__).parent.parent / "docs" / "writing-a-source.md").read_text("utf-8")
    tables = [tomllib.loads(block) for block in re.findall(r"^```toml\n(.*?)^```$", manual, re.MULTILINE | re.DOTALL)]
    shown = {source["kind"] for table in tables for source in table.get("sources", {}).values()}
    assert shown == set(SOURCE_KINDS)


# ----------------------------------------------------------------------------------------- through the real command

CONFIGURED = {
    "page": 'kind = "page"\nurl = "{origin}/about"\nwatch = "main"\nallow_private = true\n',
    "directory": 'kind = "directory"\npath = "inbox"\nglob = "*.txt"\n',
    "listing": 'kind = "listing"\nurl = "{origin}/press"\nfull_text = false\nallow_private = true\n',
    "atom": 'kind = "feed"\nurl = "{origin}/feed"\nfull_text = false\nallow_private = true\n',
    "wordpress": 'kind = "wordpress"\nurl = "{origin}/"\nfull_text = false\nallow_private = true\n',
}
"""Tables as a person writes them, for kinds that tests/test_kinds.py does not take through the command already."""

site_in_thread = loopback


@pytest.mark.parametrize("kind", sorted(CONFIGURED))
def test_the_command_rings_once_for_what_is_new(
    kind: str, bayan: Bayan, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    running: FakeSite = request.getfixturevalue("site_in_thread")
    stage = Stage(kind, running, tmp_path, Clock())
    stage.publish(OLD)
    bayan.configure("[sources.s]\n" + CONFIGURED[kind].format(origin=running.origin))
    assert bayan("run", "--once").code == 0
    stage.publish([NEWS, *OLD])
    ran = bayan("run", "--once", "--source", "s")
    assert ran.code == 0, ran.err
    assert "speaks of the first matter today" in " ".join(ran.out.replace("▸", "").replace("◂", "").split())
    assert "first matter" not in bayan("run", "--once", "--source", "s").out
