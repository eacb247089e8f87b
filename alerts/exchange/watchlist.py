"""Writes actors as the TOML of a watchlist: what an import, a suggestion and an export come to, ready to be included."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from alerts.model import Actor
from scraper.errors import one_line

_WIDTH = 120


def actor_table(actor: Actor, *, note: str = "", unsure: Mapping[str, Sequence[tuple[str, str]]] | None = None) -> str:
    """`[actors.ID]` with what is not a default. `note` is a comment above it.

    `unsure` has, by key, entries to be looked at first: each stands in its list as a comment, with its reason.
    """
    unsure = unsure or {}
    lines = [f"# {line}" for line in _comment(note)]
    lines += [f"[actors.{actor.id}]", f'type = "{actor.type}"', f"name = {text(actor.name)}"]
    for key in ("aliases", "weak_aliases", "acronyms", "context", "not_near", "member_of"):
        lines += _list(key, getattr(actor, key), unsure.get(key, ()))
    if actor.role:
        lines.append(f"role = {text(actor.role)}")
    if actor.priority != "normal":
        lines.append(f"priority = {text(actor.priority)}")
    return "\n".join(lines) + "\n"


def watchlist(tables: Iterable[str], *, head: str) -> Iterator[str]:
    """A watchlist file, piece by piece: a comment that says where it comes from, and its tables."""
    yield "".join(f"# {line}\n" for line in _comment(head))
    for table in tables:
        yield "\n" + table


def text(value: str) -> str:
    """`value` as a TOML string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(key: str, values: Sequence[str], unsure: Sequence[tuple[str, str]]) -> list[str]:
    if not values and not unsure:
        return []
    one = f"{key} = [{', '.join(map(text, values))}]"
    if not unsure and len(one) <= _WIDTH:
        return [one]
    rows = [f"  {text(value)}," for value in values]
    rows += [f"  # {text(value)},  {one_line(reason, 80)}" for value, reason in unsure]
    return [f"{key} = [", *rows, "]"]


def _comment(note: str) -> list[str]:
    return [one_line(line, 400) for line in note.splitlines() if line.strip()]
