"""The tables of the configuration in their order, and the JSON Schema and manual pages that follow from their keys.

`python -m alerts.sections docs/configuration.md` writes the manual's tables anew.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema

from alerts.channel_keys import CHANNEL_KINDS
from alerts.hour_keys import DigestKeys, QuietHoursKeys, StormKeys
from alerts.keys import (
    ActorKeys,
    BotKeys,
    ChangesKeys,
    DeliveryKeys,
    FloodKeys,
    HealthKeys,
    KeywordsKeys,
    LoggingKeys,
    RouteKeys,
    TopKeys,
)
from alerts.vital_keys import CanaryKeys, ServiceKeys
from scraper.keys import SOURCE_KINDS, ArticleKeys, FetchKeys, FieldsKeys, SelectKeys, StorageKeys
from scraper.validate import ID_PATTERN, Keys, is_required
from scraper.values import Called, Reference, Written


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of table: `form` table ([NAME]), ids ([NAME.ID]) or list ([[NAME]]); one model for each kind it comes in."""

    name: str
    form: Literal["table", "ids", "list"]
    kinds: Mapping[str, type[Keys]]


SECTIONS: Final = (
    Section("storage", "table", {"": StorageKeys}),
    Section("fetch", "table", {"": FetchKeys}),
    Section("health", "table", {"": HealthKeys}),
    Section("flood", "table", {"": FloodKeys}),
    Section("changes", "table", {"": ChangesKeys}),
    Section("sources", "ids", SOURCE_KINDS),
    Section("actors", "ids", {"": ActorKeys}),
    Section("keywords", "ids", {"": KeywordsKeys}),
    Section("channels", "ids", CHANNEL_KINDS),
    Section("bot", "table", {"": BotKeys}),
    Section("routes", "list", {"": RouteKeys}),
    Section("quiet_hours", "ids", {"": QuietHoursKeys}),
    Section("delivery", "table", {"": DeliveryKeys}),
    Section("service", "table", {"": ServiceKeys}),
    Section("canary", "table", {"": CanaryKeys}),
    Section("logging", "table", {"": LoggingKeys}),
)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a configuration file, for editors that complete and check TOML."""
    models: list[type[BaseModel]] = [TopKeys, *(model for section in SECTIONS for model in section.kinds.values())]
    _, definitions = models_json_schema([(model, "validation") for model in models], by_alias=True)
    defs = definitions["$defs"]
    models += [SelectKeys, ArticleKeys, FieldsKeys, DigestKeys, StormKeys]
    for model in models:
        required = [info.alias or name for name, info in model.model_fields.items() if is_required(info)]
        if "urls" in model.model_fields and "url" in required:
            required.remove("url")
            defs[model.__name__]["oneOf"] = [{"required": ["url"]}, {"required": ["urls"]}]
        if required:
            defs[model.__name__]["required"] = required
    top = defs.pop("TopKeys")
    for section in SECTIONS:
        kinds = [{"$ref": f"#/$defs/{model.__name__}"} for model in section.kinds.values()]
        one = kinds[0] if len(kinds) == 1 else {"oneOf": kinds}
        match section.form:
            case "table":
                top["properties"][section.name] = one
            case "ids":
                names = {"pattern": ID_PATTERN}
                table = {"type": "object", "propertyNames": names, "additionalProperties": one}
                top["properties"][section.name] = table
            case "list":
                top["properties"][section.name] = {"type": "array", "items": one}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "bayan configuration",
        **{key: value for key, value in top.items() if key != "title"},
        "$defs": defs,
    }


def manual_tables() -> dict[str, str]:
    """The manual's tables in Markdown, by the name between their marks: a section, or `sources.select`."""
    tables = {"top": _table(TopKeys, ())}
    for section in SECTIONS:
        shared = _shared(section)
        first = next(iter(section.kinds.values()))
        if len(section.kinds) > 1:
            if shared:
                tables[section.name] = _table(first, tuple(set(first.model_fields) - shared))
            for kind, model in section.kinds.items():
                tables[f"{section.name}.{kind}"] = _table(model, tuple(shared))
        else:
            tables[section.name] = _table(first, ())
    tables["sources.select"] = _table(SelectKeys, ())
    tables["sources.fields"] = _table(FieldsKeys, ())
    tables["sources.article"] = _table(ArticleKeys, ())
    tables["routes.digest"] = _table(DigestKeys, ())
    tables["delivery.storm"] = _table(StormKeys, ())
    return tables


def refreshed(manual: str) -> str:
    """`manual` with what stands between `<!-- keys: NAME -->` and `<!-- end -->` written anew."""
    tables = manual_tables()
    return re.sub(
        r"(<!-- keys: (\S+) -->\n).*?(<!-- end -->)",
        lambda m: f"{m[1]}\n{tables[m[2]]}\n{m[3]}",
        manual,
        flags=re.DOTALL,
    )


def in_order(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """The fields of a model as people write them: `kind` first."""
    return sorted(model.model_fields.items(), key=lambda field: field[0] != "kind")


def markers(info: FieldInfo) -> Iterator[object]:
    """Everything that stands in a field's `Annotated`, also inside unions."""
    yield from info.metadata
    for inner in get_args(info.annotation):
        yield from getattr(inner, "__metadata__", ())


def written(info: FieldInfo, value: Any) -> Any:
    """`value` of a field as it stands in TOML."""
    for marker in markers(info):
        if isinstance(marker, Written) and value is not None:
            return marker.write(value)
    return list(value) if isinstance(value, tuple) else value


def _shared(section: Section) -> set[str]:
    """The fields that every kind of a section has and that mean the same in all, but `kind`."""
    first, *others = section.kinds.values()
    here = first.model_fields
    alike = {
        name
        for name, info in here.items()
        if all(
            name in other.model_fields and other.model_fields[name].description == info.description for other in others
        )
    }
    return alike - {"kind"}


def _table(model: type[BaseModel], left_out: tuple[str, ...]) -> str:
    rows = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    for name, info in in_order(model):
        if name not in left_out:
            kind = _kind(info)
            default = "**required**" if is_required(info) else _default(info)
            rows.append(f"| `{info.alias or name}` | {kind} | {default} | {info.description} |".replace("\n", " "))
    return "\n".join(rows) + "\n"


def _default(info: FieldInfo) -> str:
    value = written(info, info.default)
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f'`"{value}"`'
    if isinstance(value, list):
        return "`[" + ", ".join(f'"{entry}"' for entry in value) + "]`"
    return "`{}`" if value == {} else f"`{value}`"


def _kind(info: FieldInfo) -> str:
    for marker in info.metadata:
        if isinstance(marker, Called):
            return marker.name
    return _words(info.annotation)


def _words(annotation: Any) -> str:
    """What the manual calls a type."""
    for marker in getattr(annotation, "__metadata__", ()):
        if isinstance(marker, Called):
            return marker.name
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f'`"{choice}"`' for choice in inner)
    if origin is list:
        return f"list of {_words(inner[0])}"
    if origin in (Union, types.UnionType):
        return _words(next(part for part in inner if part is not type(None)))
    if hasattr(annotation, "__metadata__"):
        return _words(inner[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    return {
        bool: "true or false",
        int: "number",
        float: "number",
        str: "text",
        timedelta: "duration",
        Reference: "secret",
    }.get(annotation, "text")


def main() -> None:
    """Writes the tables in the manual that is named anew."""
    manual = Path(sys.argv[1])
    manual.write_text(refreshed(manual.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
