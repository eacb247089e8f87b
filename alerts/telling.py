"""What a delivery says: from the store, as it stands when its turn has come, to a message.

    alert      the statement, its matches, who else carries it
    also       the same alert as its chat has it, brought up to date: it takes the place of the message that is there
    edit       a reply: what changed since the alert was drawn
    removal    a reply: that the statement is gone, and what was stored of it
    digest     the alerts that waited for it, as they stand now
    notice     its own words
    relay      what another channel waits for that cannot be reached, and why it is told here

An alert that is brought up to date shows the words that rang, not what they were changed to since; the reply tells that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from alerts import beginnings, bundles, canary, fallback, flapping, followup, message, rung, verdicts
from alerts.digest import Line, draw_digest
from alerts.model import PARTS, Actor, Alert, Carried, Delivery, Message, Part, owner
from alerts.rung import Rung
from alerts.settings import FALLBACK_LEAST
from alerts.shown import RLM
from alerts.times import LONG_AGO
from alerts.words import words_of
from scraper import store, stories
from scraper.db import Connection
from scraper.model import Statement

log = structlog.get_logger(__name__)

LATE = timedelta(minutes=5)
"""From this delay on, an alert says how late it is."""
EDITABLE = timedelta(hours=47)
"""Telegram lets a bot edit for 48 hours; an hour is left for the way there."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What drawing needs besides the store: names, the time zone that times are written in, the length of a passage, the language."""

    actors: Mapping[str, Actor]
    source_names: Mapping[str, str]
    timezone: str
    excerpt: int
    clock: Callable[[], datetime]
    language: str = "en"
    max_age: timedelta = LONG_AGO
    show: tuple[Part, ...] = PARTS


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be sent. `along` are deliveries that this message makes needless."""

    message: Message
    along: tuple[int, ...] = field(default=())
    buttons: bool = True
    """Whether it may have buttons, where its chat has such."""
    alerts: tuple[Alert, ...] = ()
    """What it tells, as values."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be sent: `why`. With `wait` its alert is still on its way, and it is due again after that."""

    why: str
    wait: timedelta | None = None


GONE = Nothing("its statement is gone from the store")
_WAIT = Nothing("its alert is still on its way", wait=timedelta(seconds=30))


def tell(conn: Connection, claimed: Delivery, lexicon: Lexicon) -> Told | Nothing:
    """The message of a delivery, from what the store holds now."""
    if claimed.kind == "notice":
        mark = f"⚠️ {words_of(lexicon.language).MAY_REPEAT}\n" if claimed.may_repeat else ""
        notice = message.draw_notice(mark + claimed.text, lexicon.language)
        return Told(replace(notice, silent=claimed.subject.startswith(beginnings.SUBJECT)))
    if claimed.kind == "relay":
        return _relay(conn, claimed, lexicon)
    if claimed.kind == "digest":
        return _digest(conn, claimed, lexicon)
    statement = store.get(conn, claimed.statement) if claimed.statement is not None else None
    if statement is None:
        return GONE
    if statement.source == canary.SOURCE:
        return Told(
            canary.told(conn, claimed, statement, lexicon.timezone, lexicon.clock(), lexicon.language), buttons=False
        )
    if claimed.kind == "alert":
        return _alert(conn, claimed, statement, lexicon)
    told = rung.in_channel(conn, claimed.channel, statement.id)
    if told is None or told.state in ("failed", "dropped"):
        return Nothing("the alert that it belongs to was never sent")
    if told.state != "sent":
        return _WAIT
    if claimed.kind == "also":
        if told.drawn_at is None:
            return Nothing("its alert was told in a digest, which is not edited")
        return _brought_up_to_date(conn, claimed, told, statement, lexicon)
    return _reply(conn, claimed, told, statement, lexicon)


def _alert(conn: Connection, claimed: Delivery, statement: Statement, lexicon: Lexicon) -> Told:
    late = lexicon.clock() - claimed.created_at
    alert = _composed(conn, statement, statement.revision, claimed.routes, lexicon)
    alert = replace(
        alert,
        delayed=late if late >= LATE else None,
        may_repeat=claimed.may_repeat,
        removed_at=statement.removed_at,
    )
    alert = _afresh(conn, alert, claimed.channel)
    if late >= FALLBACK_LEAST:
        alert = replace(alert, meanwhile=fallback.sent_through(conn, claimed.id))
    along = rung.waiting_for(conn, claimed.channel, statement.id)
    return Told(drawn(alert, claimed.id, lexicon), along, alerts=(alert,))


