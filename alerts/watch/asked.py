"""What somebody asks to try: a watch by its id, a name, or a rule. Pure.

khazali, @khazali          the watch of that id
"Qais al-Khazali"          a name, because it stands in quotes (or because its words are those of a name)
missile* AND port          a rule
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from alerts.model import Actor, Keywords
from alerts.watch.namewords import is_filler, is_particle
from alerts.watch.query import Refusal, read_query
from scraper.errors import BayanError, one_line
from scraper.text import clean_line, fold, spell_name

Reading = Literal["id", "name", "rule"]
TRIED = "tried"
"""The id of a rule that is in no configuration."""
_QUOTED = re.compile(r'["“«„](?P<name>[^"“”«»„]+)["”»“]')
_OPERATOR = re.compile(r'\b(?:AND|OR|NOT|NEAR/\d+)\b|["“”«»()*@/=]|(?:^|\s)-\w|\w:\S')
_ARTICLE = re.compile(r"(?:[aeu][lshndtrz]{1,2}|de|da|van|von|of|the)[-' ]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: `watch` as matches name it; `actor` or `keywords` where it is in no configuration yet."""

    reading: Reading
    watch: str
    actor: Actor | None = None
    keywords: Keywords | None = None


class NotUnderstood(BayanError):
    """What was asked for is no id, no name and no rule; the text says what to write."""


def asked(
    text: str, actors: Sequence[Actor], keywords: Sequence[Keywords], *, reading: Literal["name", "rule"] | None = None
) -> Asked:
    """What `text` asks for, among today's watches. `reading` settles what a text without quotes and operators is.

    A name that an actor has already is that actor. Raises `NotUnderstood`.
    """
    text = clean_line(text)
    ids = {actor.id for actor in actors}
    if reading is None:
        if text.removeprefix("@") in ids:
            return Asked("id", f"@{text.removeprefix('@')}")
        if text in {one.id for one in keywords}:
            return Asked("id", text)
    quoted = _QUOTED.fullmatch(text)
    if reading == "name" or (reading is None and (quoted or is_name(text))):
        return _name(quoted["name"].strip() if quoted else text, actors)
    tree = read_query(text, ids)
    if isinstance(tree, Refusal):
        where = one_line(text[tree.at : tree.at + 24], 24)
        place = f" at “{where}” (character {tree.at + 1})" if where else ""
        hint = f"; {tree.hint}" if tree.hint else ""
        raise NotUnderstood(f"no watch has this id, and as a rule{place}: {tree.message}{hint}")
    return Asked("rule", TRIED, keywords=Keywords(id=TRIED, query=text))


def is_name(text: str) -> bool:
    """Whether a text without quotes is written as names are: no operators, every word with a capital or in a script without."""
    words = [word for word in re.split(r"[\s_]+", text) if any(letter.isalnum() for letter in word)]
    if not words or _OPERATOR.search(text):
        return False
    return all(_is_name_word(word) for word in words)


def name_key(name: str) -> str:
    """A name as far as folding tells it from others: what two spellings share that read the same."""
    return " ".join(spell_name(word) for word in fold(name).words)


def slug_of(text: str) -> str:
    """`text` as an id (a-z, 0-9 and -, at most 60), "" where it has no such letter."""
    spread = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter) and letter not in "'’‘`ʿʾʻʼ")
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:60].strip("-")


def _is_name_word(word: str) -> bool:
    first = next(letter for letter in word if letter.isalnum())
    folded = fold(word).words
    if not first.islower() or (folded and (is_particle(folded[0]) or is_filler(folded[0]))):
        return True
    rest = _ARTICLE.sub("", word, count=1)
    return rest != word and (not rest or not rest[0].islower())


def _name(name: str, actors: Sequence[Actor]) -> Asked:
    key = name_key(name)
    if not key:
        raise NotUnderstood("a name needs a letter; write an id, a name or a rule")
    known = next((one for one in actors if key in (name_key(each) for each in (one.name, *one.aliases))), None)
    if known is not None:
        return Asked("name", f"@{known.id}")
    ids = {actor.id for actor in actors}
    stem = slug_of(name) or TRIED
    id_ = next(
        one for number in range(1, len(ids) + 2) if (one := stem if number == 1 else f"{stem}-{number}") not in ids
    )
    return Asked("name", f"@{id_}", actor=Actor(id=id_, type="person", name=name))
