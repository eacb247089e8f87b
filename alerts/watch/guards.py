"""Decides whether what lies along the words of a text like a watched name is the name: tier B, tier C, or refused with a reason.

    whole and in order -> enough consonants, not inside a longer name        -> B
    anything differs   -> what the parts tell, less what differs (`evidence`) -> B or C

What is refused whatever it tells: words in small letters where names have capitals, words that no name has inside,
punctuation, one word for half a name. Why the weights are as they are: docs/decisions/names.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TypeVar

from rapidfuzz.distance import JaroWinkler

from alerts.watch.likeness import Likeness, heard_as
from alerts.watch.names import is_article
from alerts.watch.namewords import is_common, is_filler, is_particle, is_patronymic, is_title
from alerts.watch.otherwise import SERVANT, something_else
from alerts.watch.parts import Laid, Refused, SoundHit, Spelling, Text
from alerts.watch.skeleton import sounds
from alerts.watch.surroundings import (
    goes_on,
    has_capitals,
    is_broken,
    name_before,
    name_behind,
    stands_in_a_name,
)
from alerts.watch.translated import kinds, translations

T = TypeVar("T")
FEWEST_CONSONANTS = 5
"""In scripts without capitals, and of one word; of two capitalised words, one less."""
_WHOLE = 3
"""Words of a group's name that other languages write small: fewer might be words."""
_FEWEST_SAME, _LETTERS = 3, 6
"""Of a person whose name has the same sounds throughout; in scripts without capitals long vowels and ayn are letters too (علي فياض)."""
_MANY = 4
"""Common names that are somebody in particular, one behind the other."""
ENOUGH = 2.0
"""What the parts that were found must tell where anything differs from the watched name: `Spelling.tells`, less the costs."""
ENOUGH_UNCASED = 3.0
"""The same in scripts without capitals, where every word might be a name: 1,500 Arabic articles told how much it takes."""
_SLIP = 0.6
_APART = 0.5
_FRAME = 1.0
_GROUP_FRAME = 1.5
_INNER, _MOST_INNER = 0.25, 0.5
_BETWEEN = 0.25
_TURNED = 0.5
_BEFORE, _SIBLING, _BEHIND = 0.5, 2.1, 1.0
_INSTEAD = 1.25
_SLIPPED = 0.72
"""What of a part is left after a slip. Costs: a vowel apart; the first or last part missing, of a person, of a group of which
only general words are left (such a short form is somebody else's); parts missing inside, each and at most; a name word
between; another order, twice where a part is missing too; another name right before, the same in place of the first part that
is missing (a brother has father and surname too), and right behind. Measured on half of
the actors, checked on the others:
docs/decisions/names.md."""


def decided(
    text: Text, spelling: Spelling[T], laid: Sequence[Laid], missing: Sequence[int], *, turned: bool
) -> SoundHit[T] | Refused[T]:
    """Whether what was laid is the name, and in which tier; else why not."""
    missing = _inner_first(spelling, laid, missing)
    words = text.words
    first, behind = laid[0].first, laid[-1].behind
    covered = {at for one in laid for at in range(one.first, one.behind)}
    between = [at for at in range(first, behind) if at not in covered and not text.is_free(at)]
    reason = _doubt(text, spelling, laid, missing, between, turned=turned)
    if reason and not text.explains:
        return Refused(first, behind, spelling.found, reason, ())
    slips = sum(one.likeness.tier == "C" for one in laid)
    steps = [one.step for one in laid if one.step]
    steps.append("skeleton " + "-".join(one.slot.sounds[0].key if one.slot.sounds else one.slot.stem for one in laid))
    if slips:
        steps.append("slip")
    if turned:
        steps.append("order")
    if between:
        steps.append("between: " + " ".join(words[at] for at in between))
    if missing:
        steps.append("left out: " + " ".join(spelling.stems[at] for at in sorted(missing)))
    taken = tuple(dict.fromkeys(steps))
    if reason:
        return Refused(first, behind, spelling.found, reason, taken)
    apart = sum(one.likeness.apart for one in laid)
    opens = 0 in missing, len(spelling.stems) - 1 in missing
    return SoundHit(first, behind, spelling.found, "C" if slips or missing else "B", taken, apart, opens)


