"""Decides whether what lies along the words of a text like a watched name is the name: tier B, tier C, or refused with a reason.

Guards: fewer than five consonants only where the letters differ by taste or the surname tells; tier C needs two parts
that are no common names; who is named by some of his parts needs them to tell; a name of common names alone never inside
a longer name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from alerts.watch.likeness import heard_as
from alerts.watch.namewords import is_common, is_title
from alerts.watch.parts import Laid, Refused, SoundHit, Spelling, Text
from alerts.watch.skeleton import sounds
from scraper.text import Folded

T = TypeVar("T")
FEWEST_CONSONANTS = 5
_BREAK = re.compile(r"[;:!?|\n\[\]{}،؛؟]|(?<!\b\w)(?<!\b\w\w)\.\s")
"""What no name goes across: punctuation, but for the full stop of an initial. A comma stands only behind a surname first."""
_EVERYBODY = frozenset({"MHMD", "AHMD", "AL"})
"""Muhammad, Ahmad and Ali: a third of all men bear one of them."""


def decided(
    text: Text, spelling: Spelling[T], laid: Sequence[Laid], missing: Sequence[int], *, turned: bool
) -> SoundHit[T] | Refused[T]:
    """Whether what was laid is the name, and in which tier; else why not."""
    words = text.words
    first, behind = laid[0].first, laid[-1].behind
    covered = {at for one in laid for at in range(one.first, one.behind)}
    between = [at for at in range(first, behind) if at not in covered and not text.is_free(at)]
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
    if reason := _doubt(text, spelling, laid, missing, between, turned=turned):
        return Refused(first, behind, spelling.found, reason, taken)
    apart = sum(one.likeness.apart for one in laid)
    return SoundHit(first, behind, spelling.found, "C" if slips or missing else "B", taken, apart)


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
    if len(matched) < 2:
        return "only one part of the name"
    consonants = sum(spelling.weights[at] for at in matched)
    telling = [at for at in matched if not spelling.common[at] and spelling.weights[at] >= 2]
    slips = sum(one.likeness.tier == "C" for one in laid)
    apart = sum(one.likeness.apart for one in laid)
    few = consonants < FEWEST_CONSONANTS
    if few and (slips or missing or turned or not _is_plain(spelling, laid, text, telling, between)):
        return f"fewer than {FEWEST_CONSONANTS} consonants, and not all letters agree"
    if apart > 0.5 * len(matched) + 0.5:
        return "the vowels are too far apart"
    if slips and (missing or turned or slips > len(laid) // 2):
        return "a slip, and more than that differs"
    if slips and len(telling) < 2 and not any(one.likeness.tier == "C" and _is_heavy(spelling, one) for one in laid):
        return "a slip in a name of one telling part"
    if len(spelling.stems) - spelling.stems.count("abd") < 2 and any(one.likeness.tier != "A" for one in laid):
        return "a name of one part is found as written alone"
    if turned and (
        between
        or consonants <= FEWEST_CONSONANTS
        or apart > 0.5
        or not any(spelling.weights[at] >= 3 for at in telling)
    ):
        return "another order, and no telling surname"
    if missing and not _is_enough(spelling, matched, missing, apart, len(between)):
        return "what is there does not tell who it is"
    if between and not (telling and (telling[-1] == len(spelling.stems) - 1)):
        return "other names stand between, and the last part does not tell"
    if not telling and (_stands_in_a_name(text, laid[0].first, laid[-1].behind) or missing):
        return "common names alone, inside a longer name"
    if _is_broken(text.folded, laid[0].first, laid[-1].behind, turned=turned):
        return "punctuation parts the words"
    return ""


def _is_heavy(spelling: Spelling[T], one: Laid) -> bool:
    """Whether a part that slipped is still hard to mistake."""
    return one.likeness.apart <= 0.4 and sum(spelling.weights[one.slot.first : one.slot.behind]) >= 4


def _is_plain(
    spelling: Spelling[T], laid: Sequence[Laid], text: Text, telling: Sequence[int], between: Sequence[int]
) -> bool:
    """Whether a name of few consonants is beyond doubt: its letters differ by taste alone, or its surname tells."""
    if all(one.likeness.tier == "A" for one in laid):
        return not between
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


def _is_enough(
    spelling: Spelling[T], matched: Sequence[int], missing: Sequence[int], apart: float, between: int
) -> bool:
    """Whether the parts that were found name the person.

    The first and the last of them, and they tell; or so many that one may be another (a father's name, a nisba).
    """
    tells = sum(_tells(spelling, at) for at in matched)
    last = len(spelling.stems) - 1
    framed = 0 not in missing and last not in missing
    if len(matched) >= 3 and len(missing) == 1 and between <= 1 and tells >= (3.5 if framed else 4.5):
        return True
    if between or apart > 0.5 or last in missing or 0 in missing:
        return False
    return tells >= 3


def _tells(spelling: Spelling[T], part: int) -> float:
    if spelling.common[part]:
        return 0.5 if any(one.key in _EVERYBODY for one in sounds(spelling.stems[part])) else 1.0
    return (0.0, 0.5, 1.5, 2.0, 3.0)[min(spelling.weights[part], 4)]


def _stands_in_a_name(text: Text, first: int, behind: int) -> bool:
    """Whether a name word stands right before or behind: "Muhammad Abbas" is not who "Muhammad Abbas Turkmani" is."""
    before, folded = first - 1, text.folded
    if (
        before >= 0
        and not is_title(text.words[before])
        and text.is_name_like(before)
        and not folded.original[folded.span(before, first)[1] : folded.span(first, behind)[0]].strip()
    ):
        return True
    if behind < len(text.words) and (text.is_name_like(behind) or _is_nisba(text.words[behind])):
        return not folded.original[folded.span(first, behind)[1] : folded.span(behind, behind + 1)[0]].strip()
    return False


def _is_nisba(word: str) -> bool:
    return (len(word) > 4 and word.endswith("ي")) or (word.startswith("ال") and len(word) > 4)


def _is_broken(folded: Folded, first: int, behind: int, *, turned: bool) -> bool:
    """Whether punctuation parts the words."""
    surface = folded.original[slice(*folded.span(first, behind))]
    return bool(_BREAK.search(surface)) or (not turned and "," in surface)
