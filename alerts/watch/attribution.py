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
from functools import cache, lru_cache
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
    r"[«“„\"‘'](?:(?<=«)[^«»]{0,900}»?|(?<=“)[^“”]{0,900}”?|(?<=„)[^„“”]{0,900}[“”]?|(?<=\")(?<![^\W_]\")[^\"]{1,900}\"?(?![^\W_])"
    r"|(?<=‘)(?<!\w‘)[^‘]{1,600}?’(?!\w)|(?<=')(?<![\w']')[^'\n]{2,600}?(?:'(?=[\s,.;:!?]|$)))"
)
"""Every alternative begins with its mark, which is asked for first: so a text is searched in an eighth of the time."""
_END = re.compile(r"[.!?؟。…\n](?:(?<=\n)\n*|(?<!\n)[.!?؟。…]*(?=[\s\"”»)\]]|$))")
_ABBREVIATED = re.compile(
    r"(?:^|[\s.(])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Gen|Col|Sgt|Lt|St|Jr|Sr|No|vs|Rev|Prof|Sen|Rep|Gov|Bgen|Brig|Maj|г|им|др|т|د|Hz|Av|M|Mme|bzw|Nr)$"
)


def attribute(title: str, body: str, language: str | None, matches: Sequence[Match]) -> list[Match]:
    """`matches` with the role of each that is an actor's; those of keyword lists stay as they are.

    `title` and `body` are the texts that the matches' positions count in; `language` is a BCP 47 tag or None, and where
    it does not fit the script of a sentence the script decides. Raises nothing.
    """
    named = [one for one in matches if one.actor is not None]
    roles = {
        field: roles_of(
            text,
            language,
            [Name(one.start, one.end, written_before(one.steps, one.surface)) for one in named if one.field == field],
        )
        for field, text in (("title", title), ("body", body))
    }
    return [
        replace(one, role=roles[one.field][one.start, one.end]) if one.actor is not None else one for one in matches
    ]


class Name(NamedTuple):
    """A watched name in a text: code points `[start, end)`, and what is written on to its front, as tags."""

    start: int
    end: int
    before: str = ""


def roles_of(text: str, language: str | None, names: Sequence[Name]) -> dict[tuple[int, int], Role]:
    """The roles of the watched names of a text, by their places."""
    if not names:
        return {}
    placed = {name[:2]: name for name in names}
    names = sorted(placed.values())
    roles: dict[tuple[int, int], Role] = dict.fromkeys(placed, "mentioned")
    for name in names[:_MOST_JUDGED]:
        around = text[max(0, name.start - 200) : name.end + 200]
        spoken = _language(around, language)
        tags = _tags(text, name, names, _reader(spoken))
        if tags is not None:
            roles[name[:2]] = _decided(spoken, tags)
    return roles


@lru_cache(maxsize=8_192)
def _decided(language: str, tags: str) -> Role:
    """What the rules of a language say of a sentence."""
    grammar = grammar_of(language)
    for merge, by in grammar.merges:
        tags = merge.sub(by, tags)
    for rule, role in grammar.rules:
        if rule.search(tags):
            return role
    return "mentioned"


def written_before(steps: Sequence[str], surface: str) -> str:
    """The conjunction, preposition or elided word that is written on to a name, as tags; matching noted it as a step."""
    for step in steps:
        kind, _, cut = step.partition(" ")
        if kind == "clitic":
            return "".join(_CLITICS.get(one, "") for one in cut.split("-"))
        if kind == "prefix":
            return "".join(_PREFIXES.get(one, "") for one in cut)
        if kind == "elision":
            return "O" if surface[:1] in "dD" else ""
    return ""


_CLITICS = {"wa": "a", "fa": "a", "bi": "p", "ka": "p", "li": "i"}
_PREFIXES = {"ו": "a", "ל": "i", "ב": "p", "כ": "p", "מ": "F", "ש": "c"}


def _tags(text: str, name: Name, names: Sequence[Name], reader: _Reader) -> str | None:
    """The sentence around `name`, and the one behind it after a full stop; None where the name is inside a quotation."""
    low, high = _paragraph(text, name)
    quoted = []
    for found in _QUOTED.finditer(text, low, high):
        if found.start() <= name.start and name.end <= found.end():
            if _is_name(found, name):
                continue
            return None
        if not any(_is_name(found, other) for other in _within(names, found.start(), found.end())):
            quoted.append(found.span())
    first, last, second = _sentence(text, low, high, name, quoted)
    front = _read(text, first, name.start, names, quoted, reader)
    back = _read(text, name.end, last, names, quoted, reader)
    tags = f"{front[-_MOST_TAGS:]}{name.before}@{_ending(text, name, reader.grammar)}{back[:_MOST_TAGS]}"
    if text[last:second].strip(' .!?؟。…"'):
        tags += "." + _read(text, last, second, names, quoted, reader)[:_MOST_TAGS]
    return tags


