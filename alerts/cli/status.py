"""`bayan status`: one screen that tells in five seconds whether all is well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, counted, load, opened

if TYPE_CHECKING:
    from rich.console import Console

    from alerts.model import DeliveryState
    from alerts.outbox import ChannelState
    from alerts.settings import Configuration
    from scraper.gap import Gap
    from scraper.model import Condition
    from scraper.sources import SourceState


def status(config: ConfigOption = None, data_dir: DataOption = None, json_: JsonOption = False) -> None:
    """Is all well? Sources, what waits to be sent, channels, and whether the service is alive.

    Example:  bayan status
              bayan status --json | jq '.sources[] | select(.failures > 0) | .id'
    """
    from alerts import outbox, rung, troubles
    from scraper import holds, marks, sources, store, stories
    from scraper.copies import RESTORED

    configuration = load(config, data_dir)
    now = datetime.now(UTC)
    with opened(configuration) as database:
        found = Stand(
            *database.read_now(outbox.summary),
            states=database.read_now(sources.states),
            channels=database.read_now(outbox.channels),
            beats=database.read_now(sources.beats),
            statements=database.read_now(store.counts)["statements"],
            rang=database.read_now(rung.count),
            told=database.read_now(stories.counts),
            floods=database.read_now(holds.counts),
            restored=database.read_now(lambda conn: marks.read(conn, RESTORED)),
            gaps=database.read_now(lambda conn: sources.gaps(conn, now - troubles.GAPS_KEPT)),
        )
    if json_:
        typer.echo(json.dumps(_as_json(configuration, found), ensure_ascii=False))
    else:
        _draw(configuration, found, now)


@dataclass(frozen=True, slots=True)
class Stand:
    """What the store says of everything, read at one look.

    `oldest` is since when the oldest open delivery waits, `rang` how many alerts were sent, `told` how many stories stand in
    several sources and how many statements those are, `floods` how much is held of which source, `restored` when the backup was
    made that was put back.
    """

    by_state: dict[DeliveryState, int]
    oldest: datetime | None
    states: tuple[SourceState, ...]
    channels: tuple[ChannelState, ...]
    beats: dict[str, tuple[datetime, str]]
    statements: int
    rang: int
    told: tuple[int, int]
    floods: dict[str, int]
    restored: datetime | None
    gaps: tuple[Gap, ...]


def _as_json(configuration: Configuration, found: Stand) -> dict[str, Any]:
    """The fixed form (docs/json.md)."""
    from alerts.troubles import standing

    configured = {source.id: source for source in configuration.sources}
    of = found.by_state
    return {
        "schema": 1,
        "sources": [
            {
                "id": state.id,
                "outcome": state.outcome,
                "health": standing(state, configured.get(state.id), configuration.health),
                "outcome_at": _stamp(state.outcome_at),
                "failures": state.failures,
                "last_new_at": _stamp(state.last_new_at),
                "due_at": _stamp(state.due_at),
                "items": state.items,
                "held": found.floods.get(state.id, 0),
                "detail": state.detail,
                "reading_back": state.older_page is not None,
                "gaps": [gap_row(one) for one in found.gaps if one.source == state.id],
            }
            for state in found.states
        ],
        "outbox": {
            "pending": of.get("pending", 0) + of.get("claimed", 0),
            "unconfirmed": of.get("unconfirmed", 0),
            "held": of.get("held", 0),
            "failed": of.get("failed", 0),
            "oldest_pending_at": _stamp(found.oldest),
        },
        "stories": {"several": found.told[0], "statements": found.told[1]},
    }


def _draw(configuration: Configuration, found: Stand, now: datetime) -> None:
    """The screen: the verdict, what asks for somebody, the table, and what is known of each source that is unwell."""
    from rich.console import Console

    from alerts.troubles import standing

    console = Console(highlight=False)
    enabled = {source.id: source for source in configuration.sources if source.enabled}
    shown = [state for state in found.states if state.id in enabled]
    stands = {state.id: standing(state, enabled[state.id], configuration.health) for state in shown}
    _draw_verdict(console, configuration, found, shown, now)
    _draw_what_waits_for_a_person(console, configuration, found)
    _draw_table(console, shown, stands, now)
    _draw_unwell(console, shown, stands, [one for one in found.gaps if one.source in enabled])


def _draw_verdict(
    console: Console, configuration: Configuration, found: Stand, shown: list[SourceState], now: datetime
) -> None:
    from rich.markup import escape

    from alerts.health import ailments

    by_state, failing = found.by_state, sum(state.failures > 0 for state in shown)
    conditions = {one.id: "ok" for one in configuration.channels} | _learned(configuration, found)
    canary = configuration.canary is not None
    reasons = ailments(shown, conditions, found.beats, now, canary=canary)
    waiting = sum(by_state.get(state, 0) for state in ("pending", "claimed", "unconfirmed"))
    held, failed = by_state.get("held", 0), by_state.get("failed", 0)
    troubled = any(condition != "ok" for condition in conditions.values())
    well = not (failing or troubled or failed or held or found.floods or found.restored or reasons)
    verdict = "[green]all is well[/]" if well else "[red]look here[/]"
    console.print(f"{verdict}: {counted(len(shown), 'sources')}, {failing} failing; {_alive(found.beats, now)}")
    for reason in reasons:
        console.print(f"[red]{escape(reason)}[/]")
    several = f" ({found.told[0]} carried by several sources)" if found.told[0] else ""
    console.print(
        f"statements {found.statements}{several}; alerts sent {found.rang}, waiting {waiting}"
        + (f" (oldest {_ago(found.oldest, now)})" if found.oldest and waiting else "")
        + (f", [red]failed {failed}[/] (bayan alerts failed; bayan alerts retry)" if failed else "")
    )
    if canary and "canary" in found.beats:
        at, detail = found.beats["canary"]
        console.print(f"canary came through {_ago(at, now)}, in {json.loads(detail)['seconds']:.1f} s")


def _learned(configuration: Configuration, found: Stand) -> dict[str, str]:
    """The condition of each configured channel of which something was learned."""
    configured = {one.id for one in configuration.channels}
    return {channel.id: channel.condition for channel in found.channels if channel.id in configured}


def _draw_what_waits_for_a_person(console: Console, configuration: Configuration, found: Stand) -> None:
    from rich.markup import escape

    held = found.by_state.get("held", 0)
    if held or found.restored:
        since = f" since the backup of {found.restored:%d %b %Y, %H:%M} UTC was put back" if found.restored else ""
        console.print(f"[red]held {held}[/]{since}: bayan alerts release sends them, bayan alerts drop forgets them")
    for source, count in found.floods.items():
        console.print(
            f"[red]{source}[/]: {count} new statements are held, as after a redesign: bayan sources held shows them; "
            f"bayan sources release {source} lets them ring, bayan sources drop {source} does not"
        )
    learned = _learned(configuration, found)
    for channel in found.channels:
        if learned.get(channel.id, "ok") != "ok":
            console.print(
                f"[red]channel {channel.id} is {channel.condition}[/]: {escape(channel.reason)}; "
                f"once that is mended: bayan channels test {channel.id}"
            )


def _draw_table(
    console: Console, shown: list[SourceState], stands: Mapping[str, Condition | None], now: datetime
) -> None:
    from rich.table import Table

    from scraper.condition import WELL

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("source", "last poll", "result", "items", "newest", "next"):
        table.add_column(column, overflow="fold")
    for state in sorted(shown, key=lambda one: (not one.failures, one.id)):
        result = f"[red]{state.outcome} x{state.failures}[/]" if state.failures else (state.outcome or "not yet polled")
        kind = stands[state.id]
        if kind is not None and not state.failures and kind not in WELL:
            result = f"[yellow]{kind}[/]"
        table.add_row(
            state.id, _ago(state.outcome_at, now), result, str(state.items), _ago(state.last_new_at, now),
            _ahead(state.due_at, now),
        )  # fmt: skip
    console.print(table)


def _draw_unwell(
    console: Console, shown: list[SourceState], stands: Mapping[str, Condition | None], gaps: list[Gap]
) -> None:
    from rich.markup import escape

    from alerts.remedies import REMEDIES
    from alerts.troubles import between
    from scraper.condition import WELL

    for state in shown:
        kind = stands[state.id]
        if kind is None or kind in WELL:
            continue
        remedy = REMEDIES[kind]
        if state.failures:
            console.print(
                f"[red]{state.id}[/]: {escape(remedy.said)}: {escape(state.detail)}\n  next: {escape(remedy.next)}"
            )
        elif kind == "stale":
            console.print(f"[yellow]{state.id}[/]: {escape(remedy.said)}\n  next: {escape(remedy.next)}")
    for one in gaps:
        console.print(f"[yellow]{one.source}[/] may have a gap{between(one)}: {escape(one.detail)}")
    for state in shown:
        if state.older_page is not None:
            console.print(f"{state.id} is being read back over the time that nobody looked", markup=False)
    for state in shown:
        if state.moved_to:
            console.print(f'{state.id} has moved for good: set url = "{state.moved_to}"', markup=False)


def _alive(beats: dict[str, tuple[datetime, str]], now: datetime) -> str:
    lives = [(name, beat) for name, beat in beats.items() if name in ("service", "once")]
    if not lives:
        return "never run yet: bayan run"
    name, (at, _) = max(lives, key=lambda life: life[1][0])
    what = "the service was alive" if name == "service" else "the last run ended"
    return f"{what} {_ago(at, now)}"


def _ago(moment: datetime | None, now: datetime) -> str:
    return "-" if moment is None else f"{_span(now - moment)} ago"


def _ahead(moment: datetime, now: datetime) -> str:
    return "now" if moment <= now else f"in {_span(moment - now)}"


def _span(span: timedelta) -> str:
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size * 2 or (seconds >= size and unit != "d"):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def gap_row(one: Gap) -> dict[str, Any]:
    """A gap as JSON: when it was noticed, from when to when, how many older pages were read, why it could not be closed."""
    return {
        "noticed_at": _stamp(one.noticed_at),
        "since": _stamp(one.since),
        "until": _stamp(one.until),
        "pages": one.pages,
        "detail": one.detail,
    }


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
