"""A part of a document against the keys that may stand in it: what fits becomes a value, what does not becomes a problem."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Collection, Iterator
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from scraper.document import Findings, Part, dotted
from scraper.errors import one_line
from scraper.intended import Intended
from scraper.lines import Path

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
ID_PATTERN = "^[a-z0-9][a-z0-9_-]{0,63}$"


class Keys(BaseModel):
    """The keys of one table. Every field has a default and a description; `REQUIRED` marks those that must be written."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)


class Required:
    """In a field's `Annotated`: the key must be there."""


REQUIRED = Required()

K = TypeVar("K", bound=Keys)
T = TypeVar("T")


class Checker:
    """One pass over a configuration: where its problems go, and how it guesses what was meant."""

    def __init__(self) -> None:
        self.findings = Findings()
        self.intended = Intended()

    def keys(self, model: type[K], part: Part, later: tuple[str, ...] = ()) -> tuple[K, frozenset[str]]:
        """`part` as `model`, and the keys in it that are wrong, which have their default in the answer.

        `later` are keys that later versions will know: they may be what a mistyped key stands for.
        """
        if not isinstance(part.raw, dict):
            self.findings.problem(part, f"must be a table, not {kind_of(part.raw)}")
            return model(), frozenset(names(model))
        bad: set[str] = set()
        meant: set[Path] = set()
        try:
            whole = model.model_validate(part.raw)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                bad.add(str(detail["loc"][0]) if detail["loc"] else "")
                meant.add(self._say(model, part, detail, later))
            whole = model.model_validate({key: value for key, value in part.raw.items() if key not in bad})
        bad |= {str(path[len(part.path)]) for path in self._missing(model, part, meant)}
        return whole, frozenset(bad)

    def ids(self, part: Part, what: str) -> dict[str, Part]:
        """The tables under `part` (`[sources.ID]`), whatever their keys are; problems for what is no table or has no proper id."""
        if not isinstance(part.raw, dict):
            name = dotted(part.path)
            form = f"write [{name}.ID], one table for each {what}"
            self.findings.problem(part, f"must be tables with ids, not {kind_of(part.raw)}", form)
            return {}
        found: dict[str, Part] = {}
        for id_, below in part.tables():
            if not isinstance(below.raw, dict):
                form = f"write [{dotted(part.path)}.ID] above it"
                self.findings.problem(below, f"must be a table, not {kind_of(below.raw)}", form)
                continue
            if not ID.fullmatch(id_):
                like = re.sub(r"[^a-z0-9_-]+", "-", id_.lower()).strip("-_")[:64]
                hint = f'for example "{like}"' if ID.fullmatch(like) else ""
                self.findings.problem(
                    below, "is no id: use a-z, 0-9, - and _, at most 64, a letter or digit first", hint
                )
            found[id_] = below
        return found

    def kind(self, part: Part, kinds: Collection[str], likeliest: str) -> str:
        """The `kind` of a table, always one of `kinds`: what was meant, else `likeliest`, where it is missing or wrong."""
        kind = part.raw.get("kind")
        if isinstance(kind, str) and kind in kinds:
            return kind
        listed = ", ".join(f'"{known}"' for known in kinds)
        if kind is None:
            self.findings.problem(part.at("kind"), "is missing", f"one of {listed}")
            return likeliest
        word = self.intended.word(kind, kinds) if isinstance(kind, str) else ""
        got = f'"{one_line(kind, 40)}"' if isinstance(kind, str) else kind_of(kind)
        self.findings.problem(
            part.at("kind"), f"must be one of {listed}, not {got}", f'did you mean "{word}"?' if word else ""
        )
        return word or likeliest

    def unknown(self, part: Part, what: str, known: Collection[str]) -> None:
        """`part` names a `what` that is not there."""
        hint = self.intended.hint(str(part.raw), known) if isinstance(part.raw, str) else ""
        self.findings.problem(part, f'there is no {what} "{one_line(str(part.raw), 60)}"', hint)

    def _missing(self, model: type[BaseModel], part: Part, meant: set[Path]) -> Iterator[Path]:
        """Says and gives the required keys that are not there, here and in the tables below; not those `meant` by a typo."""
        for name, info in model.model_fields.items():
            below = part.at(info.alias or name)
            if below.path[-1] not in part.raw:
                if is_required(info):
                    yield below.path
                    if below.path not in meant and not self.findings.has(below):
                        self.findings.problem(below, "is missing", _example(info))
            elif isinstance(below.raw, dict) and (inner := model_below(model, below.path[-1])) is not model:
                yield from self._missing(inner, below, meant)

    def _say(self, model: type[Keys], part: Part, detail: ErrorDetails, later: tuple[str, ...]) -> Path:
        """Notes one of pydantic's errors as a problem. The answer is the path of the key that was likely meant, or ()."""
        here, shape = part, cast(type[BaseModel], model)
        for key in detail["loc"]:
            inside = isinstance(here.raw, dict) and key in here.raw
            inside = inside or (isinstance(here.raw, list) and isinstance(key, int) and key < len(here.raw))
            if not inside or not isinstance(key, str | int):
                break
            here = here.at(key)
            if here.path != (*part.path, *detail["loc"]):
                shape = model_below(shape, key)
        context = detail.get("ctx") or {}
        match detail["type"]:
            case "extra_forbidden":
                word = self.intended.word(str(here.path[-1]), names(shape))
                hint = f'did you mean "{word}"?' if word else ""
                if not word and (unbuilt := self.intended.word(str(here.path[-1]), later)):
                    hint = f'did you mean "{unbuilt}", which is not built yet in this version?'
                self.findings.problem(here, "is not a known key", hint)
                return (*here.path[:-1], word) if word else ()
            case "bayan":
                self.findings.problem(here, str(context["said"]), str(context.get("hint", "")))
            case "literal_error" if self.findings.has(here):  # a wrong `kind`, said before its table was read
                pass
            case "literal_error":
                choices = tuple(re.findall(r"'([^']*)'", str(context["expected"]))) or (str(context["expected"]),)
                listed = ", ".join(f'"{choice}"' for choice in choices)
                known = isinstance(here.raw, str)
                hint = self.intended.hint(here.raw, choices) if known else ""
                got = f'"{one_line(here.raw, 40)}"' if known else kind_of(here.raw)
                self.findings.problem(here, f"must be {'one of ' if len(choices) > 1 else ''}{listed}, not {got}", hint)
            case kind:
                self.findings.problem(here, _sentence(kind, context, here.raw))
        return ()