def _paragraph(text: str, name: Name) -> tuple[int, int]:
    """The lines that `name` stands in, as far as we look."""
    low, high = max(0, name.start - _REACH), min(len(text), name.end + _REACH)
    behind = text.find("\n", name.end, high)
    return max(low, text.rfind("\n", low, name.start) + 1), behind if behind >= 0 else high


def _is_name(found: re.Match[str], name: Name) -> bool:
    """Whether a quotation only holds a name: marks around a name quote nobody."""
    holds = found.start() <= name.start and name.end <= found.end()
    return holds and found.end() - found.start() - 4 <= name.end - name.start


def _within(names: Sequence[Name], start: int, end: int) -> Iterable[Name]:
    at = bisect_left(names, (start, 0, ""))
    while at < len(names) and names[at].start < end:
        yield names[at]
        at += 1


def _sentence(text: str, low: int, high: int, name: Name, quoted: Sequence[tuple[int, int]]) -> tuple[int, int, int]:
    """Where the sentence of `name` begins and ends, and where the one behind it ends."""
    first, last, second = low, high, high
    before: list[re.Match[str]] = []
    for found in _END.finditer(text, low, high):
        if found.end() <= name.start:
            before.append(found)
        elif not name.start <= found.start() < name.end and _is_end(text, low, found, quoted):
            last = found.start()
            for after in _END.finditer(text, found.end(), high):
                if not any(start < after.start() < end for start, end in quoted):
                    second = after.start()
                    break
            break
    for found in reversed(before):
        if _is_end(text, low, found, quoted):
            first = found.end()
            break
    return first, last, second


def _is_end(text: str, low: int, found: re.Match[str], quoted: Sequence[tuple[int, int]]) -> bool:
    """Whether a stop ends a sentence: it stands in no quotation, and behind no abbreviation."""
    at = found.start()
    if quoted and any(start < at < end for start, end in quoted):
        return False
    return found[0] != "." or _ABBREVIATED.search(text, max(low, at - 6), at) is None


def _read(
    text: str,
    start: int,
    end: int,
    names: Sequence[Name],
    quoted: Sequence[tuple[int, int]],
    reader: _Reader,
) -> str:
    """The tags of `text[start:end]`: names and quotations are one tag each, the rest goes by words."""
    pieces = [(*one, "q") for one in quoted if start <= one[0] and one[1] <= end]
    pieces += [
        (name.start, name.end, f"{name.before}#{_ending(text, name, reader.grammar)}")
        for name in _within(names, start, end)
        if name.end <= end and not any(first <= name.start < last for first, last in quoted)
    ]
    out = []
    for first, last, tags in sorted(pieces):
        if first >= start:
            out += [_words(text[start:first], reader), tags]
            start = last
    out.append(_words(text[start:end], reader))
    return "".join(out)


