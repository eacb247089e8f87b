"""The bot's sentences in the language of a chat: pure. What others wrote goes in as a value, never as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from string import Formatter
from typing import Final

from alerts.shown import FSI, PDI, cut, isolate, show

LANGUAGES: Final = ("en", "ar", "fa", "fr")
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa"})

LONGEST_VALUE: Final = 1_000
"""UTF-16 units of what others wrote in one sentence: what somebody mistyped is said back, and not all of a page of it."""
_FENCES = str.maketrans({"⟦": FSI, "⟧": PDI})
"""How the tables write isolates."""
_loaded: dict[str, Mapping[str, str]] = {}


def words(language: str) -> Mapping[str, str]:
    """All sentences of a language; English where there are none of it. `language` may be a tag such as "ar-IQ"."""
    code = language.partition("-")[0].lower()
    code = code if code in LANGUAGES else "en"
    if code not in _loaded:
        table: Mapping[str, str] = import_module(f"alerts.words.talk_{code}").TALK
        _loaded[code] = {key: sentence.translate(_FENCES) for key, sentence in table.items()}
    return _loaded[code]


def say(language: str, key: str, /, **values: object) -> str:
    """One sentence with its values put in. A value is made harmless, and fenced in where the sentence runs the other way.

    A value inside a fence of the sentence itself, such as a code behind its command, gets no second one: it is copied as a whole.
    Raises KeyError for a sentence or a value that is not there: that is a bug of ours, and a test looks for it.
    """
    said, fences = "", 0
    for literal, place, _, _ in Formatter().parse(words(language)[key]):
        said += literal
        fences += literal.count(FSI) - literal.count(PDI)
        if place is not None:
            said += fit("en" if fences else language, str(values[place]))
    return said


def fit(language: str, value: str) -> str:
    """What others wrote, harmless, as it may stand in a sentence; each line by itself, as an isolate ends with its line."""
    lines = (show(line).text for line in cut(value, LONGEST_VALUE).split("\n"))
    return "\n".join(aside(language, line) if _needs(language, line) else isolate(line) for line in lines)


def aside(language: str, text: str) -> str:
    """Our own words that run from left to right, such as a command, as they may stand in a sentence."""
    return f"{FSI}{text}{PDI}" if _is_rtl(language) else text


def _needs(language: str, line: str) -> bool:
    """A number alone reads the same in every line."""
    return bool(line) and not line.isdecimal() and _is_rtl(language)


def _is_rtl(language: str) -> bool:
    return language.partition("-")[0].lower() in RIGHT_TO_LEFT
