"""Judging: a bug of ours that one text meets loses nothing and silences nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from alerts.judge import Bench, judge
from alerts.watch.match import Watchlist, compile_watchlist
from scraper import store
from scraper.db import Database
from tests.street import KHAZALI
from tests.test_store import NOW, db, keep

__all__ = ["db"]
POISON = "Qais al-Khazali and the text that our code cannot bear"
TITLES = (POISON, "Qais al-Khazali speaks", "Nobody speaks", "Qais al-Khazali speaks again")


@dataclass(frozen=True)
class Stumbling:
    """A watchlist with a bug: one text makes it fail. Otherwise it is the real one."""

    real: Watchlist

    def match(self, title: str, *rest: Any, **more: Any) -> Any:
        if title == POISON:
            raise IndexError("a bug")
        return self.real.match(title, *rest, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@pytest.fixture
def bench() -> Bench:
    return Bench(compile_watchlist([KHAZALI], []), routes=(), channels=("phone",), sources={})


async def judged(db: Database, bench: Bench, limit: int) -> list[str]:
    """The titles of all that was judged, until nothing waits."""
    found: list[str] = []
    while batch := await judge(db, bench, NOW, limit=limit):
        found += [one.statement.title for one in batch]
    return found


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_a_statement_on_which_our_code_fails_holds_up_no_other(db: Database, bench: Bench, limit: int) -> None:
    db.write_now(lambda conn: keep(conn, *TITLES))
    stumbling: Any = Stumbling(bench.watchlist)
    assert await judged(db, replace(bench, watchlist=stumbling), limit) == list(reversed(TITLES[1:]))


async def test_a_statement_on_which_our_code_failed_is_judged_once_the_bug_is_gone(db: Database, bench: Bench) -> None:
    db.write_now(lambda conn: keep(conn, *TITLES))
    stumbling: Any = Stumbling(bench.watchlist)
    await judged(db, replace(bench, watchlist=stumbling, stuck=set()), 100)
    assert [one.title for one in db.read_now(lambda conn: store.waiting(conn, 10))] == [POISON]
    assert await judged(db, bench, 100) == [POISON]


async def test_a_bug_that_every_text_meets_is_not_taken_for_one_that_few_do(
    db: Database, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.judge.MOST_STUCK", 2)
    db.write_now(lambda conn: keep(conn, *TITLES))
    broken: Any = None
    with pytest.raises(AttributeError):
        await judged(db, replace(bench, watchlist=broken), 100)
