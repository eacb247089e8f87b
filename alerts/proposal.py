"""A name that somebody wants to watch: its spellings by script, what each brings in the store, and the actor it comes to.

    propose -> keep, prune (as often as a person likes) -> measure -> settled, as_toml

The command line (`bayan actors suggest`) and the bot (`/watch NAME`) both work with these. Everything but `measure` is pure;
`measure` reads the store once and writes nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from alerts import backtest as trial
from alerts.exchange.listed import LONGEST_NAME
from alerts.exchange.watchlist import actor_table
from alerts.model import Actor, Keywords, Tier
from alerts.perusal import look_through
from alerts.watch.asked import name_key, slug_of
from alerts.watch.match import Watchlist, compile_watchlist
from alerts.watch.namewords import is_common, is_filler, is_title
from alerts.watch.rendered import SCRIPTS, Script, Word, render, script_of, words_of
from scraper.db import Database
from scraper.errors import one_line
from scraper.model import Source, Statement
from scraper.text import clean_line

Kind = Literal["alias", "weak", "acronym"]
_BODIES = frozenset(
    """harakat kataib asaib hizb hezbollah hizballah liwa jaysh saraya ansar munazzama hayat the popular islamic badr حركة كتائب عصائب
    حزب لواء جيش سرايا أنصار منظمة هيئة مجلس تيار فيلق حزب.الله""".replace(".", " ").split()
)
_MOST_LATIN = 6
_LEAST_LETTERS = 3
"""A spelling of fewer letters is a word of everybody: a person decides."""
_MOST_NEIGHBOURS = 5
_BEFORE = re.compile(r"(?P<before>[^\W\d_][\w'’-]+)\s+(?:(?i:al|el)[- ])?$")
_VOWEL_Y = re.compile("(?<![aeiou])y|y(?![aeiou])")


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write the name. `finds` is the tier by which the name (and what is kept before it) finds it, "" where only
    an alias will. `sure` is false where it was made letter by letter. `kept` is what a person (or the proposal) decided."""

    text: str
    script: Script
    kind: Kind
    finds: Tier | Literal[""]
    sure: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """An actor to be, with the spellings to choose from. `rings_for` are spellings that ring for other actors today."""

    actor: Actor
    spellings: tuple[Spelling, ...]
    rings_for: tuple[tuple[str, str], ...] = ()

    def by_script(self) -> dict[Script, tuple[Spelling, ...]]:
        """The full spellings by script, scripts in the order in which they are shown."""
        found = {script: tuple(one for one in self.spellings if one.script == script and one.kind == "alias")
                 for script in SCRIPTS}  # fmt: skip
        return {script: spellings for script, spellings in found.items() if spellings}

    def short(self) -> tuple[Spelling, ...]:
        """The surnames and acronyms, which never ring alone."""
        return tuple(one for one in self.spellings if one.kind != "alias")


@dataclass(frozen=True, slots=True)
class Brought:
    """What a spelling, taken literally, stands in: statements, those of them in which the actor rings anyway, samples,
    and who else bears it there (for a surname: with the word before it)."""

    statements: int
    beside: int
    samples: tuple[trial.Sample, ...] = ()
    others: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """What a proposal would have rung for, against today's watchlist, and what each of its spellings brings."""

    report: trial.Report
    brought: Mapping[str, Brought] = field(default_factory=dict)


def propose(
    name: str,
    type_: Literal["person", "group"] | None = None,
    *,
    actors: Sequence[Actor] = (),
    actor: Actor | None = None,
) -> Proposal:
    """The spellings of `name`, and the actor to be. `actors` are those watched today; `actor` is one of them, to be
    extended: `name` is then one more of its aliases. Without `type_` the first word tells (`guessed`). A name without
    letters has no spellings."""
    name = one_line(clean_line(name), LONGEST_NAME)
    ids = {one.id for one in actors}
    words = tuple(map(_doubted, words_of(name))) if any(letter.isalnum() for letter in name) else ()
    if _is_acronym(name):  # "AAH" is not said as a word, and "Ах" is one
        words = tuple(word._replace(latin_sure=False, arabic_sure=False) for word in words)
    if actor is None:
        stem = slug_of(name) or (slug_of(render(words, "Latin")[0][0]) if words else "") or "watched"
        id_ = next(one for n in range(1, len(ids) + 2) if (one := stem if n == 1 else f"{stem}-{n}") not in ids)
        actor = Actor(id=id_, type=type_ or guessed(words), name=name)
    elif name_key(name) not in (name_key(one) for one in (actor.name, *actor.aliases)):
        actor = replace(actor, aliases=(*actor.aliases, name))
    found_by = compile_watchlist([actor], ())
    own_names: list[str] = []
    spellings: dict[str, Spelling] = {}
    own = script_of(name)
    seen = {name_key(name)}
    if words:
        spellings[name] = Spelling(name, own, "alias", "A", sure=True, kept=True)
    for script in SCRIPTS if words else ():
        for spelled, sure in render(words, script)[: _MOST_LATIN + 1]:
            text = " ".join(spelled.split())
            if text in spellings or not any(letter.isalnum() for letter in text):
                continue
            if script != "Latin" and name_key(text) in seen:
                continue
            seen.add(name_key(text))
            finds = _finds(found_by, text)
            kept = finds == "" and sure and sum(letter.isalpha() for letter in text) >= _LEAST_LETTERS
            spellings[text] = Spelling(text, script, "alias", finds, sure, kept)
            if kept:  # the next script may be found through it
                own_names.append(text)
                found_by = compile_watchlist([replace(actor, aliases=(*actor.aliases, *own_names))], ())
    for text, script, kind in _short(name, actor, words):
        if text not in spellings:
            spellings[text] = Spelling(text, script, kind, "", sure=True, kept=False)
    rivals = [one for one in actors if one.id != actor.id]
    others = compile_watchlist(rivals, ()) if rivals else None
    rings_for = [
        (one.text, match.actor)
        for one in spellings.values()
        for match in (others.match("", one.text) if others is not None else ())
        if match.actor is not None
    ]
    return Proposal(actor, tuple(spellings.values()), tuple(dict.fromkeys(rings_for)))


