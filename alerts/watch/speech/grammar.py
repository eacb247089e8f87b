"""The form in which a language tells how it reports speech: words with a tag each, what is joined, and rules over tags.

A sentence becomes a string with one letter for each word, so that a rule is a regular expression of a dozen letters:

    Nobody will forget this, | a spokesman for | NAME | told | reporters     ->     q s p @ D w

    @ the name that is judged      # another watched name         w a word the lists do not know     q a quoted passage
    S verb of speech               D the same, perhaps a participle   I its infinitive               G its participle present
    Q quoted, cited                Z stays silent                 E gives, issues, publishes         V another verb
    b be                           h have                         n not, no                          f will, is expected to
    L according to                 y by                           O of                               F from
    i to                           p another preposition          c that                             a and
    u if, unless, until            R who, which                   e article, his                     j adverb
    T a time                       t statement, speech, warning   s spokesman, office                k lawyer, brother, fighters
    r title or post                M news agency, newspaper       B on behalf of                     U he, she, they
    m noun that a light verb turns into a verb of speech          l light verb                       x mark of an object
    X Y W  verb or noun (English: merges decide)                    v by telephone                   P present tense (Arabic)
    A D  verbs that always, and often, have a person as object       g towards                        (Arabic, where D is no participle)
    ' possessive                   K ending of a case             , : ; - as written (; also for every pause of that weight)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.model import Role

_TABLE = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىی", "ي"),
        **dict.fromkeys("ةۀ", "ه"),
        **dict.fromkeys("ׁׂ", None),
        **{
            chr(mark): None for mark in (*range(0x0591, 0x05C8), *range(0x064B, 0x0660), 0x0640, 0x0670, 0x0300, 0x0301)
        },
        **dict.fromkeys("\u200b\u200d\u200e\u200f\u2060\ufeff\xad"),
        "\u200c": "",
        "ک": "ك",
        "ё": "е",
        "İ": "i",
        "’": "'",
        "ʼ": "'",
        "‐": "-",
        "‑": "-",
    }
)


def spell(word: str) -> str:
    """`word` in the one spelling that the lists know: lower case, without vowel marks, tatweel and unseen characters."""
    return word.translate(_TABLE).lower()


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one language reports speech. `words` and `phrases` are spelled by `spell`; of the rules the first that fits decides."""

    words: Mapping[str, str]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    """By their first word, the longest first: the words that follow, and the tag of the whole."""
    merges: tuple[tuple[re.Pattern[str], str], ...]
    rules: tuple[tuple[re.Pattern[str], Role], ...]
    endings: Mapping[str, str]
    """Behind the apostrophe of a name: what a case or possessive counts as."""
    clitics: str = ""
    """Letters that are written on to the word behind them and mean "and"."""
    fronts: tuple[tuple[str, str], ...] = ()
    """How words begin that hide a preposition, and the tags of such a word."""


def compile_grammar(
    lists: Mapping[str, str],
    merges: Sequence[tuple[str, str]],
    rules: Sequence[tuple[str, Role]],
    clitics: str = "",
    endings: Mapping[str, str] | None = None,
    fronts: tuple[tuple[str, str], ...] = (),
) -> Grammar:
    """`lists` has, for each tag, words parted by white space, `_` between the words of a phrase. An earlier list wins.
    Of a list's name only the first letter is its tag; `endings` are lists of the same form."""
    words: dict[str, str] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for tag, text in lists.items():
        for entry in text.split():
            first, *more = (spell(word) for word in entry.split("_"))
            if more:
                phrases.setdefault(first, []).append((tuple(more), tag[0]))
            else:
                words.setdefault(first, tag[0])
    return Grammar(
        words,
        {first: tuple(sorted(rest, key=lambda one: -len(one[0]))) for first, rest in phrases.items()},
        tuple((re.compile(pattern), by) for pattern, by in merges),
        tuple((re.compile(pattern), role) for pattern, role in rules),
        {spell(ending): tag for tag, text in (endings or {}).items() for ending in text.split()},
        clitics,
        fronts,
    )