def is_required(info: FieldInfo) -> bool:
    """Whether the key must be written."""
    return any(isinstance(mark, Required) for mark in info.metadata)


def names(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys of a model, as they stand in the file."""
    return tuple(info.alias or name for name, info in model.model_fields.items())


def settle(made: type[T], keys: Keys, **given: Any) -> T:
    """The settings value `made` with what `keys` says under the same names; lists become tuples; `given` goes before."""
    wanted = {field.name for field in dataclasses.fields(made)} - given.keys()  # type: ignore[arg-type]
    found = {name: getattr(keys, name) for name in type(keys).model_fields if name in wanted}
    return made(**{name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}, **given)


def kind_of(raw: Any) -> str:
    """What TOML calls a value, for a sentence: "a whole number"."""
    match raw:
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float():
            return "a number with a point"
        case str():
            return "text"
        case list():
            return "a list of tables ([[...]])" if raw and all(isinstance(entry, dict) for entry in raw) else "a list"
        case dict():
            return "a table"
        case dt.datetime() | dt.date() | dt.time():
            return "a date or time"
    return "nothing"


def model_below(model: type[BaseModel], key: object) -> type[BaseModel]:
    """The model of the table under `key`, where the field is one; else `model`."""
    for name, info in model.model_fields.items():
        if (info.alias or name) == key:
            for candidate in (info.annotation, *getattr(info.annotation, "__args__", ())):
                if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                    return candidate
    return model


def _example(info: FieldInfo) -> str:
    return f"for example {info.examples[0]}" if info.examples else ""


_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def _sentence(kind: str, context: dict[str, Any], raw: Any) -> str:
    """pydantic's error types in our words. Never the value itself: it may be a secret."""
    if kind in _WANTED:
        return f"must be {_WANTED[kind]}, not {kind_of(raw)}"
    match kind:
        case "greater_than_equal":
            return f"must be at least {context['ge']:g}"
        case "greater_than":
            return f"must be more than {context['gt']:g}"
        case "less_than_equal":
            return f"must be at most {context['le']:g}"
        case "too_short":
            return "must not be empty"
        case "too_long":
            return f"must have at most {context['max_length']} entries"
        case "finite_number":
            return "must be a finite number"
    return f"is not right here ({kind.replace('_', ' ')})"