def _relay(conn: Connection, claimed: Delivery, lexicon: Lexicon) -> Told | Nothing:
    """What another channel waits for, told here: nothing where that channel took it meanwhile."""
    relayed = fallback.stands_for(conn, claimed)
    if relayed is None:
        return GONE
    original = relayed.original
    if relayed.state in ("sent", "dropped"):
        return Nothing(f"channel {original.channel} took it meanwhile, or it is not to be told")
    told = tell(conn, replace(original, may_repeat=claimed.may_repeat), lexicon)
    if isinstance(told, Nothing):
        return Nothing("it is told with its alert") if told.wait is not None else told
    here = (original.channel, relayed.since)
    if original.kind == "alert" and told.alerts:
        alert = replace(told.alerts[0], relayed=here, meanwhile=None)
        return Told(drawn(alert, claimed.id, lexicon), buttons=False, alerts=(alert,))
    new = message.relayed(told.message, *here, timezone=lexicon.timezone, language=lexicon.language)
    return Told(new, buttons=False, alerts=told.alerts)


def _digest(conn: Connection, claimed: Delivery, lexicon: Lexicon) -> Told | Nothing:
    held = bundles.told_in(conn, claimed.channel, claimed.subject)
    lines = []
    for one in held:
        statement = store.get(conn, one.statement)
        if statement is not None:
            alert = _composed(conn, statement, statement.revision, one.routes, lexicon)
            first_hand = any(match.role == "speaker" for match in alert.matches)
            lines.append(Line(alert, one.priority, first_hand))
    if not lines:
        return Nothing("everything that waited for it is told already")
    bundle = claimed.subject.rpartition(" ")[0]
    drawn = draw_digest(
        bundle, lines, timezone=lexicon.timezone, may_repeat=claimed.may_repeat, language=lexicon.language
    )
    return Told(drawn, tuple(one.id for one in held), alerts=tuple(line.alert for line in lines))


def _brought_up_to_date(
    conn: Connection, claimed: Delivery, told: Rung, statement: Statement, lexicon: Lexicon
) -> Told | Nothing:
    assert told.drawn_at is not None and told.settled_at is not None
    if not told.message_id:
        return Nothing("its alert is in another chat, or from another bot")
    if lexicon.clock() - told.settled_at > EDITABLE:
        return Nothing("its alert is two days old and is not edited any more")
    shown, edited_at = _as_shown(conn, statement, told.drawn_at)
    late = told.settled_at - told.created_at
    alert = replace(
        _composed(conn, shown, shown.revision, told.routes, lexicon),
        delayed=late if late >= LATE else None,
        may_repeat=told.may_repeat,
        edited_at=edited_at,
        removed_at=statement.removed_at,
    )
    alert = _afresh(conn, alert, claimed.channel)
    along = tuple(one for one in rung.waiting_for(conn, claimed.channel, statement.id) if one != claimed.id)
    new = drawn(alert, claimed.id, lexicon)
    new = message.plain(new) if told.plain else new
    return Told(replace(new, edits=told.message_id), along, alerts=(alert,))


def _reply(conn: Connection, claimed: Delivery, told: Rung, statement: Statement, lexicon: Lexicon) -> Told | Nothing:
    assert told.shown_at is not None
    shown, _ = _as_shown(conn, statement, told.shown_at)
    alert = _composed(conn, shown, shown.revision, told.routes, lexicon)
    if claimed.kind == "removal":
        alert = replace(alert, statement=statement)
        reply = followup.draw_removal(alert, timezone=lexicon.timezone, language=lexicon.language)
    else:
        past = {int(one["revision"]): one for one in store.revisions(conn, statement.id)}
        versions = {number: (str(one["title"]), str(one["text"] or one["summary"])) for number, one in past.items()} | {
            statement.revision: (statement.title, statement.text or statement.summary)
        }
        last = statement.revision if flapping.is_summary(claimed.subject) else claimed.revision
        before, after = versions.get(claimed.revision - 1), versions.get(last)
        if before is None or after is None:
            return Nothing("the versions that it compares are gone from the store")
        if before == after:
            return Nothing("its words are the same again")
        reply = followup.draw_edit(
            alert,
            before,
            after,
            at=past[last - 1]["until"],
            timezone=lexicon.timezone,
            language=lexicon.language,
            times=last - claimed.revision + 1,
        )
    if claimed.may_repeat:
        words = words_of(lexicon.language)
        mark = RLM if words.RIGHT_TO_LEFT else ""
        reply = replace(reply, text=f"{reply.text}\n{mark}⚠️ {words.MAY_REPEAT}")
    return Told(replace(reply, reply_to=told.message_id), alerts=(alert,))


