"""Near copies: whether two texts are one statement, and what one of them says that the other does not. Pure.

    headline, body -> Print: folded words, shingles of three words
                      keys(Print)        a few numbers that copies share, for an index that finds candidates
                      likeness(a, b)     the exact check: the same statement, and why; or not
                      news(fresh, told)  a new quotation or a denial, for which a copy rings all the same

Outlets cut, lengthen, embed and retitle what an agency or an actor gave out, and append the same background to different
news. So it is not how much of two texts is the same that makes them one statement, but where: a copy begins with the same
words, or carries the whole of the shorter text near its beginning; shared background stands at the end. Headlines alone
must agree almost word for word, and in their numbers. `docs/decisions/stories.md` has the measurements.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

from scraper.text import fold, spell_rule

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.uint64]

MOST_WORDS = 3_000
"""Of a body; a copy of a longer text is found by its beginning."""
_LEAD = 40
"""Words of a body that say what it is about."""
_NEAR_THE_BEGINNING = 120
"""A copy may open with some sentences of its own: within so many words the shorter text begins."""
SHORTEST_BODY = 12
"""Words below which a body is no evidence, and the headline decides alone."""
_TITLE_KEYS, _LEAD_KEYS, _BODY_KEYS = 10, 8, 16
MOST_KEYS = _TITLE_KEYS + _LEAD_KEYS + _BODY_KEYS
_BRIEF = 80
_QUOTE = 6
"""Words from which a quotation is one, and not a name or a single term in quotation marks."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on two texts count as one statement: shares between 0 and 1 of the shingles (words, for headlines) that agree."""

    whole: float = 0.80
    """Of the shorter body in the longer one, where the shorter one's beginning stands near the longer one's."""
    opening: float = 0.50
    """Of each beginning in the other text, where `much` of the shorter body is shared too."""
    much: float = 0.45
    same_source: float = 0.85
    """Of both, within one source, which repeats its own background and formulas more than others do."""
    headline: float = 0.80
    """Of all words of two headlines without bodies, or where one has no body."""
    together: float = 1.20
    """What headlines and bodies share, added up, where both share something: `some` of the bodies at least."""
    some: float = 0.30
    headline_words: int = 5
    """A shorter headline says too little alone."""
    about: float = 0.30
    """Of the longer text's headline in all of the shorter one, where that has under `brief` words: else it is a round-up of many."""
    brief: int = 60


LIMITS = Limits()


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """A text made comparable. Words are numbers, the same for the same folded word in every process."""

    title: frozenset[int]
    title_numbers: frozenset[str]
    title_shingles: Numbers
    body: Numbers
    """The shingles of the body in their order."""
    whole: Numbers
    """The same, sorted and each once."""
    said: frozenset[int]
    """The words of the headline and of the beginning of the body."""
    lead: Numbers
    """Those of the first words, sorted and each once."""
    words: int
    """Of the body, a passage that repeats itself counted once."""
    numbers: frozenset[str]
    """Figures of headline and lead."""
    figures: frozenset[str]
    """Figures of the whole."""
    denies: bool
    """Whether headline or lead deny something."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two texts compare. `why` is a short line for people, "" where they are two statements; `score` orders several."""

    why: str
    score: float

    def __bool__(self) -> bool:
        return bool(self.why)


@lru_cache(maxsize=256)
def read(title: str, body: str) -> Print:
    """The print of a headline and a body (text, or what the source gives in its place). Any strings are taken."""
    headline, text = fold(title).words, fold(body[: MOST_WORDS * 12]).words[:MOST_WORDS]
    numbers = _numbers(text)
    shingles = _shingles(numbers)
    whole = _sorted(shingles)
    return Print(
        title=frozenset(map(_number, headline)),
        title_numbers=frozenset(filter(_is_figure, headline)),
        title_shingles=_sorted(_shingles(_numbers(headline))),
        body=shingles,
        whole=whole,
        said=frozenset(map(_number, (*headline, *text[:_BRIEF]))),
        lead=_sorted(shingles[: _LEAD - 2]),
        words=len(whole) + 2 if len(whole) else 0,
        numbers=frozenset(filter(_is_figure, (*headline, *text[:_LEAD]))),
        figures=frozenset(filter(_is_figure, (*headline, *text))),
        denies=any(spell_rule(word) in _denials() for word in (*headline, *text[:_LEAD])),
    )


