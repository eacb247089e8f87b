"""What operators are told about sources: once when one breaks, once when the trouble becomes another, once when it is well.

    states, what was told before -> network away? -> broken | another kind | well again | silent | worse | gaps -> notices

Level, not edge: it looks at how things stand, so a crash between a poll and its notice loses nothing, and the subject of a
notice names the incident, so that nobody hears of one twice. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from alerts import outbox
from alerts.health import Notice
from alerts.said import NOTHING, Said, said, span
from alerts.settings import Configuration, HealthSettings
from scraper import condition, habits
from scraper import sources as stored
from scraper.db import Connection
from scraper.gap import Gap
from scraper.model import Condition, Source
from scraper.sources import SourceState

LAYOUT: frozenset[Condition] = frozenset({"empty_list", "no_list"})
"""What a page says that loads well and lists nothing any more."""
LAYOUT_POLLS = 3
"""Polls after which that is told (`[health] empty_list`), however many failures are allowed otherwise."""
STEADY = 3
"""Polls in a row that a trouble of another kind must last before it is told."""
_REACH: frozenset[Condition] = frozenset(
    {"dns", "timeout", "unreachable", "protocol", "incomplete", "server_error", "undecodable"}
)
"""Troubles of which one passes into the other while the same thing is wrong: told as one kind."""

TOGETHER = 3
"""Sources that must fail together before it is the network that is away, and at least half of all."""
FLAPPING = 3
"""Incidents of one source in a day after which it comes and goes: then only what lasts is told."""
LASTS = timedelta(hours=6)
SETTLED = timedelta(hours=1)
WORSE_FOR = timedelta(hours=3)
"""How long a list is malformed or without dates, having been better, before it is told."""
GAPS_APART = timedelta(days=1)
"""One notice of a gap for each source in this time; all of them stand in `bayan status`."""

GAPS_KEPT = timedelta(days=14)
"""How long a gap is shown."""

_STAMP = "%Y%m%dT%H%M%S"


def notices(
    states: Sequence[SourceState],
    told: Iterable[str],
    now: datetime,
    *,
    settings: HealthSettings,
    sources: Mapping[str, Source] | None = None,
    gaps: Iterable[Gap] = (),
) -> tuple[Notice, ...]:
    """What is to be said about the sources now, given the subjects that were told before. `now` is aware.

    `sources` are the configured ones by id, `gaps` those that were noticed lately.
    """
    about: dict[str, set[str]] = {}
    for subject in told:
        kind, _, rest = subject.partition(":")
        about.setdefault(rest.partition(":")[0] if kind == "source" else f"{kind}:", set()).add(subject)
    away, told_now = _network(states, about.get("network:", set()), settings)
    for state in states:
        before = about.get(state.id, set())
        source = (sources or {}).get(state.id)
        told_now += _broken(state, before, now, settings, away=away)
        told_now += _silent(state, source, before, settings)
        told_now += _worse(state, before)
    return (*told_now, *_gaps(gaps, about.get("gap:", set())))


def now(conn: Connection, config: Configuration, at: datetime) -> tuple[Notice, ...]:
    """What is to be said about the sources that are polled, as the store shows them. `at` is aware."""
    polled = {source.id: source for source in config.sources if source.enabled}
    return notices(
        [state for state in stored.states(conn) if state.id in polled],
        outbox.notice_subjects(conn, ""),
        at,
        settings=config.health,
        sources=polled,
        gaps=[one for one in stored.gaps(conn, at - GAPS_KEPT) if one.source in polled],
    )


# ---------------------------------------------------------------------------------------------- how one stands


def silence(state: SourceState, source: Source | None, settings: HealthSettings) -> tuple[datetime, timedelta] | None:
    """When the source last had something new, and how long it may have nothing; None where that is not known.

    `silent_after` of the source counts alone. That of `[health]` gives way to a slower habit.
    """
    habit = habits.read(state.habit)
    last = habit.arrivals[-1] if habit is not None and habit.arrivals else state.last_new_at
    if last is None:
        return None
    own = source.silent_after if source is not None else None
    usual = habits.longest_silence(habit)
    limit = own or max(filter(None, (settings.silent_after, usual)), default=None)
    return None if limit is None else (last, limit)


def is_silent(state: SourceState, source: Source | None, settings: HealthSettings) -> bool:
    """Whether the source was seen well, and with nothing new, for longer than it may be."""
    usual = silence(state, source, settings)
    if usual is None or state.failures or state.seen_at is None:
        return False
    last, limit = usual
    return state.seen_at - last > limit


def standing(state: SourceState, source: Source | None, settings: HealthSettings) -> Condition | None:
    """How the source stands, in the words of `scraper.model.Condition`; None before its first poll."""
    return condition.standing(state.condition, state.outcome, silent=is_silent(state, source, settings))


# ----------------------------------------------------------------------------------------------------- broken


def _broken(
    state: SourceState, before: set[str], now: datetime, settings: HealthSettings, *, away: bool
) -> Iterator[Notice]:
    open_ = _open_incident(f"source:{state.id}:broken:", before)
    if state.failures == 0:
        if open_ is not None and state.outcome is not None and _has_settled(state, before, now):
            yield _well_again(state, open_)
        return
    kind = _kind(state)
    if open_ is not None and open_ != _incident(state):
        yield _well_again(state, open_, meanwhile=True)  # it was well in between, and nobody looked
    if state.failures < _patience(kind, settings) or (away and kind in condition.PERHAPS_OURS):
        return
    incident = _incident(state)
    conditions = {subject.rpartition(":")[2] for subject in before if subject.startswith(f"{incident}:")}
    if not conditions:
        yield from _first_word(state, kind, incident, before, now)
    elif _family(kind) not in {_family(one) for one in conditions} and state.condition_polls >= STEADY:
        yield Notice(
            f"{incident}:{kind}",
            said(
                "still_broken", source=state.id, what=said(f"is_{kind}"), outcome=state.outcome, detail=state.detail,
                next=said(f"do_{kind}"),
            ),
        )  # fmt: skip


def _first_word(
    state: SourceState, kind: Condition, incident: str, before: set[str], now: datetime
) -> Iterator[Notice]:
    times = len(_recent(state, before, now))
    if times >= FLAPPING and state.failing_since is not None and now - state.failing_since < LASTS:
        flapping = f"source:{state.id}:flapping:{now:%Y%m%d}"
        if flapping not in before:
            yield Notice(
                flapping,
                said(
                    "comes_and_goes", source=state.id, times=times + 1, outcome=state.outcome, what=said(f"is_{kind}"),
                    lasts=LASTS, next=said(f"do_{kind}"),
                ),
            )  # fmt: skip
        return
    yield Notice(
        f"{incident}:{kind}",
        said(
            "broken",
            source=state.id,
            what=said(f"is_{kind}"),
            outcome=state.outcome,
            polls=said("polls_one") if state.failures == 1 else said("polls", count=state.failures),
            since=state.failing_since or said("first_poll"),
            was=said("listed", items=state.items) if kind in LAYOUT and state.items else NOTHING,
            detail=state.detail,
            last=state.last_new_at or said("never"),
            next=said(f"do_{kind}"),
        ),
    )


def _well_again(state: SourceState, incident: str, *, meanwhile: bool = False) -> Notice:
    began = _stamp_of(incident)
    if meanwhile:
        return Notice(f"{incident}:well", said("recovered", source=state.id))
    lasted = said("lasted", span=state.well_since - began) if state.well_since and began else NOTHING
    told = said("well", source=state.id, lasted=lasted, outcome=state.outcome, items=state.items)
    return Notice(f"{incident}:well", told)


def _has_settled(state: SourceState, before: set[str], now: datetime) -> bool:
    if len(_recent(state, before, now)) < FLAPPING:
        return True
    return state.well_since is not None and now - state.well_since >= SETTLED


def _recent(state: SourceState, before: set[str], now: datetime) -> set[str]:
    """The incidents of the last day that were told."""
    incidents = {_incident_of(subject) for subject in before if subject.startswith(f"source:{state.id}:broken:")}
    return {one for one in incidents if (at := _stamp_of(one)) is not None and now - at < timedelta(days=1)}


def _patience(kind: Condition, settings: HealthSettings) -> int:
    return min(LAYOUT_POLLS, settings.failures) if settings.empty_list and kind in LAYOUT else settings.failures


def _kind(state: SourceState) -> Condition:
    if state.condition is not None and state.condition not in condition.USABLE:
        return state.condition
    return condition.of_outcome(state.outcome) if state.outcome is not None else "suspect"


def _family(kind: str) -> str:
    return "reach" if kind in _REACH else kind


def _incident(state: SourceState) -> str:
    since = f"{state.failing_since:{_STAMP}}" if state.failing_since else "always"
    return f"source:{state.id}:broken:{since}"


# ---------------------------------------------------------------------------------------------- all together


def _network(states: Sequence[SourceState], before: set[str], settings: HealthSettings) -> tuple[bool, list[Notice]]:
    """Whether most sources fail as they do when our own network is away, and what is to be said of that."""
    polled = [state for state in states if state.outcome is not None]
    failing = [state for state in polled if state.failures and _kind(state) in condition.PERHAPS_OURS]
    open_ = _open_incident("network:away:", before)
    many = max(TOGETHER, (len(polled) + 1) // 2) if open_ is None else max(1, len(polled) // 4)
    if len(failing) >= many:
        if open_ is not None or max(state.failures for state in failing) < settings.failures:
            return True, []
        since = min(state.failing_since or state.due_at for state in failing)
        names = ", ".join(sorted(state.id for state in failing)[:5]) + (" ..." if len(failing) > 5 else "")
        return True, [
            Notice(
                f"network:away:{since:{_STAMP}}:told",
                said("away", failing=len(failing), polled=len(polled), since=since, names=names),
            )
        ]
    if open_ is None:
        return False, []
    rest = said("rest", failing=len(failing)) if failing else NOTHING
    return False, [Notice(f"{open_}:well", said("back", answer=len(polled) - len(failing), rest=rest))]


# ------------------------------------------------------------------------------------ answers, and yet not well


def _silent(state: SourceState, source: Source | None, before: set[str], settings: HealthSettings) -> Iterator[Notice]:
    usual = silence(state, source, settings)
    if usual is None or state.failures:
        return
    last, limit = usual
    open_ = _open_incident(f"source:{state.id}:silent:", before)
    if open_ is not None and (_stamp_of(open_) or last) < last.replace(microsecond=0):
        yield Notice(f"{open_}:well", said("speaks_again", source=state.id))
    subject = f"source:{state.id}:silent:{last:{_STAMP}}"
    if is_silent(state, source, settings) and f"{subject}:told" not in before:
        how = said("as_it_says" if source is not None and source.silent_after else "as_it_does")
        yield Notice(
            f"{subject}:told",
            said("silent", source=state.id, last=last, how=how, limit=limit, next=said("do_stale")),
        )


def _worse(state: SourceState, before: set[str]) -> Iterator[Notice]:
    """A list that was good and is malformed now, or has no dates any more."""
    if state.failures:
        return
    for kind in ("malformed", "no_dates"):
        open_ = _open_incident(f"source:{state.id}:{kind}:", before)
        if state.condition == kind:
            since = state.worse_since
            lasts = since is not None and state.seen_at is not None and state.seen_at - since >= WORSE_FOR
            if open_ is None and since is not None and lasts:
                yield Notice(
                    f"source:{state.id}:{kind}:{since:{_STAMP}}:told",
                    said("worse", source=state.id, since=since, what=said(f"is_{kind}"), next=said(f"do_{kind}")),
                )
        elif open_ is not None and state.condition is not None:
            yield Notice(f"{open_}:well", said("better", source=state.id, what=said(f"kind_{kind}")))


def _gaps(found: Iterable[Gap], before: set[str]) -> Iterator[Notice]:
    last: dict[str, datetime] = {}
    for subject in before:
        if subject.startswith("gap:"):
            at = _stamp_of(subject)
            source = subject.split(":")[1]
            if at is not None:
                last[source] = max(at, last.get(source, at))
    for one in sorted(found, key=lambda gap: gap.noticed_at):
        if one.source in last and one.noticed_at - last[one.source] < GAPS_APART:
            continue
        last[one.source] = one.noticed_at
        yield Notice(
            f"gap:{one.source}:{one.noticed_at:{_STAMP}}",
            said("gap", source=one.source, between=_between(one), detail=one.detail),
        )


def _between(one: Gap) -> Said:
    if one.since is None:
        return NOTHING
    return said(
        "between", text=between(one), width=one.width or timedelta(), since=one.since, until=one.until or one.noticed_at
    )


def between(one: Gap) -> str:
    """From when to when, and how wide that is; "" where the last good look is not known."""
    if one.since is None:
        return ""
    until = one.until or one.noticed_at
    width = span("en", one.width) if one.width else "no time"
    return f" of {width}, from {one.since:%d %b %Y, %H:%M} to {until.astimezone(UTC):%d %b %Y, %H:%M} UTC"


# ---------------------------------------------------------------------------------------------------- subjects


def _open_incident(prefix: str, before: set[str]) -> str | None:
    """The incident below `prefix` that was told and of whose end nothing was said: the latest, if there are several."""
    incidents = {_incident_of(subject) for subject in before if subject.startswith(prefix)}
    return max((one for one in incidents if f"{one}:well" not in before), default=None)


def _incident_of(subject: str) -> str:
    """The incident that a subject is about: without its last word, where it has one after the stamp."""
    return subject.rpartition(":")[0] if _stamp_of(subject.rpartition(":")[2]) is None else subject


def _stamp_of(subject: str) -> datetime | None:
    try:
        return datetime.strptime(subject.rpartition(":")[2], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
