"""`bayan status`: one screen that tells in five seconds whether all is well."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer

from alerts.cli.frame import ConfigOption, DataOption, JsonOption, load, opened

if TYPE_CHECKING:
    from alerts.model import DeliveryState
    from alerts.outbox import ChannelState
    from alerts.settings import Configuration
    from scraper.gap import Gap
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
    with opened(configuration) as database:
        states = database.read_now(sources.states)
        by_state, oldest = database.read_now(outbox.summary)
        channels = database.read_now(outbox.channels)
        beats = database.read_now(sources.beats)
        counts = database.read_now(store.counts)
        rang = database.read_now(rung.count)
        told = database.read_now(stories.counts)
        floods = database.read_now(holds.counts)
        restored = database.read_now(lambda conn: marks.read(conn, RESTORED))
        now = datetime.now(UTC)
        gaps = database.read_now(lambda conn: sources.gaps(conn, now - troubles.GAPS_KEPT))
    if json_:
        typer.echo(
            json.dumps(_as_json(configuration, states, by_state, oldest, told, gaps, floods), ensure_ascii=False)
        )
        return
    counts = {**counts, "stories": told[0], "rang": rang}
    _draw(configuration, states, by_state, oldest, channels, beats, counts, restored, gaps, floods, now)


def _as_json(
    configuration: Configuration,
    states: tuple[SourceState, ...],
    by_state: dict[DeliveryState, int],
    oldest: datetime | None,
    told: tuple[int, int],
    gaps: tuple[Gap, ...],
    floods: dict[str, int],
) -> dict[str, Any]:
    """The fixed form (docs/json.md)."""
    from alerts.troubles import standing

    configured = {source.id: source for source in configuration.sources}
    waiting = by_state.get("pending", 0) + by_state.get("claimed", 0)
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
                "held": floods.get(state.id, 0),
                "detail": state.detail,
                "reading_back": state.older_page is not None,
                "gaps": [gap_row(one) for one in gaps if one.source == state.id],
            }
            for state in states
        ],
        "outbox": {
            "pending": waiting,
            "unconfirmed": by_state.get("unconfirmed", 0),
            "held": by_state.get("held", 0),
            "failed": by_state.get("failed", 0),
            "oldest_pending_at": _stamp(oldest),
        },
        "stories": {"several": told[0], "statements": told[1]},
    }


def _draw(
    configuration: Configuration,
    states: tuple[SourceState, ...],
    by_state: dict[DeliveryState, int],
    oldest: datetime | None,
    channels: tuple[ChannelState, ...],
    beats: dict[str, tuple[datetime, str]],
    counts: dict[str, int],
    restored: datetime | None,
    gaps: tuple[Gap, ...],
    floods: dict[str, int],
    now: datetime,
) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from alerts.health import ailments
    from alerts.remedies import REMEDIES
    from alerts.troubles import between, standing
    from scraper.condition import WELL

    console = Console(highlight=False)
    enabled = {source.id: source for source in configuration.sources if source.enabled}
    stands = {state.id: standing(state, enabled.get(state.id), configuration.health) for state in states}
    shown = [state for state in states if state.id in enabled]
    failing = [state for state in shown if state.failures]
    waiting = sum(by_state.get(state, 0) for state in ("pending", "claimed", "unconfirmed"))
    learned = {channel.id: channel for channel in channels}
    conditions = {one.id: learned[one.id].condition if one.id in learned else "ok" for one in configuration.channels}
    troubled = [channel for channel in channels if conditions.get(channel.id, "ok") != "ok"]
    reasons = ailments(shown, conditions, beats, now, canary=configuration.canary is not None)
    held, failed = by_state.get("held", 0), by_state.get("failed", 0)
    well = not (failing or troubled or failed or held or floods or restored or reasons)
    verdict = "[green]all is well[/]" if well else "[red]look here[/]"
    console.print(
        f"{verdict}: {len(shown)} source{'s' * (len(shown) != 1)}, {len(failing)} failing; {_alive(beats, now)}"
    )
    for reason in reasons:
        console.print(f"[red]{escape(reason)}[/]")
    several = f" ({counts['stories']} carried by several sources)" if counts["stories"] else ""
    console.print(
        f"statements {counts['statements']}{several}; alerts sent {counts['rang']}, waiting {waiting}"
        + (f" (oldest {_ago(oldest, now)})" if oldest and waiting else "")
        + (f", [red]failed {failed}[/] (bayan alerts failed; bayan alerts retry)" if failed else "")
    )
    if configuration.canary is not None and "canary" in beats:
        at, detail = beats["canary"]
        console.print(f"canary came through {_ago(at, now)}, in {json.loads(detail)['seconds']:.1f} s")
    if held or restored:
        why = f" since the backup of {restored:%d %b %Y, %H:%M} UTC was put back" if restored else ""
        console.print(f"[red]held {held}[/]{why}: bayan alerts release sends them, bayan alerts drop forgets them")
    for source, count in floods.items():
        console.print(
            f"[red]{source}[/]: {count} new statements are held, as after a redesign: bayan sources held shows them; "
            f"bayan sources release {source} lets them ring, bayan sources drop {source} does not"
        )
    for channel in troubled:
        console.print(
            f"[red]channel {channel.id} is {channel.condition}[/]: {escape(channel.reason)}; "
            f"once that is mended: bayan channels test {channel.id}"
        )
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
        if one.source in enabled:
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
