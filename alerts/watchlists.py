"""Reads `[actors.*]` and `[keywords.*]` into what is watched, and says what in them cannot work or will surprise."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence

from alerts.keys import ActorKeys, KeywordsKeys
from alerts.model import Actor, Keywords
from alerts.unbuilt import later_keys
from alerts.watch.query import Refusal, read_query
from alerts.watch.rules import Rule, compile_rule
from alerts.watch.sense import SAMPLES, everywhere, never
from alerts.watch.tree import Filter, leaves
from scraper.document import Part
from scraper.errors import one_line
from scraper.validate import Checker, names, settle


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


def read_keywords(
    parts: Mapping[str, Part],
    actors: Collection[str],
    sources: Collection[str] | None,
    checker: Checker,
    tags: Collection[str] | None = None,
) -> tuple[Keywords, ...]:
    """`[keywords.ID]`, in the order of the files. `actors` are the ids that rules may name; `sources` those that filters
    should, and `tags` the tags that some source has; None where they are not known."""
    known: dict[str, Collection[str] | None] = {"source": sources, "tag": tags}
    lists = []
    good = []
    for id_, part in parts.items():
        keys, bad = checker.keys(KeywordsKeys, part, later_keys("keywords.*"))
        one = settle(Keywords, keys, id=id_)
        lists.append(one)
        if "query" not in part.raw:
            _check_any(part, checker)
            if not bad and (one.none or any(len(text) <= _SHORT for text in one.any)):
                good.append((compile_rule(one, ()), part))
            continue
        for key, said in (("any", one.any), ("none", one.none), ("in", one.fields), ("languages", one.languages)):
            if said and set(said) != set(_DEFAULT.fields):  # `config show` writes `in` with both fields
                checker.findings.problem(
                    part.at(key), "cannot stand beside `query`", f"write it into the rule: {_SO[key]}"
                )
        if "query" not in bad and _check_query(keys.query, part.at("query"), actors, known, checker) and not bad:
            good.append((compile_rule(one, actors), part))
    _foresee(good, checker)
    return tuple(lists)


_DEFAULT = Keywords("")
_SHORT = 6
"""Letters (and a star) of an entry that could be one of the commonest words."""
_SO = {"any": "(one OR other)", "none": "-word", "in": "title:(...)", "languages": "(lang:ar OR lang:en)"}


def _check_any(part: Part, checker: Checker) -> None:
    """A list needs words, unless a mistyped key was to be them."""
    meant = [checker.intended.word(key, names(KeywordsKeys)) for key in part.raw if key not in names(KeywordsKeys)]
    if "any" not in part.raw and not {"any", "query"}.intersection(meant):
        hint = 'for example any = ["threat*"], or a rule: query = "missile AND port"'
        checker.findings.problem(part.at("any"), "is missing", hint)


def _check_query(
    query: str, part: Part, actors: Collection[str], known: Mapping[str, Collection[str] | None], checker: Checker
) -> bool:
    """Whether the rule can be read."""
    tree = read_query(query, actors)
    if isinstance(tree, Refusal):
        said = one_line(query[tree.at : tree.at + 24], 24)
        where = f"“{said}” (character {tree.at + 1}): " if said else ""
        checker.findings.problem(part, where + tree.message, tree.hint)
        return False
    for leaf in leaves(tree):
        if not isinstance(leaf, Filter) or (values := known.get(leaf.about)) is None:
            continue
        if leaf.value not in {value.lower() for value in values}:
            said = "there is no source" if leaf.about == "source" else "no source has the tag"
            checker.findings.warn(part, f'{said} "{leaf.value}"', checker.intended.hint(leaf.value, values))
    return True


def _foresee(rules: Sequence[tuple[Rule, Part]], checker: Checker) -> None:
    """Says which rules never match, and which match nearly everything."""
    found = everywhere([rule for rule, _ in rules])
    for rule, part in rules:
        here = part.at("query" if "query" in part.raw else "any")
        if reason := never(rule.tree):
            checker.findings.warn(here, f"can never match: {reason}")
        languages = found.get(rule.keywords.id, ())
        if len(languages) == len(SAMPLES):
            checker.findings.problem(here, "fires on nearly everything", "write what shall be found, and no more")
        elif languages:
            checker.findings.warn(here, f"fires on nearly everything in {', '.join(languages)}")


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