def keys(one: Print) -> tuple[int, ...]:
    """Numbers in [0, 2^62), at most 34, of which copies share some: the smallest shingles of headline, lead and body.

    The smallest of the longer text that stand in the shorter one are among the smallest there, too (Broder 1997), so a text
    inside a longer one is found, not only one of the same length.
    """
    chosen = {
        *one.title_shingles[:_TITLE_KEYS].tolist(),
        *one.lead[:_LEAD_KEYS].tolist(),
        *one.whole[:_BODY_KEYS].tolist(),
    }
    return tuple(sorted(int(key) >> 2 for key in chosen))


def likeness(a: Print, b: Print, *, same_source: bool = False, limits: Limits = LIMITS) -> Likeness:
    """Whether `a` and `b` are one statement, as evenly in either order."""
    if a.words == b.words:  # which one counts as the shorter must not depend on who asks
        short, long = sorted((a, b), key=lambda one: (one.whole.tobytes(), one.body.tobytes()))
    else:
        short, long = sorted((a, b), key=lambda one: one.words)
    titles = _agreement(a, b)
    if short.words < SHORTEST_BODY:
        return _NONE if same_source else _by_headline(a, b, titles, limits)
    shared = _within(short.whole, long.whole)
    openings = min(_within(short.lead, long.whole), _within(long.lead, short.whole))
    figures = not (a.title_numbers - b.title_numbers and b.title_numbers - a.title_numbers)
    if short.words < limits.brief and not (figures and _figures_fit(short, long)):
        return _NONE  # the same formula for two events
    if same_source and a.numbers != b.numbers:
        return _NONE
    if same_source and short.words < limits.brief and a.title != b.title:
        return _NONE
    if short.words < limits.brief and not _is_about(long, short, limits):
        return _NONE
    least = limits.same_source if same_source else 0.0
    if shared >= max(limits.much, least) and openings >= max(limits.opening, least) and figures:
        return Likeness(f"the same text: {shared:.0%} of the words in a row", shared)
    if same_source:
        return _NONE
    if shared >= limits.whole and _near_the_beginning(short, long):
        return Likeness(f"its text stands in the other: {shared:.0%} of the words in a row", shared)
    if shared >= limits.some and shared + titles >= limits.together and figures and _tells(a, b, limits):
        return Likeness(f"headlines agree by {titles:.0%}, texts by {shared:.0%}", (shared + titles) / 2)
    return _NONE


_NONE = Likeness("", 0.0)


def _by_headline(a: Print, b: Print, titles: float, limits: Limits) -> Likeness:
    if titles >= limits.headline and a.title_numbers == b.title_numbers and _tells(a, b, limits):
        return Likeness(f"headlines agree by {titles:.0%}", titles * 0.9)
    return _NONE


def _is_about(long: Print, short: Print, limits: Limits) -> bool:
    """Whether the longer text is about what the short one says, by its headline; a round-up names one of many things there."""
    if long.words <= short.words * 3 // 2:
        return True
    return len(long.title & short.said) >= limits.about * len(long.title)


def _figures_fit(short: Print, long: Print) -> bool:
    """Whether one of two beginnings has no figures that the other text lacks."""
    return not ((short.figures - long.figures) and (long.numbers - short.figures))


def _tells(a: Print, b: Print, limits: Limits) -> bool:
    return min(len(a.title), len(b.title)) >= limits.headline_words


def _agreement(a: Print, b: Print) -> float:
    """How much of two headlines is the same; all where one stands whole in the other, behind a kicker or before a second clause."""
    short, long = sorted((a, b), key=lambda one: len(one.title_shingles))
    if _within(short.title_shingles, long.title_shingles) == 1.0:
        return 1.0
    together = len(a.title | b.title)
    return len(a.title & b.title) / together if together else 0.0


def _near_the_beginning(short: Print, long: Print) -> bool:
    """Whether the beginning of the shorter text stands near that of the longer one: background stands further down."""
    return _within(short.lead, _sorted(long.body[:_NEAR_THE_BEGINNING])) >= 0.5


