"""Text from outside, made safe at the door, and the folding machine that makes spellings comparable.

`clean` is what every parser calls on every string it lets in. `fold` is what comparing starts with: short texts are
folded here, letter by letter, long ones in `folding.py`, as columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Protocol

from scraper.letters import NAME_SPELLING, RULE_SPELLING, Class, fold_letter

if TYPE_CHECKING:
    from scraper.folding import Letters

_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str, limit: int = 1_000_000) -> str:
    """`text` as it may enter the house: line ends are newlines, control characters and lone surrogates are gone.

    At most `limit` code points are kept. Bidi controls, zero-width characters and look-alikes stay: they are evidence,
    and the folding machine and the message know how to treat them. White space at both ends is dropped.
    """
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text[:limit]).replace("\t", " ")).strip()


def clean_line(text: str, limit: int = 4_000) -> str:
    """`clean`, with every run of white space made one space: for titles, names and addresses shown to people."""
    return " ".join(clean(text, limit * 4).split())[:limit]


Link = Literal["hyphen", "zero width"]


class Folded:
    """A text as its words, where every word knows where it came from. It never changes.

    Letters are in the form that rules and names share (`scraper/letters.py`); inside a word stand an apostrophe or a
    zero-width non-joiner where the original has them between two letters, because readings are cut there. `wholes` are
    camel-case hashtags, as (first word, word behind the last): one word as well as several.
    """

    __slots__ = ("_links", "_machine", "_places", "original", "wholes", "words")

    def __init__(self, original: str, machine: _Machine) -> None:
        self.original = original
        self.words = machine.words()
        self.wholes = machine.wholes
        self._machine = machine
        self._places: tuple[Sequence[int], Sequence[int]] | None = None
        self._links: tuple[tuple[int, Link], ...] | None = None

    @property
    def text(self) -> str:
        """The words with one space between them."""
        return " ".join(self.words)

    @property
    def links(self) -> tuple[tuple[int, Link], ...]:
        """The gaps that a reader hardly sees, in order, as (word before the gap, what parts it there)."""
        if self._links is None:
            hyphens, unseen = self._machine.links()
            links: list[tuple[int, Link]] = [(gap, "hyphen") for gap in hyphens]
            self._links = tuple(sorted([*links, *((gap, "zero width") for gap in unseen)])) if unseen else tuple(links)
        return self._links

    def span(self, first: int, behind: int) -> tuple[int, int]:
        """Where the words `[first, behind)` stand in the original: code points `[start, end)`, trailing marks included."""
        starts, ends = self._laid_out()
        end, original = ends[behind - 1], self.original
        while (
            end < len(original) and original[end] > "\x7f" and letter(original[end])[0] in (Class.MARK, Class.COMPOSING)
        ):
            end += 1
        return starts[first], end

    def starts(self) -> Sequence[int]:
        """Where each word begins in the original: code points."""
        return self._laid_out()[0]

    def letters(self) -> str | Letters:
        """The letters of all words in their order, one or more spaces between them, as a string or as code points in numpy."""
        return self._machine.letters()

    def _laid_out(self) -> tuple[Sequence[int], Sequence[int]]:
        if self._places is None:
            self._places = self._machine.places()
        return self._places


class _Machine(Protocol):
    """What knows the words of a text, and works out their places only where somebody asks."""

    wholes: tuple[tuple[int, int], ...]

    def words(self) -> tuple[str, ...]:
        """The words in their order."""
        ...

    def letters(self) -> str | Letters:
        """The letters, and spaces in the gaps."""
        ...

    def places(self) -> tuple[Sequence[int], Sequence[int]]:
        """Where each word begins in the original, and the place behind its last letter; marks behind it not counted."""
        ...

    def links(self) -> tuple[Sequence[int], Sequence[int]]:
        """The words before a gap that is one hyphen, and before one that is nothing but zero-width spaces."""
        ...


_FEW = 120
"""Code points of a name or a headline: so few are folded faster letter by letter than as columns."""


def fold(text: str) -> Folded:
    """`text` as words that can be compared. Any string is taken, lone surrogates too; folding twice is folding once."""
    if (plain := _plain(text)) is not None:
        return Folded(text, plain)
    if len(text) <= _FEW and (line := _line(text)) is not None:
        return Folded(text, line)
    from scraper.folding import Columns  # numpy comes with it, which a command that reads names only can do without

    return Folded(text, Columns(text))


class _Line:
    """A short text letter by letter: `letters` with a space in each place of a gap, and where each of them came from."""

    __slots__ = ("_letters", "_origin", "_text", "wholes")

    def __init__(self, text: str, letters: str, origin: Sequence[int]) -> None:
        self._text, self._letters, self._origin = text, letters, origin
        self.wholes: tuple[tuple[int, int], ...] = ()

    def words(self) -> tuple[str, ...]:
        return tuple(self._letters.split())

    def letters(self) -> str:
        return self._letters

    def places(self) -> tuple[list[int], list[int]]:
        spans = [found.span() for found in _SOLID.finditer(self._letters)]
        origin = self._origin
        return [origin[start] for start, _ in spans], [origin[end - 1] + 1 for _, end in spans]

    def links(self) -> tuple[list[int], list[int]]:
        hyphens: list[int] = []
        unseen: list[int] = []
        text, origin, behind = self._text, self._origin, -1
        for gap, found in enumerate(_SOLID.finditer(self._letters), -1):
            start = found.start()
            if gap >= 0:
                kinds = {letter(text[origin[at]])[0] for at in range(behind, start)}
                if start == behind + 1 and kinds == {Class.HYPHEN}:
                    hyphens.append(gap)
                elif kinds == {Class.ZERO_WIDTH_SPACE}:
                    unseen.append(gap)
            behind = found.end()
        return hyphens, unseen


class _Plain:
    """A text in which every letter stays where it is: the letters, with a space in each place of a gap."""

    __slots__ = ("_letters", "_text", "wholes")

    def __init__(self, text: str, letters: str) -> None:
        self._text, self._letters = text, letters
        self.wholes: tuple[tuple[int, int], ...] = ()

    def words(self) -> tuple[str, ...]:
        return tuple(self._letters.split())

    def letters(self) -> str:
        return self._letters

    def places(self) -> tuple[list[int], list[int]]:
        if len(self._letters) > _FEW:
            from scraper.folding import solid

            starts, ends = solid(self._letters.encode("ascii"))
            return starts.tolist(), ends.tolist()
        bounds = [found.span() for found in _SOLID.finditer(self._letters)]
        return [start for start, _ in bounds], [end for _, end in bounds]

    def links(self) -> tuple[list[int], list[int]]:
        if "-" not in self._text:
            return [], []
        starts, ends = self.places()
        gaps = enumerate(zip(ends, starts[1:], strict=False))
        return [gap for gap, (end, start) in gaps if start == end + 1 and self._text[end] == "-"], []


def _plain(text: str) -> _Plain | None:
    """A text of ASCII, or a short one of any letters, at once; None where it holds what only slower machines take apart."""
    if text.isascii():
        if "#" in text:
            return None
        letters = text.translate(_STAYING)
        return _Plain(text, _LONE_APOSTROPHE.sub(" ", letters) if "'" in letters else letters)
    if len(text) > _FEW:
        return None
    letters = text.translate(_STAYING)
    return None if _MOVING in letters or "'" in letters or "#" in text else _Plain(text, letters)


class _Staying(dict[int, str]):
    """What each character becomes, looked up at first sight: a letter, an apostrophe, the space of a gap; `_MOVING` where
    its neighbours must be asked, or where it becomes none or several."""

    def __missing__(self, point: int) -> str:
        if len(self) >= _KNOWN:
            self.clear()
        kind, becomes = fold_letter(point) if point < _IDEOGRAPHS else _FAR
        stays = kind <= Class.APOSTROPHE and (point < 128 or kind not in _ASKED)
        known = self[point] = (becomes or " ") if stays else _MOVING
        return known


_ASKED = (Class.HYPHEN, Class.HASH, Class.ZERO_WIDTH_SPACE)
_MOVING = "\uffff"
_KNOWN = 4_096
_IDEOGRAPHS = 0x3400
_STAYING = _Staying()
_LONE_APOSTROPHE = re.compile("'(?:(?![a-z])|(?<![a-z]'))")
"""In a folded text: one that does not stand between two letters."""
_SOLID = re.compile("[^ ]+")


def _line(text: str) -> _Line | None:
    """A short text, read letter by letter; None where it holds what `folding.py` alone does: hashtags, letters
    that a mark makes others, and what stands above the common scripts: ideographs, Hangul, emoji."""
    kinds: list[int] = []
    letters: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        kind, becomes = letter(char) if ord(char) < _IDEOGRAPHS else _FAR
        if kind in (Class.HASH, Class.IDEOGRAPH, Class.COMPOSING):
            return None
        if kind == Class.WIDE:
            for one in becomes:
                kinds.append(Class.LETTER)
                letters.append(one)
                origin.append(at)
        elif kind < Class.MARK:
            kinds.append(kind)
            letters.append(becomes or " ")
            origin.append(at)
    if Class.NON_JOINER in kinds:
        around = [Class.SEPARATOR, *kinds, Class.SEPARATOR]
        idle = [
            kind == Class.NON_JOINER and (left in (Class.NON_JOINER, Class.APOSTROPHE) or right == Class.APOSTROPHE)
            for left, kind, right in zip(around, kinds, around[2:], strict=False)
        ]
        kept = [at for at, gone in enumerate(idle) if not gone]
        kinds, letters, origin = [kinds[at] for at in kept], [letters[at] for at in kept], [origin[at] for at in kept]
    if Class.APOSTROPHE in kinds or Class.NON_JOINER in kinds:
        around = [Class.SEPARATOR, *kinds, Class.SEPARATOR]
        for at, kind in enumerate(kinds):
            if kind in (Class.APOSTROPHE, Class.NON_JOINER) and not (
                around[at] in _ALPHABETIC and around[at + 2] in _ALPHABETIC
            ):
                letters[at] = " "
    return _Line(text, "".join(letters), origin)


_FAR = (Class.IDEOGRAPH, "")
_ALPHABETIC = (Class.LETTER, Class.CAPITAL)


@lru_cache(maxsize=4_096)
def letter(char: str) -> tuple[int, str]:
    """The class of one character and what it becomes, as `letters.py` has it."""
    return fold_letter(ord(char))


def spell_rule(word: str) -> str:
    """A folded word as rules read it: `başkan` is `baskan`, and what stood inside it (apostrophe, non-joiner) is gone."""
    return word if word.isascii() and "'" not in word else word.translate(RULE_SPELLING)


def spell_name(word: str) -> str:
    """A folded word as names read it: `haşim` is `hashim`, hamza is gone, and so is what stood inside the word."""
    return word if word.isascii() and "'" not in word else word.translate(NAME_SPELLING)
