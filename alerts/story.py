"""Which story a statement belongs to: found among the lately seen ones by index, decided by their words.

    judged statement -> print -> candidates (store, and the batch itself) -> likeness -> story, why, what is new in it

A copy joins the story of what it is most like; where there is none, a translation joins that of the statement which its names
and figures say it is (`alerts/translation.py`), if one watched person speaks in both within hours. Either rings all the same
where it quotes a watched speaker with words that no member has, or denies. A statement is placed when its headline has come and
again when its text has; one that others have joined stays where it is, and so does one that was edited. A watched page's own
statement is a story by itself: what changed there is told as another statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from alerts import translation, verdicts
from alerts.model import Match
from alerts.watch.attribution import quotes
from scraper import likeness, stories
from scraper.db import Connection
from scraper.likeness import Print
from scraper.model import Statement
from scraper.stories import Placed, Text

_MOST_QUOTED = 200
TRANSLATED_WITHIN: Final = timedelta(hours=6)
"""How long after a statement another one can be its translation."""
_MOST_TRANSLATED: Final = 24
"""Of the statements in which one person speaks, so many of the newest are looked at."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A statement of the batch that was placed already: the store does not know it yet."""

    text: Text
    print: Print
    keys: frozenset[int]
    language: str
    first_seen_at: datetime
    matches: tuple[Match, ...]


def place(conn: Connection, judged: Sequence[tuple[Statement, Sequence[Match]]]) -> tuple[Placed, ...]:
    """The story of each statement of a batch, in its order; later ones see earlier ones. Reads only."""
    known = stories.stories_of(conn, [statement.id for statement, _ in judged])
    seen: dict[int, _Seen] = {}
    placed = []
    for statement, matches in judged:
        if statement.key == stories.PAGE_ITSELF:
            placed.append(Placed(statement.id, statement.id, ()))
            continue
        one = likeness.read(statement.title, _body(statement))
        keys = likeness.keys(one)
        story = known.get(statement.id)
        began = story == statement.id and _has_copies(conn, statement.id, seen)
        settled = statement.revision > 1 or statement.removed_at is not None or began
        found = None if settled else _like(conn, statement, one, keys, seen)
        if found is None and not settled:
            found = _translated(conn, statement, matches, seen)
        if found is None and story is not None and story != statement.id:
            found = _as_before(conn, statement, one, story, settled=settled)
        if found is None:
            placed.append(Placed(statement.id, statement.id, keys))
        else:
            told = _told(conn, found.story, statement.id, seen)
            news = found.news or _news(statement, one, matches, told, translated=found.translated)
            placed.append(Placed(statement.id, found.story, keys, found.like, found.why, news))
        text = Text(statement.id, statement.source, placed[-1].story, statement.title, _body(statement))
        seen[statement.id] = _Seen(
            text, one, frozenset(keys), statement.language or "", statement.first_seen_at, tuple(matches)
        )
    return tuple(placed)


@dataclass(frozen=True, slots=True)
class _Found:
    story: int
    like: int
    why: str
    news: str = ""
    translated: bool = False


def _like(
    conn: Connection, statement: Statement, one: Print, keys: Sequence[int], seen: dict[int, _Seen]
) -> _Found | None:
    """The story of what `statement` is most like, or None."""
    lately = [other for other in seen.values() if not other.keys.isdisjoint(keys)]
    stored = [
        text
        for text in stories.sharing(conn, keys, since=statement.first_seen_at - stories.WINDOW)
        if text.id != statement.id and text.id not in seen
    ]
    best, score = None, 0.0
    for text, print_ in [
        *((other.text, other.print) for other in lately),
        *((text, likeness.read(text.title, text.body)) for text in stored),
    ]:
        same = likeness.likeness(one, print_, same_source=text.source == statement.source)
        if same and same.score > score:
            best, score = _Found(text.story, text.id, same.why), same.score
    return best