def may_tell(
    spelling: Spelling[T], first: int, second: int, likenesses: Sequence[Likeness], *, uncased: bool, beside: bool
) -> bool:
    """Whether two parts can be taken for the name where no third is found: False only where `decided` would refuse them.

    `uncased` is for scripts without capitals, `beside` for words with nothing between that counts. So most names are passed
    over before they are laid.
    """
    enough = ENOUGH_UNCASED if uncased else ENOUGH
    tells, last = spelling.tells, len(spelling.stems) - 1
    if last > 1:
        if not spelling.person and beside and last == 2 and spelling.stems[3 - first - second] in kinds():
            return True
        if uncased and not spelling.person and last > 3:
            return False
        left = [at for at in range(last + 1) if at not in (first, second) and not is_patronymic(spelling.stems[at])]
        outer = [at for at in (0, last) if at in left and (spelling.person or spelling.stems[at] not in kinds())]
        frame = len(outer) if spelling.stems.count(spelling.stems[0]) == 1 else 0
        return tells[first] + tells[second] - frame * _FRAME - min(_MOST_INNER, _INNER * (len(left) - frame)) >= enough
    consonants = spelling.weights[first] + spelling.weights[second]
    turned = first > second and spelling.person
    if not turned and all(one.tier != "C" for one in likenesses):
        alike = all(one.tier == "A" for one in likenesses)
        if alike or consonants >= FEWEST_CONSONANTS - (not uncased):
            return True
        if consonants >= _FEWEST_SAME and all(one.apart <= 0.25 for one in likenesses):
            return True
        if beside and first < second:
            return False
    slips = zip((first, second), likenesses, strict=True)
    told = sum(tells[at] * (_SLIP if one.slip == "letter" else 1.0) - _APART * one.apart for at, one in slips)
    return told - (_TURNED if turned else 0.0) >= enough


def may_stand_alone(spelling: Spelling[T], likeness: Likeness) -> bool:
    """Whether one word that sounds like both parts of a name can be taken for it: False only where `decided` would refuse it."""
    consonants = sum(spelling.weights)
    return consonants >= FEWEST_CONSONANTS or (consonants == FEWEST_CONSONANTS - 1 and likeness.apart <= 0.25)


def _inner_first(spelling: Spelling[T], laid: Sequence[Laid], missing: Sequence[int]) -> Sequence[int]:
    """What is missing, where a part stands twice in the name: the inner one (Othman Ahmed Othman al-Ghamdi is Othman al-Ghamdi)."""
    last = len(spelling.stems) - 1
    if last in missing and any(spelling.stems[at] == spelling.stems[last] for one in laid for at in _parts(one)):
        return [at for at in missing if at != last]  # Ali Abdul Karim Ali
    if 0 not in missing:
        return missing
    twice = next((at for one in laid for at in _parts(one) if spelling.stems[at] == spelling.stems[0]), None)
    return missing if twice is None else sorted([twice, *(at for at in missing if at)])


def _doubt(
    text: Text,
    spelling: Spelling[T],
    laid: Sequence[Laid],
    missing: Sequence[int],
    between: Sequence[int],
    *,
    turned: bool,
) -> str:
    """Why what was laid is not the name; "" where nothing speaks against it."""
    matched = [at for one in laid for at in range(one.slot.first, one.slot.behind)]
    if len(matched) < 2 or (
        sum(spelling.stems[at] not in SERVANT for at in matched) < 2
        and (missing or any(one.likeness.tier != "A" for one in laid))
    ):
        return "only one part of the name"
    first, behind = laid[0].first, laid[-1].behind
    consonants = sum(spelling.weights[at] for at in matched)
    plain = [at for at in matched if spelling.weights[at] >= 2 and not (spelling.person and spelling.common[at])]
    telling = [at for at in matched if not spelling.common[at] and spelling.weights[at] >= 2]
    slips = sum(one.likeness.tier == "C" for one in laid)
    apart = sum(one.likeness.apart for one in laid)
    if len(laid) <= _MANY and any(_is_on(text, one.first) for one in laid):
        return "“على” is “on”, and no Ali"
    if text.is_cased() and any(text.is_small(at, at + 1) for at in _in_capitals(text, spelling, laid)):
        return "written small, these are words and no name"
    if missing and any(one.behind - one.first == 1 and len(_parts(one)) > 1 for one in laid) and len(laid) == 1:
        return "one word, and most of the name is missing"
    if len(spelling.stems) - spelling.stems.count("abd") < 2 and any(one.likeness.tier != "A" for one in laid):
        return "a name of one part is found as written alone"
    if apart > 0.5 * len(matched) + 0.5:
        return "the vowels are too far apart"
    if spelling.person and (known := something_else(text, spelling, laid, turned=turned)):
        return known
    if not (missing or slips or turned or between):
        fewest = FEWEST_CONSONANTS - (len(laid) > 1 and has_capitals(text, laid[0].first))
        if consonants < fewest and not _is_plain(spelling, laid, text, plain, between):
            return f"fewer than {fewest} consonants, and not all letters agree"
        if not telling and len(matched) < _MANY and _is_part_of_more(text, spelling, laid):
            return "common names alone, inside a longer name"
        if spelling.person and len(matched) == 2 and stands_in_a_name(text, first, behind):
            told = evidence(text, spelling, laid, missing, between, turned=turned)
            if told < ENOUGH:
                return f"inside a longer name, too little tells who it is: {told:.2f} of {ENOUGH}"
    elif not _is_kind_missing(text, spelling, laid, missing, between, turned=turned):
        told = evidence(text, spelling, laid, missing, between, turned=turned)
        if missing and not spelling.person and len(matched) < len(missing) and not has_capitals(text, laid[0].first):
            return "most of the name is missing"
        enough = ENOUGH if has_capitals(text, laid[0].first) else ENOUGH_UNCASED
        if told < enough:
            return f"too little tells who it is: {told:.2f} of {enough}"
    if spelling.person and any(one.step.startswith(("clitic", "prefix")) for one in laid[1:]):
        return "“and” stands inside, or a preposition"
    if spelling.person and (spelling.stems[-1] == "din" and len(spelling.stems) - 1 in missing):
        return "“of the faith” is missing, that is another name"
    if spelling.person and (tied := _tied(text, laid)):
        return f"“{tied}” stands inside"
    if is_broken(text.folded, laid[0].first, laid[-1].behind, turned=turned):
        return "punctuation parts the words"
    return ""


