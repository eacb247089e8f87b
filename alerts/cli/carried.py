"""Who carries one statement, and why it counts as the same one: lines for a person, rows for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scraper.stories import Member


def as_carried(members: tuple[Member, ...]) -> list[dict[str, Any]]:
    """The statements of a story, first seen first, with the lead of each later one in minutes."""
    return [
        {
            "id": one.id,
            "source": one.source,
            "first_seen": one.first_seen_at.isoformat().replace("+00:00", "Z"),
            "lead_minutes": round((one.first_seen_at - members[0].first_seen_at).total_seconds() / 60, 1),
            "like": one.like,
            "why": one.why,
            "news": one.news,
        }
        for one in members
    ]


def told_story(members: tuple[Member, ...], statement: int) -> list[str]:
    """Lines for a person; none where the statement stands alone."""
    if len(members) < 2:
        return []
    first, *later = members
    lines = [f"first {first.source} (statement {first.id}), {first.first_seen_at:%d %b %Y, %H:%M} UTC"]
    for one in later:
        minutes = round((one.first_seen_at - first.first_seen_at).total_seconds() / 60)
        lines.append(f"also {one.source} (statement {one.id}), +{minutes} min")
    for one in members:
        if one.id == statement and one.why:
            new = f"; it rings for {one.news}" if one.news else ""
            lines.append(f"joined because of statement {one.like}: {one.why}{new}")
    return lines
