"""The bot's sentences in the language of a chat: pure. What others wrote goes in as a value, never as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from alerts.shown import FSI, PDI, show

LANGUAGES: Final = ("en", "ar", "fa")
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa"})

_loaded: dict[str, Mapping[str, str]] = {}


def words(language: str) -> Mapping[str, str]:
    """All sentences of a language; English where there are none of it. `language` may be a tag such as "ar-IQ"."""
    code = language.partition("-")[0].lower()
    code = code if code in LANGUAGES else "en"
    if code not in _loaded:
        _loaded[code] = import_module(f"alerts.words.talk_{code}").TALK
    return _loaded[code]


def say(language: str, key: str, /, **values: object) -> str:
    """One sentence with its values put in. A value is made harmless, and fenced in where the sentence runs the other way.

    Raises KeyError for a sentence or a value that is not there: that is a bug of ours, and a test looks for it.
    """
    fenced = language.partition("-")[0].lower() in RIGHT_TO_LEFT
    told = {name: _fit(str(value), fenced) for name, value in values.items()}
    return words(language)[key].format_map(told)


def _fit(value: str, fenced: bool) -> str:
    harmless = "\n".join(show(line).text for line in value.split("\n"))
    return f"{FSI}{harmless}{PDI}" if fenced else harmless