def _is_kind_missing(
    text: Text,
    spelling: Spelling[T],
    laid: Sequence[Laid],
    missing: Sequence[int],
    between: Sequence[int],
    *,
    turned: bool,
) -> bool:
    """Whether only what kind of group it is was left out of a group's name, or said in another word (هيئة الحشد الشعبي)."""
    if spelling.person or turned or between or not missing or len(laid) < 2:
        return False
    if any(spelling.stems[at] not in kinds() for at in missing):
        return False
    as_written = all(one.likeness.tier == "A" for one in laid)
    if not as_written and sum(spelling.weights[at] for one in laid for at in _parts(one)) < FEWEST_CONSONANTS:
        return False
    if all(is_title(one.slot.stem) or is_common(one.slot.stem, 0.25) for one in laid[1:]):
        return False  # Imam Ali
    if any(one.likeness.tier == "C" or one.likeness.apart > 0.25 for one in laid):
        return False
    if sum(one.behind - one.first for one in laid) < laid[-1].behind - laid[0].first and not has_capitals(
        text, laid[0].first
    ):
        return False  # في stands inside
    before, behind = laid[0].first - 1, laid[-1].behind
    if text.words[laid[0].first].isascii():
        return not (behind < len(text.words) and text.is_name_like(behind)) and not name_before(text, laid[0].first)
    return before < 0 or not any(
        translations(heard.form) and heard.form not in _BODY for heard in heard_as(text.words[before])
    )


_BODY = frozenset({"هيئه", "منظمه", "سازمان", "جماعه", "حركه", "جنبش"})


def evidence(
    text: Text,
    spelling: Spelling[T],
    laid: Sequence[Laid],
    missing: Sequence[int],
    between: Sequence[int],
    *,
    turned: bool,
) -> float:
    """How much of what lies there tells who is meant: each part by how rare it is, less what differs."""
    told = 0.0
    for one in laid:
        part = sum(spelling.tells[at] for at in _parts(one))
        told += part * (_SLIP if one.likeness.slip == "letter" else 1.0) - _APART * one.likeness.apart
    last = len(spelling.stems) - 1
    left = [at for at in missing if not is_patronymic(spelling.stems[at])]
    outer = [at for at in (0, last) if at in left and (spelling.person or spelling.stems[at] not in kinds())]
    frame = len(outer) + (0 in outer and not spelling.person) * (_GROUP_FRAME - _FRAME)
    is_known = spelling.person or any(spelling.tells[at] >= 2 for one in laid for at in _parts(one))
    told -= frame * (_FRAME if is_known else _GROUP_FRAME) + min(_MOST_INNER, _INNER * (len(left) - frame))
    if has_capitals(text, laid[0].first):  # elsewhere only common names may stand between: they show that it is a name
        as_written = not missing and all(one.likeness.tier == "A" for one in laid)
        told -= 0.0 if as_written else _BETWEEN * len(between)
    if spelling.person and between and left and not _stands_for(text, spelling, between, left):
        told -= _INSTEAD
    if name_before(text, laid[0].first):
        other = spelling.person and 0 in left and not _is_slip(text.words[laid[0].first - 1], spelling.stems[0])
        told -= _SIBLING if other else _BEFORE
    told -= _BEHIND if name_behind(text, laid[-1].first, laid[-1].behind) else 0.0
    if turned and (left or spelling.person):
        told -= _TURNED * (2 if left else 1)
    return told


