"""The story of one article that is read again, to find what was edited behind its headline.

    task -> fetch -> parse -> compare -> record
                              |          a revision with its predecessor, or nothing; and when to read it once more
                              furniture does not count; a text of which next to nothing is left is believed when seen
                              twice, unless other articles of the source say the same: that is a wall

It is asked for with its validators, after 1, 6 and 24 hours and then once a day, for as long as `[changes] reread_for` says. A
page that says it is gone opens the case of a missing statement (`scraper/verify.py`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from scraper import absences, archive, evidence, rereads, store
from scraper.db import Connection
from scraper.errors import FetchError, SourceError
from scraper.model import Article, Outcome, Page, Source, Unchanged, Validators
from scraper.poll import Tools
from scraper.rereads import RereadTask
from scraper.revising import compare, essence

HOURS = (1, 6, 24)
"""After the first reading; then once a day."""
LEAST_WAIT = timedelta(hours=1)
"""Between two readings, so that what was missed while the program stood still is not made up for in a burst."""
DOUBT_WAIT = timedelta(minutes=30)
"""Until a text of which next to nothing was left is looked at again."""


@dataclass(frozen=True, slots=True)
class Reread:
    """How one reading ended. `edited` is true where the text is another one now."""

    statement: int
    source: str
    outcome: Outcome
    detail: str = ""
    edited: bool = False


def next_at(first_at: datetime, reads: int, now: datetime, reread_for: timedelta) -> datetime | None:
    """When an article that was first read at `first_at`, and `reads` times since, is read again; None when it is not."""
    hours = HOURS[reads] if reads < len(HOURS) else 24 * (reads - len(HOURS) + 2)
    after = timedelta(hours=hours)
    if after > reread_for or now >= first_at + reread_for:
        return None
    return max(first_at + after, now + LEAST_WAIT)


async def reread(source: Source, task: RereadTask, tools: Tools) -> Reread:
    """Read one article again and record what came of it. Raises StoreError only."""
    with tools.fetcher.visit():
        return await _reread(source, task, tools)


async def _reread(source: Source, task: RereadTask, tools: Tools) -> Reread:
    validators = task.validators
    try:
        page = await tools.fetcher.fetch(source, task.url, clock=tools.clock, validators=validators)
        if isinstance(page, Unchanged):
            await _record(task, tools, validators)
            return Reread(task.statement, source.id, "not_modified")
        article = await tools.parsers.article(page, source)
    except SourceError as failure:
        return await _failed(source, task, failure, tools)
    return await _compare(source, task, page, article, tools)


async def _compare(source: Source, task: RereadTask, page: Page, article: Article, tools: Tools) -> Reread:
    statement = await tools.db.read(lambda conn: store.get(conn, task.statement))
    assert statement is not None  # a task refers to it
    likeness = compare(statement.text, article.text) if article.text.strip() else "same"
    said = hashlib.blake2b(essence(article.text).encode(), digest_size=16).hexdigest()
    if likeness == "doubtful" and task.doubt != said:
        later = tools.clock() + DOUBT_WAIT
        await tools.db.write(lambda conn: rereads.record(conn, task, later, validators=Validators(), doubt=said))
        return Reread(task.statement, source.id, "suspect", "next to nothing of the text is left; one more look")
    edited = likeness != "same"
    if edited:
        past = await tools.db.read(lambda conn: rereads.past_texts(conn, task.statement))
        edited = all(compare(text, article.text) != "same" for text in past)
    if likeness == "doubtful" and await tools.db.read(lambda conn: rereads.is_said_elsewhere(conn, task, said)):
        await _record(task, tools, Validators(), doubt=said)  # kept: the next article with this wall finds it here
        return Reread(task.statement, source.id, "suspect", "other articles of the source say the same: a wall")
    await _record(task, tools, page.validators, article.text if edited else None, page if edited else None)
    return Reread(task.statement, source.id, "ok", edited=edited)


async def _failed(source: Source, task: RereadTask, failure: SourceError, tools: Tools) -> Reread:
    gone = failure.outcome == "gone" or (isinstance(failure, FetchError) and failure.status == 404)
    now = tools.clock()
    if gone and tools.changes.checks and now - task.first_seen_at <= tools.changes.removed_within:
        missing = await tools.db.read(lambda conn: task.statement not in absences.last_page(conn, source.id))
        if missing:
            await tools.db.write(lambda conn: absences.suspect(conn, task.statement, source.id, now))
    await _record(task, tools, task.validators)
    return Reread(task.statement, source.id, failure.outcome, failure.detail)


async def _record(
    task: RereadTask,
    tools: Tools,
    validators: Validators,
    text: str | None = None,
    page: Page | None = None,
    doubt: str = "",
) -> None:
    """One commit: the edit, where there is one, with the `page` that shows it, and the next reading."""
    now = tools.clock()
    kept, _ = await archive.keep(tools.archive, (page,) if page is not None else ())
    again_at = next_at(task.first_seen_at, task.reads + 1, now, tools.changes.reread_for)

    def settle(conn: Connection) -> None:
        if text is not None:
            rereads.record_edit(conn, task.statement, text, now)
            evidence.record(conn, kept, ((task.statement, url) for url in kept), "article")
        rereads.record(conn, task, again_at, validators=validators, doubt=doubt)

    await tools.db.write(settle)
