"""Reads FollowTheMoney entities: JSON lines with `id`, `schema` and `properties`, where name, alias and weakAlias are lists.

The property names are those of the FollowTheMoney schema (LegalEntity, Person, Organization). What an entity merely has to
do with a person (addresses, documents, holdings) is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from alerts.exchange.listed import LeftOut, Listed, Type, Unreadable, lines
from scraper.errors import one_line

TYPES: Mapping[str, Type] = {
    "Person": "person",
    "Organization": "group",
    "Company": "group",
    "LegalEntity": "group",
    "PublicBody": "group",
}
"""Which schema is what. A LegalEntity is somebody of whom nobody knows whether it is a person: it is watched as a group."""

_COUNTRIES = ("country", "nationality", "citizenship", "jurisdiction", "mainCountry", "birthCountry")
_TOPICS = ("topics", "programId", "program")
_MOST_WRONG = 1_000
"""Lines that cannot be read, after which the file is of another form."""


def read(stream: BinaryIO) -> Iterator[Listed | LeftOut]:
    """The entities of a file, one at a time. A line that is no entity is left out; raises `Unreadable` where most are."""
    wrong = good = 0
    for number, line in lines(stream):
        if not line.strip():
            continue
        one = _entry(line, number)
        if isinstance(one, LeftOut) and one.what == _NO_ENTITY:
            wrong += 1
            if wrong >= _MOST_WRONG and not good:
                remedy = 'give one JSON object a line: {"id", "schema", "properties"}'
                raise Unreadable(number, "none of the lines so far is an entity", remedy)
        else:
            good += 1
        yield one


_NO_ENTITY = "no entity"


def _entry(line: str, number: int) -> Listed | LeftOut:
    try:
        row = json.loads(line)
    except RecursionError:
        return LeftOut(number, _NO_ENTITY, "the line is nested too deeply", "is it the right file?")
    except ValueError as error:
        return LeftOut(number, _NO_ENTITY, f"the line is no JSON: {one_line(str(error), 80)}", "one object a line")
    if not isinstance(row, dict) or not isinstance(row.get("schema"), str):
        return LeftOut(number, _NO_ENTITY, "the line has no `schema`", 'an entity is {"id", "schema", "properties"}')
    properties = row.get("properties")
    if not isinstance(properties, dict):
        return LeftOut(
            number, _NO_ENTITY, "the line has no `properties`", 'an entity is {"id", "schema", "properties"}'
        )
    caption = _text(row.get("caption"))
    names = _texts(properties, "name")
    key = _text(row.get("id"))
    called = one_line(caption or next(iter(names), key) or "?", 60)
    type_ = TYPES.get(row["schema"])
    if type_ is None:
        return LeftOut(
            number, called, f"is of the schema “{one_line(row['schema'], 40)}”, neither a person nor a group"
        )
    if row.get("target") is False:
        return LeftOut(number, called, "is no target of its list, only named there")
    if caption in names:
        names = [caption, *(name for name in names if name != caption)]
    return Listed(
        line=number,
        key=key,
        type=type_,
        names=tuple(names),
        aliases=(*_texts(properties, "alias"), *_texts(properties, "previousName")),
        weak=(*_texts(properties, "weakAlias"), *_texts(properties, "abbreviation")),
        role=next(iter(_texts(properties, "position")), ""),
        note=key,
        countries=tuple(one for name in _COUNTRIES for one in _texts(properties, name)),
        topics=tuple(one for name in _TOPICS for one in _texts(properties, name)),
    )


def _texts(properties: Mapping[str, Any], name: str) -> list[str]:
    """The texts of a property; a single text counts as a list of one."""
    value = properties.get(name)
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [one for one in values if isinstance(one, str) and one.strip()]


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