class _Reader(dict[str, str]):
    """The tags of words as they stand in texts; `_PHRASE` for one that a phrase may begin with. Full, it forgets everything."""

    def __init__(self, grammar: Grammar) -> None:
        super().__init__()
        self.grammar = grammar

    def __missing__(self, word: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        grammar, spelled = self.grammar, _PAUSES.get(word) or _spelled(word)
        phrases = grammar.phrases
        if not spelled or spelled in _MARKS:
            tag = spelled
        elif spelled in phrases or (spelled[0] in grammar.clitics and spelled[1:] in phrases):
            tag = _PHRASE
        else:
            tag = _tag(spelled, grammar)
        self[word] = tag
        return tag


@cache
def _reader(language: str) -> _Reader:
    return _Reader(grammar_of(language))


_PHRASE = "?"
"""No tag: the words behind it say which."""
_REMEMBERED = 8_192


def _words(text: str, reader: _Reader) -> str:
    found = _WORD.findall(text)
    tags = "".join(map(reader.__getitem__, found))
    return _with_phrases(found, reader.grammar) if _PHRASE in tags else tags


def _with_phrases(found: Sequence[str], grammar: Grammar) -> str:
    """The tags of words of which some may be phrases together."""
    spelled = (_PAUSES.get(word) or _spelled(word) for word in found)
    words = [word for word in spelled if word]  # a lone tatweel or vowel mark is no word
    out = []
    at = 0
    while at < len(words):
        word = words[at]
        if word in _MARKS:
            out.append(word)
            at += 1
            continue
        phrases = grammar.phrases.get(word, ())
        if word[0] in grammar.clitics and not phrases:
            phrases = grammar.phrases.get(word[1:], ())
        for rest, tag in phrases:
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
    for front, tags in grammar.fronts:
        if word.startswith(front) and len(word) > len(front) + 2:
            return tags
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


def _ending(text: str, name: Name, grammar: Grammar) -> str:
    """The case or possessive behind the apostrophe of a name, as a tag."""
    tail = _TAIL.search(text, max(name.start, name.end - 6), name.end) or _TAIL_BEHIND.match(text, name.end)
    return grammar.endings.get(spell(tail[1]), "'" if tail[1] in ("s", "") else "") if tail else ""


_TAIL = re.compile(r"(?<=\w)['’ʼ](\w{0,4})$")
_TAIL_BEHIND = re.compile(r"['’ʼ](s?)(?!\w)")


def _language(around: str, language: str | None) -> str:
    """The language whose grammar reads a passage: the given one where its script fits, else a guess by letters."""
    given = (language or "").lower().split("-")[0]
    if around.isascii():
        return given if given in LANGUAGES and given not in _SCRIPT_OF else "en"
    if given in LANGUAGES:
        own = sum(map(len, _SCRIPTS[_SCRIPT_OF.get(given, "latin")].findall(around)))
        if own * 3 > len(around):
            return given
    script = _script_of(around)
    if given in LANGUAGES and _SCRIPT_OF.get(given, "latin") == script:
        return given
    if script == "arabic":
        return "fa" if _PERSIAN.search(around) else "ar"
    if script == "latin":
        return "en"
    return {"hebrew": "he", "cyrillic": "ru"}[script]


def _script_of(around: str) -> str:
    """The script of which most letters of a passage are."""
    counts: dict[str, int] = {}
    for script in ("arabic", *_SCRIPTS):
        if script not in counts:
            counts[script] = sum(map(len, _SCRIPTS[script].findall(around)))
            if counts[script] * 2 > len(around):
                return script
    return max(_SCRIPTS, key=counts.__getitem__)


_SCRIPTS = {
    "latin": re.compile(r"[a-zA-Z\u00c0-\u024f]+"),
    "arabic": re.compile(r"[\u0620-\u06ff]+"),
    "hebrew": re.compile(r"[\u05d0-\u05ea]+"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]+"),
}
_SCRIPT_OF = {"ar": "arabic", "fa": "arabic", "he": "hebrew", "ru": "cyrillic"}
_PERSIAN = re.compile(r"[پچژگ]|می\u200c|\b(?:است|که|را|این|کرد)\b")


def spoken_by(actors: Sequence[str], matches: Sequence[Match]) -> tuple[Match, ...]:
    """`matches` of a statement whose source is the own outlet of `actors` (ids): what it publishes, they say.

    The text has the last word: where it names a speaker, that stands. An actor that is not named has no match, so an
    outlet's statement without its actor's name rings only for what else it holds.
    """
    if any(one.role == "speaker" for one in matches):
        return tuple(matches)
    return tuple(replace(one, role="speaker") if one.actor in actors else one for one in matches)


class Quote(NamedTuple):
    """A quoted passage without its marks: code points `[start, end)` of the text."""

    start: int
    end: int


_SHORTEST_QUOTE = 3
"""Words of a quotation that is worth showing: one or two in marks are a name or somebody's irony."""


def quotes(text: str, around: tuple[int, int]) -> tuple[Quote, ...]:
    """The quoted passages that belong to the speaker whose name stands at `around`, in reading order.

    They stand in the sentence of the name, or are the sentence behind it, where that begins with them. Passages of one or
    two words, and the quotation that the name itself stands in, are left out.
    """
    name = Name(*around)
    low, high = _paragraph(text, name)
    spans = [found.span() for found in _QUOTED.finditer(text, low, high)]
    first, last, second = _sentence(text, low, high, name, spans)
    begins = len(text) - len(text[last:].lstrip(" .!?؟。…"))
    kept = []
    for start, end in spans:
        inside = start <= name.start and name.end <= end
        if inside or not (first <= start < last or (start == begins and end <= second)):
            continue
        start += 1
        end -= text[end - 1] in _CLOSING
        if len(text[start:end].split()) >= _SHORTEST_QUOTE:
            kept.append(Quote(start, end))
    return tuple(kept)


_CLOSING = "\"'»”“’"