def _translated(
    conn: Connection, statement: Statement, matches: Sequence[Match], seen: dict[int, _Seen]
) -> _Found | None:
    """The story of the statement that this one is a translation of, by another source, or None."""
    speakers = {match.actor for match in matches if match.role == "speaker" and match.actor is not None}
    if not speakers or likeness.read(statement.title, _body(statement)).words < likeness.SHORTEST_BODY:
        return None
    since = statement.first_seen_at - TRANSLATED_WITHIN
    others = [
        (other.text, other.language, other.matches)
        for other in seen.values()
        if other.text.source != statement.source and other.first_seen_at >= since
    ]
    lately = verdicts.spoken_lately(conn, speakers, since, but_not=statement.source, limit=_MOST_TRANSLATED)
    stored = verdicts.matches_of(conn, [(id_, revision) for id_, revision, _ in lately])
    for id_, _, language in lately:
        if id_ != statement.id and id_ not in seen and (text := stories.text(conn, id_)) is not None:
            others.append((text, language, stored.get(id_, ())))
    mine = translation.read(statement.title, _body(statement))
    best, score = None, 0.0
    for text, language, theirs in others:
        both = speakers & {match.actor for match in theirs if match.role == "speaker"}
        marks = translation.read(text.title, text.body)
        if not both or (marks.script == mine.script and not _differ(language, statement.language or "")):
            continue
        people = _people(matches) & _people(theirs) - both
        same = translation.agreement(mine, marks, speakers=_spelled((*matches, *theirs), both), people=people)
        if same.why and same.score > score:
            best, score = _Found(text.story, text.id, same.why, translated=True), same.score
    return best


def _differ(one: str, other: str) -> bool:
    """Whether two language tags are known and are of two languages."""
    return bool(one and other) and one.partition("-")[0].lower() != other.partition("-")[0].lower()


def _people(matches: Iterable[Match]) -> set[str]:
    return {match.actor for match in matches if match.actor is not None}


def _spelled(matches: Iterable[Match], actors: set[str]) -> frozenset[str]:
    """How the two texts, and the watchlist, write those people."""
    return frozenset(said for one in matches if one.actor in actors for said in (one.surface, one.pattern))


def _news(statement: Statement, one: Print, matches: Sequence[Match], told: Sequence[Text], *, translated: bool) -> str:
    """What is new in it. The words of a translation are all others: it says more where it denies, or quotes much more."""
    prints = [likeness.read(text.title, text.body) for text in told]
    if not translated:
        return likeness.news(one, _quoted(statement, matches), prints)
    more = translation.says_more(
        translation.read(statement.title, _body(statement)), [translation.read(text.title, text.body) for text in told]
    )
    return likeness.news(one, (), prints) or ("a new quotation" if more else "")


def _has_copies(conn: Connection, statement: int, seen: dict[int, _Seen]) -> bool:
    return any(other.text.story == statement and other.text.id != statement for other in seen.values()) or any(
        member.id != statement for member in stories.members(conn, statement, limit=2)
    )


def _as_before(conn: Connection, statement: Statement, one: Print, story: int, *, settled: bool) -> _Found | None:
    """The story that it joined. Where its text came after its headline, None if that is another one than its headline said."""
    before = next((member for member in stories.members(conn, story) if member.id == statement.id), None)
    if before is None or before.like is None:
        return None
    other = None if settled else stories.text(conn, before.like)
    if other is not None:
        same_source = other.source == statement.source
        if not likeness.likeness(one, likeness.read(other.title, other.body), same_source=same_source):
            return None
    return _Found(story, before.like, before.why, before.news)


def _told(conn: Connection, story: int, but_not: int, seen: dict[int, _Seen]) -> list[Text]:
    """What the members of a story have said so far."""
    lately = {other.text.id: other.text for other in seen.values() if other.text.story == story}
    stored = {text.id: text for text in stories.texts(conn, story) if text.id not in lately}
    return [text for number, text in (stored | lately).items() if number != but_not]


def _quoted(statement: Statement, matches: Sequence[Match]) -> tuple[str, ...]:
    """The passages that count as news where nobody has quoted them yet: the watched speakers' own; without a speaker, any."""
    body = _body(statement)
    speakers = [match for match in matches if match.role == "speaker" and match.actor is not None]
    if not speakers:
        return () if any(match.actor is not None for match in matches) else likeness.quotations(body)
    passages = {
        quote
        for match in speakers[:_MOST_QUOTED]
        if match.field == "body" and body[match.start : match.end] == match.surface
        for quote in quotes(body, (match.start, match.end))
    }
    return tuple(body[quote.start : quote.end] for quote in sorted(passages))


def _body(statement: Statement) -> str:
    return statement.text or statement.summary
