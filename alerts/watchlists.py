"""Reads `[actors.*]` and `[keywords.*]` into what is watched, and says what in them cannot work or will surprise."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from alerts.keys import ActorKeys, KeywordsKeys
from alerts.model import Actor, Keywords
from alerts.unbuilt import later_keys
from scraper.document import Part
from scraper.validate import Checker, settle


def read_actors(parts: Mapping[str, Part], checker: Checker) -> tuple[Actor, ...]:
    """`[actors.ID]`, in the order of the files."""
    read = {id_: checker.keys(ActorKeys, part) for id_, part in parts.items()}
    owners: dict[str, str] = {}
    for id_, (keys, _) in read.items():
        part = parts[id_]
        _aliases(id_, keys, part, owners, checker)
        for index, group in enumerate(keys.member_of):
            if group == id_:
                checker.findings.problem(part.at("member_of").at(index), "an actor is no member of itself")
            elif group not in parts:
                checker.unknown(part.at("member_of").at(index), "actor", parts)
    _circles({id_: tuple(g for g in keys.member_of if g != id_) for id_, (keys, _) in read.items()}, parts, checker)
    return tuple(settle(Actor, keys, id=id_) for id_, (keys, _) in read.items())


def read_keywords(parts: Mapping[str, Part], checker: Checker) -> tuple[Keywords, ...]:
    """`[keywords.ID]`, in the order of the files."""
    later = later_keys("keywords.*")
    lists = []
    for id_, part in parts.items():
        if checker.findings.has(part.at("query")):  # not built, and said so: an `any` is not missed beside it
            part = Part(part.document, part.path, {"any": ["query"], **part.raw})
        keys, _ = checker.keys(KeywordsKeys, part, later)
        lists.append(settle(Keywords, keys, id=id_))
    return tuple(lists)


def plain(name: str) -> str:
    """`name` as far as spelling goes that no reader would tell apart: case, marks, width and white space are gone."""
    spread = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(letter for letter in spread if not unicodedata.combining(letter)).split())


def _aliases(id_: str, keys: ActorKeys, part: Part, owners: dict[str, str], checker: Checker) -> None:
    """What a name may not be within its actor, and what two actors should not share. `owners`: plain name to actor."""
    full = {plain(keys.name): part.at("name")}
    for index, alias in enumerate(keys.aliases):
        here = part.at("aliases").at(index)
        if full.setdefault(plain(alias), here) is not here:
            checker.findings.warn(here, f'"{alias}" stands twice for this actor')
    for name, where in full.items():
        if name and owners.setdefault(name, id_) != id_:
            checker.findings.warn(where, f"actors.{owners[name]} has the same name: every hit will be for both")
        letters = sum(letter.isalnum() for letter in name)
        if 0 < letters < 3:
            where_to = "move it to `weak_aliases` or `acronyms`"
            checker.findings.warn(where, "a full name of fewer than three letters will ring for much else", where_to)
    for key, weak in (("weak_aliases", keys.weak_aliases), ("acronyms", keys.acronyms)):
        for index, alias in enumerate(weak):
            same = key == "weak_aliases" and plain(alias) in full
            if same:
                message = f'"{alias}" is a full alias too, so it would ring alone'
                checker.findings.problem(part.at(key).at(index), message, "keep it in one of the two lists")


def _circles(members: Mapping[str, tuple[str, ...]], parts: Mapping[str, Part], checker: Checker) -> None:
    """A problem for each actor that is, through its groups, a member of itself."""
    done: set[str] = set()
    for start in members:
        way: list[str] = []
        waiting: list[tuple[str, int]] = [(start, 0)]
        while waiting:
            actor, depth = waiting.pop()
            del way[depth:]
            if actor in way:
                circle = " -> ".join([*way[way.index(actor) :], actor])
                checker.findings.problem(parts[way[-1]].at("member_of"), f"goes round in a circle: {circle}")
                continue
            if actor in done:
                continue
            way.append(actor)
            done.add(actor)
            waiting.extend((group, depth + 1) for group in reversed(members.get(actor, ())) if group in parts)
