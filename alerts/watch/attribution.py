"""Who speaks and who is only mentioned: the role of each actor's match, from the sentence it stands in.

    match -> its sentence -> a tag for each word -> rules of the language -> speaker or mentioned
                                                    (alerts/watch/speech/)

A name inside a quotation is mentioned: the words are somebody else's. What no rule recognises is mentioned, too. Pure.
What counts as speaking is the definition of issue 5: the text itself reports that the actor said, wrote or issued words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from alerts.model import Match, Role
from alerts.watch.speech import LANGUAGES, grammar_of, spell
from alerts.watch.speech.grammar import Grammar

_REACH = 600
"""Code points that are looked at on either side of a name: a longer sentence is cut there."""
_MOST_TAGS = 160
"""Of one sentence, around the name: rules look no further, and no text can make them slow."""
_MOST_JUDGED = 400
"""Places of one text that are read. A text with more of them is a list of names, where nobody speaks."""

_WORD = re.compile(
    r"[^\W_](?:[\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u200c\u200d]|['’ʼ\"״׳&.‐‑-](?=[^\W_]))*|[,،;؛:：–—()|\[\]-]"
)
_PAUSES = {
    "،": ",",
    "؛": ";",
    "：": ":",
    "–": "-",
    "—": "-",
    "|": ";",
    "(": ",",
    ")": ",",
    "[": ",",
    "]": ",",
    **dict.fromkeys(",;:-", ""),
}
_PAUSES |= {mark: mark for mark in ",;:-"}
_QUOTED = re.compile(
    r"«[^«»]{0,900}»?|“[^“”]{0,900}”?|„[^„“”]{0,900}[“”]?|(?<![^\W_])\"[^\"]{1,900}\"?(?![^\W_])|(?<!\w)‘[^‘]{1,600}?’(?!\w)|(?<![\w'])'[^'\n]{2,600}?(?:'(?=[\s,.;:!?]|$))"
)
_END = re.compile(r"[.!?؟。…]+(?=[\s\"”»)\]]|$)|\n+")
_ABBREVIATED = re.compile(
    r"(?:^|[\s.(])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Gen|Col|Sgt|Lt|St|Jr|Sr|No|vs|Rev|Prof|Sen|Rep|Gov|Bgen|Brig|Maj|г|им|др|т|د|Hz|Av|M|Mme|bzw|Nr)$"
)


class Quote(NamedTuple):
    """A quoted passage without its marks: code points `[start, end)` of the text."""

    start: int
    end: int


def attribute(title: str, body: str, language: str | None, matches: Sequence[Match]) -> tuple[Match, ...]:
    """`matches` with the role of each that is an actor's; those of keyword lists stay as they are.

    `title` and `body` are the texts that the matches' positions count in; `language` is a BCP 47 tag or None, and where
    it does not fit the script of a sentence the script decides. Raises nothing.
    """
    places = {
        field: sorted({(one.start, one.end) for one in matches if one.field == field and one.actor is not None})
        for field in ("title", "body")
    }
    roles: dict[tuple[str, int, int], Role] = {}
    for field, text in (("title", title), ("body", body)):
        for start, end in places[field][:_MOST_JUDGED]:
            roles[field, start, end] = role_of(text, language, (start, end), places[field])
    return tuple(
        replace(one, role=roles.get((one.field, one.start, one.end), "mentioned")) if one.actor is not None else one
        for one in matches
    )


def role_of(text: str, language: str | None, place: tuple[int, int], others: Sequence[tuple[int, int]] = ()) -> Role:
    """Whether the name at `place` of `text` speaks there. `others` are the places of all watched names, in order."""
    grammar = grammar_of(_language(text[max(0, place[0] - 200) : place[1] + 200], language))
    tags = _tags(text, place, others, grammar)
    if tags is None:
        return "mentioned"
    for merge, by in grammar.merges:
        tags = merge.sub(by, tags)
    for rule, role in grammar.rules:
        if rule.search(tags):
            return role
    return "mentioned"


def _tags(text: str, place: tuple[int, int], others: Sequence[tuple[int, int]], grammar: Grammar) -> str | None:
    """The sentence around `place`, and the one behind it after a full stop; None where the name is inside a quotation."""
    low, high = max(0, place[0] - _REACH), min(len(text), place[1] + _REACH)
    low = max(low, text.rfind("\n", low, place[0]) + 1)
    behind = text.find("\n", place[1], high)
    high = behind if behind >= 0 else high
    quoted = []
    for found in _QUOTED.finditer(text, low, high):
        if found.start() <= place[0] and place[1] <= found.end():
            if _is_name(found, place):
                continue
            return None
        if not any(_is_name(found, other) for other in _within(others, found.start(), found.end())):
            quoted.append(found.span())
    first, last, second = _sentence(text, low, high, place, quoted)
    front = _read(text, first, place[0], others, quoted, grammar)
    name, tail = _affixes(text[place[0] : place[1]], grammar)
    back = _read(text, place[1], last, others, quoted, grammar)
    tags = front[-_MOST_TAGS:] + name + "@" + tail + back[:_MOST_TAGS]
    if text[last:second].strip(" .!?؟。…"):
        tags += "." + _read(text, last, second, others, quoted, grammar)[:_MOST_TAGS]
    return tags


def _is_name(found: re.Match[str], place: tuple[int, int]) -> bool:
    """Whether a quotation only holds a name: marks around a name quote nobody."""
    return (
        found.start() <= place[0] and place[1] <= found.end() and found.end() - found.start() - 4 <= place[1] - place[0]
    )


def _within(places: Sequence[tuple[int, int]], start: int, end: int) -> Iterable[tuple[int, int]]:
    at = bisect_left(places, (start, 0))
    while at < len(places) and places[at][0] < end:
        yield places[at]
        at += 1


def _sentence(
    text: str, low: int, high: int, place: tuple[int, int], quoted: Sequence[tuple[int, int]]
) -> tuple[int, int, int]:
    """Where the sentence of `place` begins and ends, and where the one behind it ends."""
    first, last, second = low, high, high
    for found in _END.finditer(text, low, high):
        at = found.start()
        if place[0] <= at < place[1] or any(start < at < end for start, end in quoted):
            continue
        if found[0] == "." and _ABBREVIATED.search(text, max(low, at - 6), at):
            continue
        if found.end() <= place[0]:
            first = found.end()
        elif last == high and second == high and at < high:
            last = at
            second = high
            for after in _END.finditer(text, found.end(), high):
                if not any(start < after.start() < end for start, end in quoted):
                    second = after.start()
                    break
            break
    return first, last, second


def _read(
    text: str,
    start: int,
    end: int,
    others: Sequence[tuple[int, int]],
    quoted: Sequence[tuple[int, int]],
    grammar: Grammar,
) -> str:
    """The tags of `text[start:end]`: names and quotations are one tag each, the rest goes by words."""
    marks = [(*one, "q") for one in quoted if start <= one[0] and one[1] <= end]
    marks += [(*one, "#") for one in _within(others, start, end) if not any(a <= one[0] < b for a, b in quoted)]
    out = []
    for first, last, tag in sorted(marks):
        if first >= start:
            out.append(_words(text[start:first], grammar))
            if tag == "#":
                name, tail = _affixes(text[first:last], grammar)
                out.append(f"{name}#{tail}")
            else:
                out.append(tag)
            start = last
    out.append(_words(text[start:end], grammar))
    return "".join(out)


def _words(text: str, grammar: Grammar) -> str:
    found = _WORD.findall(text)
    words = [_PAUSES.get(word) or _spelled(word) for word in found]
    out = []
    at = 0
    while at < len(words):
        word = words[at]
        if word in _MARKS:
            out.append(word)
            at += 1
            continue
        for rest, tag in grammar.phrases.get(word, ()):
            if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
                out.append(tag)
                at += len(rest)
                break
        else:
            out.append(_tag(word, grammar))
        at += 1
    return "".join(out)


_MARKS = frozenset(",;:-")


@lru_cache(maxsize=8_192)
def _spelled(word: str) -> str:
    return spell(word)


def _tag(word: str, grammar: Grammar) -> str:
    tag = grammar.words.get(word)
    if tag is not None:
        return tag
    if word[0] in grammar.clitics and (tag := grammar.words.get(word[1:])):
        return f"a{tag}"
    if word.endswith("n't"):
        return "n"
    if "'" in word:
        head, _, end = word.rpartition("'")
        if end == "s":
            return f"{grammar.words.get(head, 'w')}'"
        if len(head) <= _LONGEST_ELISION and head in grammar.words:
            return grammar.words[head] + _tag(end, grammar)
        return grammar.words.get(head, "w")
    return "w"


_LONGEST_ELISION = 2
"""Letters of a word that loses its vowel before another: d', l', n', qu'."""
_TAIL = re.compile(r"['’ʼ](\w{0,4})$")


def _affixes(surface: str, grammar: Grammar) -> tuple[str, str]:
    """What is written on to a name, as tags before and behind it."""
    tail = _TAIL.search(surface)
    if tail:
        return "", grammar.endings.get(spell(tail[1]), "'")
    return "", ""


def _language(around: str, language: str | None) -> str:
    """The language whose grammar reads a passage: the given one where its script fits, else a guess by letters."""
    given = (language or "").lower().split("-")[0]
    counts = {script: len(found.findall(around)) for script, found in _SCRIPTS.items()}
    script = max(counts, key=lambda one: counts[one])
    if given in LANGUAGES and _SCRIPT_OF.get(given, "latin") == script:
        return given
    if script == "arabic":
        return "fa" if _PERSIAN.search(around) else "ar"
    if script == "latin":
        return "en"
    return {"hebrew": "he", "cyrillic": "ru"}[script]


_SCRIPTS = {
    "latin": re.compile(r"[a-zA-Z\u00c0-\u024f]"),
    "arabic": re.compile(r"[\u0620-\u06ff]"),
    "hebrew": re.compile(r"[\u05d0-\u05ea]"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]"),
}
_SCRIPT_OF = {"ar": "arabic", "fa": "arabic", "he": "hebrew", "ru": "cyrillic"}
_PERSIAN = re.compile(r"[پچژگ]|می\u200c|\b(?:است|که|را|این|کرد)\b")