def _stands_for(text: Text, spelling: Spelling[T], between: Sequence[int], left: Sequence[int]) -> bool:
    """Whether a word between the parts is one that is missing after all, less well written than laying accepts (Yusuf, Yusop)."""
    for at, part in product(between, left):
        word, stem = text.words[at], spelling.stems[part]
        if JaroWinkler.similarity(word, stem) >= _SLIPPED or any(
            not {one.key for one in heard.sounds}.isdisjoint(other.key for other in sounds(stem))
            for heard in heard_as(word)
        ):
            return True
    return False


def _is_on(text: Text, at: int) -> bool:
    """Whether a word that folds to Ali is على as it stands there."""
    return text.words[at] == "علي" and text.folded.original[text.folded.span(at, at + 1)[1] - 1] == "ى"


def _is_slip(word: str, stem: str) -> bool:
    """Whether a word is a first part after all, less well written than laying accepts."""
    return word[0] == stem[0] and JaroWinkler.similarity(word, stem) >= _SLIPPED


def _tied(text: Text, laid: Sequence[Laid]) -> str:
    """A word between the parts that stands in no person's name ("in", "of", "and"); "" where there is none."""
    covered = {at for one in laid for at in range(one.first, one.behind)}
    words = text.words
    return next(
        (
            words[at]
            for at in range(laid[0].first, laid[-1].behind)
            if at not in covered
            and len(words[at]) > 1
            and is_filler(words[at])
            and not is_particle(words[at])
            and not is_article(words[at], words[at + 1])
        ),
        "",
    )


def _parts(one: Laid) -> range:
    return range(one.slot.first, one.slot.behind)


def _is_plain(
    spelling: Spelling[T], laid: Sequence[Laid], text: Text, telling: Sequence[int], between: Sequence[int]
) -> bool:
    """Whether a name of few consonants is beyond doubt: its letters differ by taste alone, or its surname tells."""
    if all(one.likeness.tier == "A" for one in laid):
        return not between
    uncased = [text.words[at] for one in laid for at in range(one.first, one.behind) if text.words[at][0] >= "\u0590"]
    if len(uncased) == len(laid) and not between and all(one.likeness.apart == 0.0 for one in laid):
        consonants = sum(spelling.weights[at] for one in laid for at in _parts(one))
        letters = sum(len(word.removeprefix("ال")) for word in uncased)
        if consonants >= _FEWEST_SAME and letters >= _LETTERS and spelling.person:
            return True
    few = sum(spelling.weights[at] for one in laid for at in _parts(one)) < _FEWEST_SAME
    if spelling.person and not (uncased or between or few) and all(one.likeness.apart == 0.0 for one in laid):
        return not stands_in_a_name(text, laid[0].first, laid[-1].behind)
    if not spelling.person and all(one.likeness.apart <= 0.25 for one in laid):
        whole = sum(spelling.weights[at] for one in laid for at in _parts(one))
        if not between and whole >= FEWEST_CONSONANTS - 1:
            return True
    if not between and any(spelling.weights[at] >= 3 for at in telling):
        surname = next(at for at in telling if spelling.weights[at] >= 3)
    else:
        surname = len(spelling.stems) - 1
    consonants = sum(spelling.weights[at] for one in laid for at in range(one.slot.first, one.slot.behind))
    if consonants < FEWEST_CONSONANTS - 1 or surname not in telling or spelling.weights[surname] < 3:
        return False
    if any(one.likeness.apart > 0.25 for one in laid):
        return False
    return all(any(is_common(heard.form, 0.25) for heard in heard_as(text.words[at])) for at in between)


def _is_part_of_more(text: Text, spelling: Spelling[T], laid: Sequence[Laid]) -> bool:
    """Whether a name of common or general words alone stands in a longer one."""
    first, behind = laid[0].first, laid[-1].behind
    if spelling.person:
        return stands_in_a_name(text, first, behind)
    return goes_on(text, behind) or (has_capitals(text, first) and stands_in_a_name(text, first, behind))


def _in_capitals(text: Text, spelling: Spelling[T], laid: Sequence[Laid]) -> list[int]:
    """The words that stand in capitals where they are the name: of a group in Russian, the first alone."""
    words = [at for one in laid for at in range(one.first, one.behind)]
    if not spelling.person and len(laid) >= _WHOLE and len(laid) == len(spelling.stems):
        own = [one.first for one in laid if text.words[one.first] not in translations(one.slot.stem)]
        if len(own) < len(laid):
            return own  # Forces de soutien rapide
    return words[:1] if not spelling.person and "а" <= text.words[words[0]][0] <= "ӿ" else words
