"""A sentence that is told in the language of whoever reads it: a key and its values, drawn when its channel is known. Pure.

    said("broken", source="news", what=said("is_dns"), since=moment) -> in_language("ar", ...) -> text

What others wrote (a reason, a headline) goes in as a value and stays as it is; in lines that run from right to left it is fenced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from string import Formatter
from typing import Final

from alerts.shown import FSI, PDI, fence
from alerts.words import words_of

LANGUAGES: Final = ("en", "ar", "fa", "fr")
_FENCES: Final = str.maketrans({"⟦": FSI, "⟧": PDI})
_UNITS: Final = {
    "ar": ("د", "س", "ي"),
    "fa": ("دقیقه", "ساعت", "روز"),
    "en": ("min", "h", "days"),
    "fr": ("min", "h", "jours"),
}
_loaded: dict[str, Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence: its key in the tables `alerts/words/notes_*.py`, and its values by place."""

    key: str
    values: tuple[tuple[str, object], ...] = ()


NOTHING: Final = Said("")
"""What stands where nothing is to be said."""


def said(key: str, /, **values: object) -> Said:
    """A sentence. A value is a sentence itself, a moment (aware), a span, a number, or words of others."""
    return Said(key, tuple(values.items()))


def in_language(language: str, sentence: Said | str) -> str:
    """The sentence as text, in English where there is no such language. Words that are no sentence stay as they are.

    Raises KeyError for a sentence or a value that is not there: that is a bug of ours, and a test looks for it.
    """
    if isinstance(sentence, str):
        return sentence
    if not sentence.key:
        return ""
    code = _code(language)
    values = dict(sentence.values)
    told, fenced = "", 0
    for literal, place, _, _ in Formatter().parse(notes(code)[sentence.key]):
        told += literal
        fenced += literal.count(FSI) - literal.count(PDI)
        if place is not None:
            told += _value(code, values[place], inside=fenced > 0)
    return told


def notes(language: str) -> Mapping[str, str]:
    """All sentences of a language."""
    code = _code(language)
    if code not in _loaded:
        table: Mapping[str, str] = import_module(f"alerts.words.notes_{code}").NOTES
        _loaded[code] = {key: sentence.translate(_FENCES) for key, sentence in table.items()}
    return _loaded[code]


def span(language: str, width: timedelta) -> str:
    """A span in whole minutes below two hours, in hours below two days, else in days."""
    minutes = max(0, round(width.total_seconds() / 60))
    number, unit = (
        (minutes, 0) if minutes < 120 else (round(minutes / 60), 1) if minutes < 48 * 60 else (round(minutes / 1440), 2)
    )
    return f"{number} {_UNITS[_code(language)][unit]}"


def _value(code: str, value: object, *, inside: bool) -> str:
    if isinstance(value, Said):
        return in_language(code, value)
    if isinstance(value, timedelta):
        return span(code, value)
    if isinstance(value, datetime):
        at = value.astimezone(UTC)
        if code == "en":
            return f"{at:%d %b %Y, %H:%M} UTC"
        clock = f"{at:%H:%M} UTC"
        return f"{words_of(code).day(at.date())} {fence(clock) if words_of(code).RIGHT_TO_LEFT else clock}"
    text = str(value)
    return text if not words_of(code).RIGHT_TO_LEFT or inside or text.isdecimal() or not text else fence(text)


def _code(language: str) -> str:
    code = language.partition("-")[0].lower()
    return code if code in LANGUAGES else "en"
