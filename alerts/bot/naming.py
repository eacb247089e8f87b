"""How the rules of a chat name actors: `@slug`, or `@"Name"` as people write it; and which rules name somebody who is gone.

    @"Qais al-Khazali" NEAR/5 drone   ->   @qais-al-khazali NEAR/5 drone   (what is kept, shown and exported)

A rule whose actor is watched no more rests: it rings for nothing, is shown as resting, and wakes when that actor is back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from alerts.bot import watches
from alerts.bot.commands import Here
from alerts.bot.watches import Watch
from alerts.model import Actor, owner
from alerts.watch.asked import name_key
from alerts.watch.match import compile_watchlist
from alerts.watch.query import Refusal, read_query
from alerts.watch.rules import nameable

_QUOTE: Final = '"“”„«»'
_PIECE: Final = re.compile(
    rf"@[{_QUOTE}](?P<name>[^{_QUOTE}]+)[{_QUOTE}]|[{_QUOTE}][^{_QUOTE}]*[{_QUOTE}]|(?<![^\s(:-])/(?:[^/\\]|\\.)*/"
)
"""An actor's name in quotes; or quotes and expressions in which an @ is only a sign."""


def by_id(query: str, actors: Sequence[Actor]) -> tuple[str, tuple[str, ...]]:
    """`query` with the ids of the actors that it names in quotes, in whatever spelling finds one of them and no other; and the
    names that nobody has. Of two of one name the last, so a chat's own come last. Many actors take a second."""
    ids = {name_key(name): bare(one.id) for one in actors for name in (*reversed(one.aliases), one.name)}
    unknown: list[str] = []

    def put(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return found[0]
        id_ = ids.get(name_key(name)) or _found_by(name.strip(), actors)
        if id_ is None:
            unknown.append(name.strip())
        return found[0] if id_ is None else f"@{id_}"

    return _PIECE.sub(put, query), tuple(dict.fromkeys(unknown))


def _found_by(name: str, actors: Sequence[Actor]) -> str | None:
    """The only actor that the whole of a name is a spelling of."""
    met = compile_watchlist(actors, ()).match(name, "")
    whole = {one.actor for one in met if one.actor is not None and one.surface == name}
    return bare(whole.pop()) if len(whole) == 1 else None


def bare(id_: str) -> str:
    """The id of an actor or a rule as its chat writes it: without the chat."""
    return id_.rpartition("/")[2]


def named(query: str) -> tuple[str, ...]:
    """What stands behind the @ of a rule, each once."""
    found: list[str] = []

    def note(written: str) -> str:
        found.append(written)
        return written

    read_query(query, note)
    return tuple(dict.fromkeys(found))


def lacking(query: str, actors: Iterable[str], chat: str) -> tuple[str, ...]:
    """The actors that a rule of `chat` (`chat:NUMBER`) names and that are watched no more. `actors` are all ids."""
    if "@" not in query:
        return ()
    known = nameable(actors)(chat)
    return tuple(one for one in named(query) if one not in known)


def is_whole(query: str, known: Collection[str]) -> bool:
    """Whether a rule of a chat can be tried: it can be read, and names nobody who is not in `known` (`nameable`)."""
    return not isinstance(read_query(query, known), Refusal)


def resting(mine: Sequence[Watch], actors: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The rules of a chat that rest, by their slugs: whom each of them lacks. `mine` is all that the chat watches, `actors` the
    ids of the configuration's."""
    if not any("@" in str(one.definition.get("query", "")) for one in mine):
        return {}
    filed = [id_ for id_ in actors if not owner(id_)]
    ids = [*filed, *(f"chat:{one.chat}/{one.slug}" for one in mine if one.kind == "actor")]
    lack = {
        one.slug: lacking(str(one.definition.get("query", "")), ids, f"chat:{one.chat}")
        for one in mine
        if one.kind == "rule"
    }
    return {slug: who for slug, who in lack.items() if who}


async def told_resting(without: str, here: Here) -> str:
    """A line about the rules of this chat that rest now that `without` is watched here no more; "" where there is none."""
    mine = await here.house.db.read(lambda conn: watches.of_chat(conn, here.chat))
    found = resting(mine, [one.id for one in here.house.config().actors])
    rules = [slug for slug, who in found.items() if without in who]
    return "\n⚠️ " + here.say("rules_rest", rules=", ".join(rules), what=f"@{without}") if rules else ""