def _within(part: Numbers, whole: Numbers) -> float:
    """How much of `part` stands in `whole`; both sorted and without doubles."""
    import numpy as np

    if not len(part) or not len(whole):
        return 0.0
    places = np.searchsorted(whole, part)
    places[places == len(whole)] = 0
    return float((whole[places] == part).mean())


# ------------------------------------------------------------------------------------------- what a copy says anew


def quotations(text: str) -> tuple[str, ...]:
    """The passages of `text` that stand in quotation marks and are at least six words long, in order; at most 50."""
    found = []
    for marked in _QUOTED.finditer(text[: MOST_WORDS * 12]):
        inside = marked.group()[1:].rstrip("»”“\"״」')")
        if len(inside.split()) >= _QUOTE:
            found.append(inside)
        if len(found) == 50:
            break
    return tuple(found)


def news(fresh: Print, quoted: Sequence[str], told: Sequence[Print]) -> str:
    """What `fresh` says that none of `told` does, in a few words for people; "" where it says nothing new.

    `quoted` are the passages of `fresh` that count as quotations. Where nothing but headlines was told so far, a fuller text
    with its quotations is no news: it is the same statement, and has only arrived.
    """
    if fresh.denies and told and not any(one.denies for one in told):
        return "a denial"
    if not any(one.words >= _LEAD for one in told):
        return ""
    for passage in quoted:
        said = _sorted(_shingles(_numbers(fold(passage).words)))
        if len(said) >= _QUOTE - 2 and all(_within(said, one.whole) < 0.3 for one in told):
            return "a new quotation"
    return ""


_QUOTED = re.compile(
    r"«[^«»]{20,2000}»|“[^“”]{20,2000}”|„[^„“”]{20,2000}[“”]|(?<!\w)[\"״][^\"״]{20,2000}[\"״](?!\w)|「[^「」]{20,2000}」"
)

_DENIALS = """deny denies denied denying denial refutes refuted retracts retracted
    نفى نفت ينفي تنفي نفي نافيا نافية كذب تكذيب تكذب يكذب تکذیب
    הכחיש מכחיש הכחישה מכחישה הכחשה yalanladı yalanlıyor yalanlandı yalanlama
    dementiert dementieren bestreitet bestreiten dément démentent démenti nie nient desmiente desmienten niega niegan
    опроверг опровергает опровергла опровержение отрицает"""


@lru_cache(maxsize=1)
def _denials() -> frozenset[str]:
    return frozenset(spell_rule(word) for word in fold(_DENIALS).words)


# ----------------------------------------------------------------------------------------------- words as numbers

_ARTICLE = re.compile("^(?:وال|بال|فال|كال|لل|ال|و)(?=.{3})")


@lru_cache(maxsize=100_000)
def _number(word: str) -> int:
    """A folded word as a number of 32 bits; Arabic ones without article and conjunction, which editors add and take away."""
    spelled = spell_rule(word)
    if spelled and "\u0620" <= spelled[0] <= "\u06ff":
        spelled = _ARTICLE.sub("", spelled)
    return crc32(spelled.encode("utf-8", "surrogatepass"))


def _numbers(words: Sequence[str]) -> Numbers:
    import numpy as np

    return np.fromiter(map(_number, words), np.uint64, len(words))


def _sorted(shingles: Numbers) -> Numbers:
    import numpy as np

    return np.unique(shingles)


def prepare() -> None:
    """Load what the first comparison needs: half a second on a busy machine, in which no other thread has a turn."""
    read("one two three four", "")


def _is_figure(word: str) -> bool:
    """Whether a word tells one thing from its like: a number, or a name with one in it such as B52."""
    return any(map(str.isdigit, word))


def _shingles(numbers: Numbers) -> Numbers:
    """Each three neighbouring words as one number, in order; of fewer words, all of them as one."""
    import numpy as np

    if not len(numbers):
        return numbers
    size = min(3, len(numbers))
    mixed = np.zeros(len(numbers) - size + 1, np.uint64)
    for step in range(size):
        mixed = _mixed(mixed + numbers[step : len(numbers) - size + 1 + step] + np.uint64(0x9E3779B97F4A7C15))
    return mixed


def _mixed(values: Numbers) -> Numbers:
    """SplitMix64's finaliser: every bit of the word counts for every bit of the result."""
    import numpy as np

    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