def guessed(words: Sequence[Word]) -> Literal["person", "group"]:
    """What a name is likely the name of: groups begin with what kind of body they are."""
    return "group" if words and (words[0].latin in _BODIES or words[0].arabic in _BODIES) else "person"


def _is_acronym(name: str) -> bool:
    """Whether a name is letters that stand for words: one word of at most six, in capitals throughout."""
    return len(name) <= 6 and name.isupper() and name.isalpha()


def _doubted(word: Word) -> Word:
    """A word whose known Arabic form is said with more or fewer syllables than it was typed is another word of like sound
    (Saree is no سرايا): a person looks at it first."""
    if not word.arabic_sure or " " in word.arabic:
        return word
    back = words_of(word.arabic)
    same = len(back) != 1 or _syllables(back[0].latin) == _syllables(word.latin)
    return word if same else word._replace(arabic_sure=False)


def _syllables(latin: str) -> int:
    """Groups of vowels; a y between two vowels is none, any other is one."""
    return len(re.findall("[aeiou]+", _VOWEL_Y.sub("i", latin.replace("'", ""))))


def keep(proposal: Proposal, text: str) -> Proposal:
    """The proposal with this spelling in the actor; one that it does not have is taken as a full alias."""
    if all(one.text != text for one in proposal.spellings):
        finds = _finds(compile_watchlist([proposal.actor], ()), text)
        spelling = Spelling(text, script_of(text), "alias", finds, sure=True, kept=True)
        return replace(proposal, spellings=(*proposal.spellings, spelling))
    return _decided(proposal, text, kept=True)


def prune(proposal: Proposal, text: str) -> Proposal:
    """The proposal without this spelling in the actor. What the name finds by itself it goes on finding: see `Spelling.finds`."""
    return _decided(proposal, text, kept=False)


def settled(proposal: Proposal) -> Actor:
    """The actor that the proposal comes to: its name, and every spelling that is kept and not there yet."""
    actor = proposal.actor
    known = {name_key(one) for one in (actor.name, *actor.aliases)}
    aliases = [*actor.aliases]
    for one in proposal.spellings:
        if one.kept and one.kind == "alias" and name_key(one.text) not in known:
            known.add(name_key(one.text))
            aliases.append(one.text)
    weak = [one.text for one in proposal.spellings if one.kept and one.kind == "weak"]
    acronyms = [one.text for one in proposal.spellings if one.kept and one.kind == "acronym"]
    return replace(
        actor,
        aliases=tuple(aliases),
        weak_aliases=tuple(dict.fromkeys([*actor.weak_aliases, *weak])),
        acronyms=tuple(dict.fromkeys([*actor.acronyms, *acronyms])),
    )


async def measure(
    db: Database,
    proposal: Proposal,
    *,
    actors: Sequence[Actor],
    keywords: Sequence[Keywords],
    sources: Sequence[Source] = (),
    since: datetime | None = None,
    most: int | None = None,
    patience: float | None = None,
    samples: int = trial.SAMPLES,
    progress: Callable[[int], None] | None = None,
) -> Measured:
    """What the proposal would have rung for since `since` beside today's `actors` and `keywords`, and what each spelling
    brings: one look through the store, newest first, at most `most` statements and `patience` seconds. Raises `StoreError`."""
    actor = settled(proposal)
    tried = await asyncio.to_thread(trial.plan, actors, keywords, tried_actors=[actor], sources=sources)
    tally = trial.Tally(tried, samples=samples)
    literal = _Literal(proposal, actor, samples, sources)

    def look(statements: Sequence[Statement]) -> None:
        tally.add(statements)
        literal.add(statements)

    cut = await look_through(db, look, since=since, most=most, patience=patience, progress=progress)
    return Measured(tally.report(since, cut=cut), literal.brought())