def drawn(alert: Alert, delivery: int, lexicon: Lexicon) -> Message:
    """The alert in full; where our own drawing fails on this statement, its bare words: late news is worse than plain news."""
    try:
        return message.draw(
            alert,
            now=lexicon.clock(),
            timezone=lexicon.timezone,
            excerpt=lexicon.excerpt,
            language=lexicon.language,
            max_age=lexicon.max_age,
            show=lexicon.show,
        )
    except Exception:  # whatever it is, it is a bug of ours that this one text met
        log.exception("internal error: the alert is sent as bare words", delivery=delivery)
        mark = f"⚠️ {words_of(lexicon.language).MAY_REPEAT}\n" if alert.may_repeat else ""
        said = alert.statement
        return message.draw_notice(f"{mark}{alert.source_name}: {said.title}\n{said.url or ''}\n{alert.tag}")


def _composed(
    conn: Connection, statement: Statement, revision: int, routes: tuple[str, ...], lexicon: Lexicon
) -> Alert:
    matches = verdicts.matches_of(conn, [(statement.id, revision)]).get(statement.id, ())
    if not matches and revision > 1:
        # It was edited after it rang and is not judged anew yet, or the hit was edited away: say what rang.
        matches = verdicts.matches_of(conn, [(statement.id, revision - 1)]).get(statement.id, ())
    owners = {owner(route) for route in routes}  # what one chat watches is no other's business
    matches = tuple(match for match in matches if match.owner in owners)
    met = dict.fromkeys(match.actor for match in matches if match.actor is not None)
    actors = tuple(lexicon.actors.get(actor) or Actor(actor, "person", actor) for actor in met)
    groups = {group for actor in actors for group in actor.member_of}
    return Alert(
        statement=statement,
        source_name=_name(statement.source, lexicon),
        matches=matches,
        actors=actors,
        routes=routes,
        tag=message.tag(statement.id),
        groups=tuple(lexicon.actors[group] for group in sorted(groups) if group in lexicon.actors),
        carried=_carried(conn, statement.id, lexicon),
    )


def _carried(conn: Connection, statement: int, lexicon: Lexicon) -> tuple[Carried, ...]:
    """The sources of the story, each once and by the name that people know, first seen first."""
    story = stories.stories_of(conn, [statement]).get(statement)
    if story is None:
        return ()
    first: dict[str, datetime] = {}
    for member in stories.members(conn, story):
        first.setdefault(_name(member.source, lexicon), member.first_seen_at)
    return tuple(Carried(name, at) for name, at in first.items())


def _afresh(conn: Connection, alert: Alert, channel: str) -> Alert:
    """With what is new in a statement whose story rang in this channel before, and the tag of that alert."""
    number = alert.statement.id
    story = stories.stories_of(conn, [number]).get(number)
    news = "" if story is None else stories.news_of(conn, number)
    if story is None or not news:
        return alert
    first = rung.first_of_story(conn, channel, story, but_not=number)
    return replace(alert, news=news, follows=message.tag(first.statement)) if first is not None else alert


def _as_shown(conn: Connection, statement: Statement, drawn_at: datetime) -> tuple[Statement, datetime | None]:
    """The statement as it stood at `drawn_at`, and since when it is another one; None where it is still the same."""
    for past in store.revisions(conn, statement.id):
        if past["until"] > drawn_at:
            then = replace(
                statement,
                title=past["title"],
                summary=past["summary"],
                text=past["text"],
                revision=past["revision"],
            )
            return then, past["until"]
    return statement, None


def _name(source: str, lexicon: Lexicon) -> str:
    return lexicon.source_names.get(source, source)
