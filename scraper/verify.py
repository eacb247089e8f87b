"""The story of one missing statement: its own page is asked whether it is gone or only out of sight.

    case -> is its source well? -> its own page -> another page of the site -> weigh -> record
                                                                               |        proof, removal or neither: one commit
                                                                               two proofs in two polls (`scraper/removal.py`)

Both pages are asked for by the guarded, polite fetcher, like any other. Nothing is told of a statement before the second proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from scraper import absences, sources, store
from scraper.errors import FetchError, SourceError
from scraper.model import HEALTHY, Source, Unchanged
from scraper.poll import Tools
from scraper.removal import Absence, Answer, own_page, weigh

NOT_YET = timedelta(minutes=1)
"""How soon it is tried again where the source was not polled since."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How one look ended. `removed` is true where it was the second proof."""

    statement: int
    source: str
    note: str = ""
    removed: bool = False


async def verify(source: Source, case: Absence, tools: Tools) -> Verified:
    """Look at the page of a missing statement once, and record what it says. Raises StoreError only."""
    now = tools.clock()
    state = await tools.db.read(lambda conn: sources.state(conn, source.id))
    last = state.outcome_at if state is not None and state.outcome in HEALTHY else None
    if state is None or last is None or (case.first_proof_at is not None and last <= case.first_proof_at):
        # The list must have been read well, and between two proofs once more: what stands there again is no case any longer.
        later = max(now + NOT_YET, state.due_at + NOT_YET if state is not None else now)
        await tools.db.write(lambda conn: absences.put_off(conn, [case.statement], later))
        return Verified(case.statement, source.id, "waits for a poll of its source")
    statement = await tools.db.read(lambda conn: store.get(conn, case.statement))
    assert statement is not None  # a case refers to it
    guid = statement.key.removeprefix("g:") if statement.key.startswith("g:") else ""
    own, detail = await _ask(source, own_page(source, statement.url, guid), tools)
    other: Answer = "unsure"
    if own == "gone":
        near = await tools.db.read(lambda conn: absences.control(conn, source.id, case.statement))
        where = own_page(source, near.url, near.guid) if near is not None else ""
        other, said = await _ask(source, where, tools)
        detail = f"{detail}, while {said}" if where else detail
    now = tools.clock()
    verdict = weigh(case, own, other, detail, source=source, now=now)
    recorded = await tools.db.write(lambda conn: absences.record_look(conn, case, verdict, now))
    return Verified(case.statement, source.id, verdict.note, verdict.removed and recorded)


async def _ask(source: Source, url: str, tools: Tools) -> tuple[Answer, str]:
    """What a page says of itself, and that in words."""
    if not url:
        return "unsure", "there is no page of its own to ask"
    try:
        page = await tools.fetcher.fetch(source, url, clock=tools.clock)
        if isinstance(page, Unchanged):
            return "unsure", f"{url} answered 'not modified' to a question without validators"
        if source.kind == "channel":
            await tools.parsers.listed(page, source)
        elif _elsewhere(url, page.url):
            return "unsure", f"{url} leads to {page.url}"
    except SourceError as failure:
        if failure.outcome == "gone" or (isinstance(failure, FetchError) and failure.status in (404, 410)):
            return "gone", f"{url} says: {failure.detail}"
        return "unsure", f"{url}: {failure.outcome}: {failure.detail}"
    return "there", f"{url} stands"


def _elsewhere(asked: str, came: str) -> bool:
    """Whether an answer came from a page far from the one that was asked for: the home page, a list."""
    here, there = (address.partition("://")[2].partition("?")[0].rstrip("/") for address in (asked, came))
    return here.count("/") >= 1 and there.count("/") < here.count("/")
