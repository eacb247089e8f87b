"""The story of one article: the page behind an item.

    task -> fetch -> parse -> record
                              the body joins its statement and is judged; it is no edit (`scraper/reread.py` finds those)

The statement was stored and judged by its headline when the poll found it, so a page that never comes costs the body
and not the alert. It is tried again for a day and a half, then the headline stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from scraper import archive, evidence, rereads, schedule, store
from scraper.db import Connection
from scraper.errors import FetchError, SourceError
from scraper.model import Outcome, Source, Unchanged
from scraper.poll import Tools
from scraper.reread import next_at
from scraper.store import ArticleTask


@dataclass(frozen=True, slots=True)
class Followed:
    """How reading one article ended. `again` is true where it will be tried once more."""

    statement: int
    source: str
    outcome: Outcome
    detail: str = ""
    again: bool = False
    unkept: str = ""
    """Why its page could not be kept as evidence."""


async def follow(source: Source, task: ArticleTask, tools: Tools) -> Followed:
    """Read one linked article and record it, or when to try again. Raises StoreError only."""
    with tools.fetcher.visit():
        return await _follow(source, task, tools)


async def _follow(source: Source, task: ArticleTask, tools: Tools) -> Followed:
    try:
        answer = await tools.fetcher.fetch(source, task.url, clock=tools.clock)
        if isinstance(answer, Unchanged):
            raise SourceError("protocol_error", "'not modified' to a question without validators")
        article = await tools.parsers.article(answer, source)
    except SourceError as failure:
        return await _failed(source, task, failure, tools)
    now = tools.clock()
    validators = answer.validators
    kept, unkept = await archive.keep(tools.archive, (answer,))

    def record(conn: Connection) -> None:
        store.record_article(conn, task.statement, article, now)
        evidence.record(conn, kept, ((task.statement, answer.url),), "article")
        again_at = next_at(now, 0, now, tools.changes.reread_for)
        if again_at is not None:
            rereads.begin(conn, task.statement, source.id, validators, again_at)

    await tools.db.write(record)
    return Followed(task.statement, source.id, "ok", unkept=unkept)


async def _failed(source: Source, task: ArticleTask, failure: SourceError, tools: Tools) -> Followed:
    due_at = schedule.next_article_try(
        outcome=failure.outcome,
        attempts=task.attempts + 1,
        now=tools.clock(),
        retry_after=failure.retry_after if isinstance(failure, FetchError) else None,
    )
    detail = f"{failure.outcome}: {failure.detail}"
    await tools.db.write(lambda conn: store.record_article_failure(conn, task.statement, detail, due_at))
    return Followed(task.statement, source.id, failure.outcome, failure.detail, again=due_at is not None)
