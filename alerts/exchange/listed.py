"""What every list of people and groups comes to, whatever its form: names by strength, ids of our own, and what was left out.

A reader gives `Listed` and `LeftOut` in the order of its file, one at a time, and raises `Unreadable` where it cannot go on.
`as_actors` makes actors of them that a watchlist takes as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from alerts.exchange.countries import country
from alerts.model import Actor
from alerts.watch.asked import slug_of
from alerts.watch.namewords import is_common, is_filler, is_particle, is_title
from scraper.errors import BayanError, one_line
from scraper.text import clean_line, fold, spell_name

MAX_BYTES = 2 * 1024**3
"""Of one file; it is read piece by piece, and never held whole."""
MAX_LINE = 8 * 1024**2
MOST_ACTORS = 20_000
MOST_ALIASES = 200
LONGEST_NAME = 200
LONGEST_ROLE = 120

_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What reorders text unseen: no name needs it, and a file that people read must not have it."""

Type = Literal["person", "group"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list. `line` is where it begins; `key` is the list's own id of it, `note` what it is called there."""

    line: int
    key: str
    type: Type
    names: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    role: str = ""
    note: str = ""
    countries: tuple[str, ...] = ()
    """As the list writes them: codes or names."""
    topics: tuple[str, ...] = ()
    """What the list says of why it stands there: topics, programmes, the part of the list."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is taken: one type, names with all these words, one of the countries, one of the topics. Empty is all."""

    type: Type | None = None
    words: str = ""
    countries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def refusal(self, entry: Listed) -> tuple[str, str]:
        """Why an entry is not taken, and what to do about it; "" where it is."""
        if self.type is not None and entry.type != self.type:
            return f"is a {entry.type}", f"leave out --only {self.type}"
        wanted = set(_words(self.words))
        if wanted and not any(wanted <= set(_words(name)) for name in (*entry.names, *entry.aliases)):
            return "has none of the words of --find", ""
        if self.countries and not {country(one) for one in self.countries} & {country(one) for one in entry.countries}:
            return ("is of no country of --country" if entry.countries else "is of no country that the list tells"), ""
        if self.topics and not any(_is_about(topic, one) for topic in self.topics for one in entry.topics):
            return ("is of no topic of --topic" if entry.topics else "is of no topic that the list tells"), ""
        return "", ""


def _is_about(topic: str, said: str) -> bool:
    """Whether all words of `topic` stand in what the list says: "crime" in "crime.terror", "iran" in "US-IRAN"."""
    return set(_pieces(topic)) <= set(_pieces(said))


def _pieces(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry, or a part of one, that does not enter the watchlist: where it stands, why, and what can be done."""

    line: int
    what: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """An actor made of an entry, and where the entry stands."""

    actor: Actor
    line: int
    note: str


EVERYTHING: Final = Wanted()
LESS: Final = "say which you want: --only, --find, --country, --topic"
Reader = Callable[[BinaryIO], Iterator[Listed | LeftOut]]


class Unreadable(BayanError):
    """The file cannot be read on from `line` (0 where there is none). `remedy` says what to do about it."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        self.line = line
        self.message = one_line(message)
        self.remedy = remedy
        super().__init__(f"{f'line {line}: ' if line else ''}{self.message}; {remedy}")


def lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file with their numbers from 1. Raises `Unreadable` past a bound and at the first wrong byte."""
    number, size = 0, 0
    while raw := stream.readline(MAX_LINE + 1):
        number += 1
        size += len(raw)
        if len(raw) > MAX_LINE:
            raise Unreadable(number, f"the line is longer than {MAX_LINE // 1024**2} MiB", "is it the right file?")
        if size > MAX_BYTES:
            raise Unreadable(number, f"the file is larger than {MAX_BYTES // 1024**3} GiB", "cut it in pieces")
        try:
            yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            place = f"byte {error.start + 1} is no UTF-8"
            raise Unreadable(number, place, "save the file as UTF-8, without changing anything else") from None


def as_actors(
    found: Iterable[Listed | LeftOut],
    *,
    wanted: Wanted = EVERYTHING,
    taken_ids: Collection[str] = (),
    most: int = MOST_ACTORS,
) -> Iterator[Taken | LeftOut]:
    """Actors of what a reader found, with ids that nobody has (`taken_ids` are those of the configuration).

    `wanted` says which are taken. Raises `Unreadable` past `most` actors.
    """
    ids = set(taken_ids)
    keys: dict[str, int] = {}
    for count, one in enumerate(_actors(found, wanted, keys)):
        if isinstance(one, LeftOut):
            yield one
            continue
        entry, parts = one
        if len(ids) - len(taken_ids) >= most:
            raise Unreadable(entry.line, f"more than {most:,} actors (entry {count + 1})", LESS)
        id_ = _free_id(entry, ids)
        ids.add(id_)
        yield Taken(_settled(entry, parts, id_), entry.line, entry.note)


@dataclass(frozen=True, slots=True)
class _Parts:
    full: tuple[str, ...]
    weak: tuple[str, ...]
    acronyms: tuple[str, ...]


def _actors(
    found: Iterable[Listed | LeftOut], wanted: Wanted, keys: dict[str, int]
) -> Iterator[tuple[Listed, _Parts] | LeftOut]:
    for entry in found:
        if isinstance(entry, LeftOut):
            yield entry
            continue
        reason, remedy = wanted.refusal(entry)
        if reason:
            yield LeftOut(entry.line, _called(entry), reason, remedy)
            continue
        if entry.key and (first := keys.setdefault(entry.key, entry.line)) != entry.line:
            yield LeftOut(entry.line, _called(entry), f"the same id stands in line {first}", "keep one of the two")
            continue
        parts, refused = _sorted_out(entry)
        yield from refused
        if not parts.full:
            yield LeftOut(entry.line, _called(entry), "has no name that can be watched", "add it by hand")
        else:
            yield entry, parts


def _sorted_out(entry: Listed) -> tuple[_Parts, list[LeftOut]]:
    """The names of an entry by strength, each spelling once. The first full one is the name that alerts show."""
    sorted_: dict[str, list[str]] = {"full": [], "weak": [], "acronym": []}
    refused: list[LeftOut] = []
    seen: set[str] = set()
    for strong, names in ((True, (*entry.names, *entry.aliases)), (False, entry.weak)):
        for raw in names:
            name = clean_line(_DIRECTIONS.sub("", raw), LONGEST_NAME + 1).strip('"“”„«»;, ')
            spelled = " ".join(_words(name))
            if not spelled or spelled in seen:
                continue
            seen.add(spelled)
            if len(name) > LONGEST_NAME:
                remedy = "shorten it in the list, or add it by hand"
                refused.append(LeftOut(entry.line, one_line(name, 60), "is longer than 200 characters", remedy))
            elif sum(map(len, sorted_.values())) >= MOST_ALIASES:
                remedy = "add what is missing by hand"
                refused.append(LeftOut(entry.line, one_line(name, 60), f"more than {MOST_ALIASES} names", remedy))
            else:
                sorted_[_strength(name, spelled, entry.type) if strong else _weakness(name)].append(name)
    if not sorted_["full"] and entry.names:  # a list's own name is a name, however short
        first = next((name for kind in ("weak", "acronym") for name in sorted_[kind]), "")
        for kind in ("weak", "acronym"):
            sorted_[kind] = [name for name in sorted_[kind] if name != first]
        sorted_["full"] = [first] if first else []
    return _Parts(tuple(sorted_["full"]), tuple(sorted_["weak"]), tuple(sorted_["acronym"])), refused


def _strength(name: str, spelled: str, type_: Type) -> Literal["full", "weak", "acronym"]:
    """How much a name that a list takes for a full one says alone: acronyms and single common words say too little."""
    words = spelled.split()
    if _is_acronym(name):
        return "acronym"
    if len(words) == 1:
        word = words[0]
        dull = is_common(word) or is_title(word) or is_particle(word) or is_filler(word)
        if len(word) < 4 or dull or (type_ == "person" and len(word) < 6):
            return "weak"
    if all(is_common(word, 0.25) or is_title(word) or is_particle(word) for word in words) and len(words) < 3:
        return "weak"
    return "full"


def _weakness(name: str) -> Literal["weak", "acronym"]:
    return "acronym" if _is_acronym(name) else "weak"


def _is_acronym(name: str) -> bool:
    letters = name.replace(".", "").replace("-", "")
    return len(letters) <= 6 and letters.isascii() and letters.isalpha() and letters.isupper()


def _settled(entry: Listed, parts: _Parts, id_: str) -> Actor:
    return Actor(
        id=id_,
        type=entry.type,
        name=parts.full[0],
        aliases=parts.full[1:],
        weak_aliases=parts.weak,
        acronyms=parts.acronyms,
        role=clean_line(_DIRECTIONS.sub("", entry.role), LONGEST_ROLE),
    )


def _free_id(entry: Listed, ids: Collection[str]) -> str:
    """An id that is free: of the first name with Latin letters, else of the list's own id."""
    candidates = (*entry.names, *entry.aliases, entry.key)
    stem = next((slug for one in candidates if len(slug := slug_of(one)) > 1), f"listed-{entry.line}")
    id_, number = stem, 1
    while id_ in ids:
        number += 1
        id_ = f"{stem[:56]}-{number}"
    return id_


def _words(text: str) -> tuple[str, ...]:
    return tuple(spell_name(word) for word in fold(text).words)


def _called(entry: Listed) -> str:
    return one_line(next((name for name in (*entry.names, *entry.aliases) if name.strip()), entry.key or "?"), 60)
