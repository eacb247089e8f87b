"""The configuration in force, as tables again: what `bayan config show` prints. Secrets are "***"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from alerts.sections import SECTIONS, in_order, written
from alerts.settings import Configuration
from scraper.secret import Secret
from scraper.validate import model_below

HIDDEN = "***"


def tables(configuration: Configuration) -> dict[str, Any]:
    """Every table with every key in force, in the order of the manual; in tables with ids, what is empty is left out."""
    shown: dict[str, Any] = {
        "config_version": 1,
        "timezone": configuration.timezone,
        "language": configuration.language,
    }
    for section in SECTIONS:
        value = getattr(configuration, section.name)
        if value is None:  # a table that is not there at all means something
            continue
        match section.form:
            case "table":
                shown[section.name] = _table(next(iter(section.kinds.values())), value, empty=True)
            case "ids":
                shown[section.name] = {
                    one.id: _table(section.kinds[getattr(one, "kind", "")], one, empty=False) for one in value
                }
            case "list":
                shown[section.name] = [_table(section.kinds[""], one, empty=False) for one in value]
    return shown


def toml(shown: Mapping[str, Any]) -> str:
    """`shown` as TOML."""
    return "\n".join(_lines(shown, ())).strip() + "\n"


def _table(model: type[BaseModel], value: object, *, empty: bool) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name, info in in_order(model):
        key = info.alias or name
        here = getattr(value, name, None)  # `urls` of a table is no value of the sources that it became
        if isinstance(here, Secret):
            table[key] = HIDDEN
        elif (below := model_below(model, key)) is not model and here is not None:
            table[key] = _table(below, here, empty=False)
        else:
            here = written(info, here)
            if here is not None and (empty or here not in ("", [], {})):
                table[key] = str(here) if not isinstance(here, bool | int | float | list | dict) else here
    return table


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterable[str]:
    below = []
    for key, value in table.items():
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            below.append((key, value))
        else:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in below:
        name = ".".join(_key(part) for part in (*path, key))
        for one in value if isinstance(value, list) else [value]:
            inner = list(_lines(one, (*path, key)))
            if not inner or not inner[0].startswith("\n"):
                yield f"\n[[{name}]]" if isinstance(value, list) else f"\n[{name}]"
            yield from inner


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)
