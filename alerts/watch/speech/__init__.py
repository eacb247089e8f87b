"""How each language reports speech: word lists and rules, a file for each."""

from __future__ import annotations

from functools import cache

from alerts.watch.speech import ar, de, en, es, fa, fr, he, ru, tr
from alerts.watch.speech.grammar import Grammar, spell

__all__ = ["LANGUAGES", "Grammar", "grammar_of", "spell"]

_GRAMMARS = {
    "ar": ar.grammar,
    "de": de.grammar,
    "en": en.grammar,
    "es": es.grammar,
    "fa": fa.grammar,
    "fr": fr.grammar,
    "he": he.grammar,
    "ru": ru.grammar,
    "tr": tr.grammar,
}
LANGUAGES = frozenset(_GRAMMARS)


@cache
def grammar_of(language: str) -> Grammar:
    """The grammar of one of `LANGUAGES`; compiled at its first use."""
    return _GRAMMARS[language]()