def as_toml(proposal: Proposal, measured: Measured | None = None) -> str:
    """The actor as a table of a watchlist file. What is not kept stands there as a comment, with what it would bring."""
    unsure: dict[str, list[tuple[str, str]]] = {"aliases": [], "weak_aliases": [], "acronyms": []}
    keys = {"alias": "aliases", "weak": "weak_aliases", "acronym": "acronyms"}
    for one in proposal.spellings:
        if not one.kept and not (one.kind == "alias" and one.finds):
            unsure[keys[one.kind]].append((one.text, _reason(one, measured)))
    return actor_table(settled(proposal), unsure=unsure)


def _reason(one: Spelling, measured: Measured | None) -> str:
    brought = measured.brought.get(one.text) if measured is not None else None
    made = "" if one.sure else "made letter by letter; "
    if brought is None:
        return f"{made}look at it first"
    count = (
        f"{brought.statements} statement{'s' if brought.statements != 1 else ''}"
        if brought.statements
        else "not stored yet"
    )
    if one.kind == "alias":
        return f"{made}{count}"
    return f"{count}{f', {brought.beside} beside the full name' if brought.statements else ''}; wants `context`"


def _decided(proposal: Proposal, text: str, *, kept: bool) -> Proposal:
    spellings = tuple(replace(one, kept=kept) if one.text == text else one for one in proposal.spellings)
    return replace(proposal, spellings=spellings)


def _finds(watch: Watchlist, text: str) -> Tier | Literal[""]:
    """The tier by which the watchlist finds a spelling that stands alone, "" where it does not."""
    found = watch.match("", text)
    return found[0].tier if found else ""


def _short(name: str, actor: Actor, words: Sequence[Word]) -> list[tuple[str, Script, Kind]]:
    """The surname of a person, in Latin and Arabic; the initials of a group."""
    if len(words) < 2:
        return []
    if actor.type == "group":
        initials = "".join(word.latin[0] for word in words if word.latin and not is_filler(word.latin)).upper()
        return [(initials, "Latin", "acronym")] if 3 <= len(initials) <= 6 else []
    last = words[-1]
    if is_common(last.latin) or is_title(last.latin) or len(last.latin) < 4:
        return []
    own = script_of(name)
    found: list[tuple[str, Script, Kind]] = []
    if last.latin_sure:
        found.append((render((last._replace(article=False),), "Latin")[0][0], "Latin", "weak"))
    if last.arabic_sure or own in ("Arabic", "Persian"):
        found.append((render((last,), "Arabic")[0][0], "Arabic", "weak"))
    return found


class _Literal:
    """Where each spelling stands as it is written (folded, not by its sound), and beside whom."""

    def __init__(self, proposal: Proposal, actor: Actor, samples: int, sources: Sequence[Source]) -> None:
        self._sources = {source.id: source for source in sources}
        self._spellings = {f"s{number}": one for number, one in enumerate(proposal.spellings)}
        lists = [Keywords(id=id_, any=(one.text.rstrip("*"),)) for id_, one in self._spellings.items()]
        self._watch = compile_watchlist((), lists)
        full = replace(actor, weak_aliases=(), acronyms=())
        self._actor = compile_watchlist([full], ())
        self._most = samples
        self._statements: Counter[str] = Counter()
        self._beside: Counter[str] = Counter()
        self._samples: dict[str, list[trial.Sample]] = {}
        self._others: dict[str, Counter[str]] = {}

    def add(self, statements: Sequence[Statement]) -> None:
        for statement in statements:
            text = statement.text or statement.summary
            found = trial.meets(self._watch, statement, self._sources)
            if not found:
                continue
            rings = bool(trial.meets(self._actor, statement, self._sources))
            for id_ in dict.fromkeys(one.watch for one in found):
                hits = [one for one in found if one.watch == id_]
                self._statements[id_] += 1
                self._beside[id_] += rings
                weak = self._spellings[id_].kind != "alias"
                kept = self._samples.setdefault(id_, [])
                if len(kept) < self._most and not (weak and rings):
                    kept.append(trial.sample_of(statement, hits[0], hits))
                if weak and not rings:
                    others = self._others.setdefault(id_, Counter())
                    for hit in hits:
                        whole = statement.title if hit.field == "title" else text
                        self._count_before(others, whole[max(0, hit.start - 60) : hit.start], hit.surface)

    def brought(self) -> dict[str, Brought]:
        found: dict[str, Brought] = {}
        for id_, one in self._spellings.items():
            others = self._others.get(id_, Counter()).most_common(_MOST_NEIGHBOURS)
            found[one.text] = Brought(
                self._statements[id_], self._beside[id_], tuple(self._samples.get(id_, ())), tuple(others)
            )
        return found

    @staticmethod
    def _count_before(others: Counter[str], before: str, surface: str) -> None:
        """The word before a surname, where it is written as a given name is."""
        word = _BEFORE.search(before)
        if word is None or not word["before"][0].isupper() or is_title(name_key(word["before"])):
            return
        key = f"{word['before']} {surface}"
        if key in others or len(others) < 500:
            others[key] += 1
