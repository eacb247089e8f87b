"""One automaton of words for everything that is watched: it finds each phrase in one walk over a folded text.

Its letters are whole words, so a hit can never begin or end inside a longer one. What a word of a text may start is
worked out once and remembered, because texts repeat their words: for all words met before, a look into one dictionary
is the whole cost (15 MB/s of Arabic on its own; Aho-Corasick over letters is no faster, and it cannot read clitics).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from alerts.watch.collecting import Method
from alerts.watch.tokens import Reading
from scraper.text import Folded

T = TypeVar("T")
V = TypeVar("V")
Joins = Mapping[int, Sequence[tuple[int, str, str]]]
"""For a word, what it and its followers are when read as one: (word behind, the one word, step)."""
_REMEMBERED = 100_000
"""Words whose meaning is kept: 12 MB. Every thousandth text or so brings a new word; a hostile one brings only new ones."""
_MOST_ARTICLES = 2


class Node(Generic[T]):
    """A place in the automaton: where each next word leads, where each beginning of a word leads, what ends here."""

    __slots__ = ("beginnings", "ends", "word", "words")

    def __init__(self, word: str = "") -> None:
        self.word = word
        self.words: dict[str, list[Node[T]]] = {}
        self.beginnings: dict[str, Node[T]] = {}
        self.ends: list[T] = []

    def to(self, word: str) -> Node[T]:
        """The place of its own behind `word`, made where there is none."""
        ways = self.words.setdefault(word, [])
        own = next((place for place in ways if place.word == word), None)
        if own is None:
            ways.append(own := Node(word))
        return own

    def to_beginning(self, letters: str) -> Node[T]:
        """The place behind every word that begins with `letters`, made where there is none."""
        return self.beginnings.setdefault(letters, Node(letters))

    def link(self, word: str, place: Node[T]) -> None:
        """Let `word` lead to `place` as well, which is where another word led first."""
        ways = self.words.setdefault(word, [])
        if place not in ways:
            ways.append(place)

    def after(self, form: str) -> Iterator[Node[T]]:
        """The places that a word read as `form` leads to."""
        yield from self.words.get(form, ())
        if self.beginnings:
            for length in {len(beginning) for beginning in self.beginnings}:
                if len(form) >= length and form[:length] in self.beginnings:
                    yield self.beginnings[form[:length]]


class Hit(NamedTuple, Generic[T]):
    """What was found from word `first` up to word `behind`, and the steps that the words took to be read so."""

    first: int
    behind: int
    found: T
    steps: tuple[str, ...]


class _Start(NamedTuple, Generic[T]):
    place: Node[T]
    step: str
    last: bool


class Automaton(Generic[T]):
    """Everything of one kind (all names, or all keywords) that is watched for, and what is known about words so far."""

    def __init__(
        self,
        root: Node[T],
        read: Callable[[str], Sequence[Reading]],
        is_skipped: Callable[[str, str], bool] | None = None,
    ) -> None:
        self._root = root
        self._read = read
        self._is_skipped = is_skipped
        self._lengths = tuple(sorted({len(beginning) for beginning in root.beginnings}))
        self._starts = _Remembered(self._starts_of)
        self._later = _Remembered(self._later_forms_of)

    def starts(self, word: str) -> bool:
        """Whether anything begins with this word."""
        words, beginnings, lengths = self._root.words, self._root.beginnings, self._lengths
        for form, _, _, _ in self._read(word):
            if form in words:
                return True
            for length in lengths:
                if form[:length] in beginnings:
                    return True
        return False

    def find(self, folded: Folded, joins: Joins, begins: Iterable[int] | None = None) -> Iterator[Hit[T]]:
        """Every hit in the text; words of `joins` are tried besides. `begins` are the words that start anything, in order,
        where that is known."""
        words = folded.words
        if begins is None:
            begins = [at for at, word in enumerate(words) if self._starts[word]]
        for at in begins:
            for start in self._starts[words[at]]:
                place, step, last = start
                if last or not (place.words or place.beginnings):  # most terms are one word
                    for found in place.ends:
                        yield Hit(at, at + 1, found, (step,) if step else ())
                elif place.ends or at + 1 in joins or self._goes_on(words, at + 1, place):
                    yield from self._walk(words, at, at + 1, start, joins)
        for at, wider in joins.items():
            for behind, joined, step in wider:
                for start in self._starts[joined]:
                    yield from self._walk(words, at, behind, start._replace(step=step), joins)

    def _starts_of(self, word: str) -> tuple[_Start[T], ...]:
        found: list[_Start[T]] = []
        words, beginnings = self._root.words, self._root.beginnings
        for form, step, _, last in self._read(word):
            places = list(words.get(form, ()))
            lengths = [length for length in self._lengths if length <= len(form)]
            places += [beginnings[form[:length]] for length in lengths if form[:length] in beginnings]
            found += [_Start(place, step, last) for place in places]
        return tuple(found)

    def _goes_on(self, words: Sequence[str], at: int, place: Node[T]) -> bool:
        """Whether a word that may be skipped stands at `at`, or one that leads on from `place`: most do not."""
        if at >= len(words):
            return False
        if place.beginnings or not place.words.keys().isdisjoint(self._later[words[at]]):
            return True
        return self._is_skipped is not None and at + 1 < len(words) and self._is_skipped(words[at], words[at + 1])

    def _later_forms_of(self, word: str) -> tuple[str, ...]:
        """How a word may be read behind another."""
        return tuple(form for form, _, only_first, _ in self._read(word) if not only_first)

    def _walk(
        self,
        words: Sequence[str],
        first: int,
        behind: int,
        start: _Start[T],
        joins: Joins,
    ) -> Iterator[Hit[T]]:
        """All hits from `first` that begin with `start`. A place is left once for each word, however many ways lead there."""
        waiting = [(start.place, behind, (start.step,) if start.step else (), start.last)]
        left: set[tuple[int, int]] = set()
        while waiting:
            place, behind, steps, last = waiting.pop()
            for found in place.ends:
                yield Hit(first, behind, found, steps)
            if last or (id(place), behind) in left or not (place.words or place.beginnings):
                continue
            left.add((id(place), behind))
            for to, word, joined_by in self._next_words(words, behind, joins):
                for form, step, only_first, only_last in self._read(word):
                    if not only_first:
                        taken = (*steps, *filter(None, (joined_by, step)))
                        waiting += [(further, to, taken, only_last) for further in place.after(form)]

    def _next_words(self, words: Sequence[str], at: int, joins: Joins) -> Iterator[tuple[int, str, str]]:
        """The words that may come at `at`, as (place behind, word, what joined it): also those behind skipped articles."""
        places = [at]
        for _ in range(_MOST_ARTICLES + 1):
            options = [
                option
                for place in places
                if place < len(words)
                for option in ((place + 1, words[place], ""), *joins.get(place, ()))
            ]
            yield from options
            if self._is_skipped is None:
                return
            places = [to for to, word, _ in options if to < len(words) and self._is_skipped(word, words[to])]


class _Remembered(dict[str, tuple[V, ...]]):
    """What words can start and can be, worked out at first sight. Full, it forgets everything: hostile texts cost time alone."""

    def __init__(self, work_out: Callable[[str], tuple[V, ...]]) -> None:
        super().__init__()
        self._work_out = Method(work_out)

    def __missing__(self, word: str) -> tuple[V, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        known = self[word] = self._work_out(word)
        return known
