"""What a watchlist would have rung for, on the statements that are stored: how often, where, by which spelling, and against today.

    subject -> plan (today's watchlist, and the one that is tried) -> statements, newest first, in pages -> tally -> report

The command line and the bot ask the same questions here. Nothing is written. Memory does not grow with the store: counts are
kept, and a few samples. Whether a match reaches anybody is for routes to say; here a statement that matches has rung.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from alerts.excerpt import Hit, passages
from alerts.model import Actor, Keywords, Match
from alerts.perusal import look_through
from alerts.watch.attribution import spoken_by
from alerts.watch.match import Watchlist, compile_watchlist
from scraper.db import Database
from scraper.model import Source, Statement

SAMPLES = 5
_MOST_SAMPLES = 2_000
_MOST_KEYS = 1_000
_MOST_COMPILED = 300
_SAMPLE = 200
"""Code points of a sample."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried. `watched` are the watches that the report is about (`@actor` or a list's id), `after` the watchlist
    with them, `before` today's, None where both are one."""

    watched: frozenset[str]
    after: Watchlist
    before: Watchlist | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    sieve: tuple[Watchlist, ...] = ()
    """What is tried, and what it takes the place of, each by itself: a statement in which none of these rings is the same
    before and after, and is not looked at further. Empty: every statement is."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A statement that rang, and the passage why: `hits` are places in `text`. `pattern` is the guilty spelling."""

    statement: int
    source: str
    title: str
    seen_at: datetime
    url: str | None
    watch: str
    text: str
    hits: tuple[tuple[int, int], ...]
    pattern: str
    surface: str
    steps: tuple[str, ...]
    baseline: bool


@dataclass(frozen=True, slots=True)
class Guilt:
    """What one configured spelling is guilty of: statements and hits, and statements that ring by it `only`."""

    text: str
    statements: int
    hits: int
    only: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What one watch would have rung for. `sole` are statements for which nothing else rings; `spoke` those in which the
    actor is the speaker. `surfaces` are the spellings as the texts have them, the commonest first."""

    watch: str
    statements: int
    hits: int
    spoke: int
    sole: int
    by_source: tuple[tuple[str, int], ...]
    aliases: tuple[Guilt, ...]
    surfaces: tuple[tuple[str, int], ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Statements that ring now and did not before, or the other way round; `alone` those for which nothing else rings."""

    statements: int
    alone: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a plan. `read` statements were looked at, `statements` rang, `baseline` of these stood on the page at the
    first poll, which never rings. `by_day` is by the day (UTC) they were first seen; `cut` says that older ones were left."""

    since: datetime | None
    read: int
    statements: int
    baseline: int
    by_day: tuple[tuple[date, int], ...]
    by_source: tuple[tuple[str, int], ...]
    watches: tuple[Watched, ...]
    new: Change
    lost: Change
    cut: bool = False


def plan(
    actors: Sequence[Actor],
    keywords: Sequence[Keywords],
    *,
    tried_actors: Sequence[Actor] = (),
    tried_keywords: Sequence[Keywords] = (),
    watched: Sequence[str] = (),
    sources: Sequence[Source] = (),
) -> Plan:
    """A plan over today's `actors` and `keywords`: what is tried takes the place of what has its id, and is watched.

    `watched` names more watches. Raises `ValueError` for a rule that the configuration would refuse.
    """
    mine = {f"@{one.id}" for one in tried_actors} | {one.id for one in tried_keywords} | set(watched)
    before = compile_watchlist(actors, keywords)
    by_id = {source.id: source for source in sources}
    sieve = _sieve(actors, keywords, tried_actors, tried_keywords, mine)
    if not tried_actors and not tried_keywords:
        return Plan(frozenset(mine), before, None, by_id, sieve)
    all_actors = {one.id: one for one in (*actors, *tried_actors)}
    all_keywords = {one.id: one for one in (*keywords, *tried_keywords)}
    after = compile_watchlist(list(all_actors.values()), list(all_keywords.values()))
    return Plan(frozenset(mine), after, before, by_id, sieve)


def _sieve(
    actors: Sequence[Actor],
    keywords: Sequence[Keywords],
    tried_actors: Sequence[Actor],
    tried_keywords: Sequence[Keywords],
    watched: Collection[str],
) -> tuple[Watchlist, ...]:
    """The watches that decide whether a statement can differ; () where a rule among them asks for other actors.

    Alone, an actor is found wherever it is found in company: others only take hits away.
    """
    mine = ([one for one in actors if f"@{one.id}" in watched], [one for one in keywords if one.id in watched])
    if any("@" in one.query for one in (*tried_keywords, *mine[1])):
        return ()
    pairs = [(tried_actors, tried_keywords), mine]
    return tuple(compile_watchlist(*pair) for pair in pairs if pair[0] or pair[1])


def with_alias(actor: Actor, alias: str, *, weak: bool = False) -> Actor:
    """The actor with one spelling more; one that is there already moves to the list that is asked for."""
    actor = without_alias(actor, alias)
    if weak:
        return replace(actor, weak_aliases=(*actor.weak_aliases, alias))
    return actor if actor.name == alias else replace(actor, aliases=(*actor.aliases, alias))


def without_alias(actor: Actor, alias: str) -> Actor:
    """The actor without one spelling. Where that is its name, the first alias becomes it; the last name stays."""
    aliases = tuple(one for one in actor.aliases if one != alias)
    name = actor.name
    if alias == name and aliases:
        name, *rest = aliases
        aliases = tuple(rest)
    return replace(
        actor,
        name=name,
        aliases=aliases,
        weak_aliases=tuple(one for one in actor.weak_aliases if one != alias),
        acronyms=tuple(one for one in actor.acronyms if one != alias),
    )


async def backtest(
    db: Database,
    tried: Plan,
    *,
    since: datetime | None = None,
    samples: int = SAMPLES,
    most: int | None = None,
    patience: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Try a plan on the stored statements first seen after `since`, at most the `most` newest, for `patience` seconds at most;
    `cut` says where older ones were left. Raises `StoreError`.

    `progress` is told how many were read. The event loop is free between pages.
    """
    tally = Tally(tried, samples=samples)
    cut = await look_through(db, tally.add, since=since, most=most, patience=patience, progress=progress)
    return tally.report(since, cut=cut)


@dataclass(slots=True)
class _Counts:
    statements: int = 0
    hits: int = 0
    spoke: int = 0
    sole: int = 0
    by_source: Counter[str] = field(default_factory=Counter)
    guilty: Counter[str] = field(default_factory=Counter)
    guilty_hits: Counter[str] = field(default_factory=Counter)
    only: Counter[str] = field(default_factory=Counter)
    surfaces: Counter[str] = field(default_factory=Counter)


class _Samples:
    """The first few statements, those that show another spelling before those that do not."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[str, Sample] = {}
        self._spare: list[Sample] = []

    def wants(self, surface: str) -> bool:
        if len(self._kept) >= self._most:
            return False
        return surface not in self._kept or len(self._kept) + len(self._spare) < self._most

    def put(self, surface: str, sample: Sample) -> None:
        if surface in self._kept:
            self._spare.append(sample)
        else:
            self._kept[surface] = sample

    def all(self) -> tuple[Sample, ...]:
        return tuple([*self._kept.values(), *self._spare][: self._most])


class Tally:
    """Counts what a plan rings for, statement by statement. `read` is how many it was given."""

    def __init__(self, tried: Plan, *, samples: int = SAMPLES) -> None:
        self.read = 0
        self._plan = tried
        self._samples = samples
        self._left = _MOST_SAMPLES
        self._statements = self._baseline = 0
        self._by_day: Counter[date] = Counter()
        self._by_source: Counter[str] = Counter()
        self._watches = {watch: _Counts() for watch in sorted(tried.watched)}
        self._shown: dict[str, _Samples] = {}
        self._changes = {"+new": [0, 0], "-lost": [0, 0]}
        self._without: dict[tuple[str, str], Watchlist] = {}

    def add(self, statements: Sequence[Statement]) -> None:
        """Judge these as they would have been judged. Newest first, where samples are to be the newest."""
        for statement in statements:
            self.read += 1
            self._add(statement)

    def report(self, since: datetime | None, *, cut: bool = False) -> Report:
        """What it has come to so far."""
        return Report(
            since=since,
            read=self.read,
            statements=self._statements,
            baseline=self._baseline,
            by_day=tuple(sorted(self._by_day.items())),
            by_source=tuple(self._by_source.most_common()),
            watches=tuple(self._watched(watch, counts) for watch, counts in self._watches.items()),
            new=self._change("+new"),
            lost=self._change("-lost"),
            cut=cut,
        )

    def _add(self, statement: Statement) -> None:
        sieve = self._plan.sieve
        if sieve and not any(meets(one, statement, self._plan.sources) for one in sieve):
            return
        after = meets(self._plan.after, statement, self._plan.sources)
        rings = _by_watch(after)
        mine = {watch: found for watch, found in rings.items() if watch in self._plan.watched}
        if self._plan.before is not None:
            before = _by_watch(meets(self._plan.before, statement, self._plan.sources))
            self._compare("+new", statement, rings, before)
            self._compare("-lost", statement, before, rings)
        if not mine:
            return
        self._statements += 1
        self._baseline += statement.baseline
        self._by_day[statement.first_seen_at.date()] += 1
        _count(self._by_source, statement.source)
        for watch, found in mine.items():
            self._count(watch, found, statement, alone=len(rings) == 1)

    def _count(self, watch: str, found: Sequence[Match], statement: Statement, *, alone: bool) -> None:
        counts = self._watches[watch]
        counts.statements += 1
        counts.hits += len(found)
        counts.sole += alone
        counts.spoke += any(one.role == "speaker" for one in found)
        _count(counts.by_source, statement.source)
        patterns = dict.fromkeys(one.pattern for one in found)
        for pattern in patterns:
            _count(counts.guilty, pattern)
            if self._rings_only_by(watch, pattern, tuple(patterns), statement):
                _count(counts.only, pattern)
        for one in found:
            _count(counts.guilty_hits, one.pattern)
            _count(counts.surfaces, " ".join(one.surface.split())[:120])
        self._show(watch, found[0], found, statement)

    def _rings_only_by(self, watch: str, pattern: str, patterns: Sequence[str], statement: Statement) -> bool:
        """Whether the watch would be silent here without this spelling."""
        actor = self._plan.after.actors.get(watch.removeprefix("@")) if watch.startswith("@") else None
        if actor is None:
            return len(patterns) == 1
        full = (actor.name, *actor.aliases)
        if any(other in full for other in patterns if other != pattern):
            return False
        if not set(full) - {pattern}:
            return True
        known = self._without.get((watch, pattern))
        if known is None:
            if len(self._without) >= _MOST_COMPILED:
                return len(patterns) == 1
            known = self._without[watch, pattern] = compile_watchlist([without_alias(actor, pattern)], ())
        return not meets(known, statement, self._plan.sources)

    def _compare(
        self, which: str, statement: Statement, here: Mapping[str, list[Match]], there: Mapping[str, list[Match]]
    ) -> None:
        """Counts a statement for which a watch rings here and not there."""
        more = [watch for watch in here if watch not in there]
        if more:
            self._changes[which][0] += 1
            self._changes[which][1] += not there
            found = here[more[0]]
            self._show(which, found[0], found, statement)

    def _show(self, place: str, first: Match, found: Sequence[Match], statement: Statement) -> None:
        samples = self._shown.setdefault(place, _Samples(self._samples))
        surface = " ".join(first.surface.casefold().split())
        if self._left > 0 and samples.wants(surface):
            self._left -= 1
            samples.put(surface, sample_of(statement, first, found))

    def _watched(self, watch: str, counts: _Counts) -> Watched:
        aliases = [
            Guilt(text, statements, counts.guilty_hits[text], counts.only[text])
            for text, statements in counts.guilty.most_common()
        ]
        return Watched(
            watch=watch,
            statements=counts.statements,
            hits=counts.hits,
            spoke=counts.spoke,
            sole=counts.sole,
            by_source=tuple(counts.by_source.most_common()),
            aliases=tuple(aliases),
            surfaces=tuple(counts.surfaces.most_common()),
            samples=self._shown[watch].all() if watch in self._shown else (),
        )

    def _change(self, which: str) -> Change:
        statements, alone = self._changes[which]
        return Change(statements, alone, self._shown[which].all() if which in self._shown else ())


def sample_of(statement: Statement, first: Match, found: Sequence[Match]) -> Sample:
    """A statement as a sample: the passage around `first` and the others of `found` in the same field."""
    text = statement.title if first.field == "title" else statement.text or statement.summary
    here = [Hit(one.start, one.end, one.watch) for one in found if one.field == first.field and one.surface]
    passage = passages(text, here).take(_SAMPLE)
    return Sample(
        statement=statement.id,
        source=statement.source,
        title=statement.title,
        seen_at=statement.first_seen_at,
        url=statement.url,
        watch=first.watch,
        text=passage.text,
        hits=passage.hits,
        pattern=first.pattern,
        surface=first.surface,
        steps=first.steps,
        baseline=statement.baseline,
    )


def meets(watch: Watchlist, statement: Statement, sources: Mapping[str, Source]) -> tuple[Match, ...]:
    """What a stored statement meets, with all that rules may ask about it: its source's tags, and for whom that speaks.

    `sources` are by id; of one that is configured no more nothing is known.
    """
    source = sources.get(statement.source)
    found = watch.match(
        statement.title,
        statement.text or statement.summary,
        language=statement.language,
        source=statement.source,
        url=statement.url,
        tags=source.tags if source is not None else (),
        speaks_for=source.speaks_for if source is not None else (),
    )
    return spoken_by(source.speaks_for, found) if found and source is not None and source.speaks_for else found


def _by_watch(matches: Sequence[Match]) -> dict[str, list[Match]]:
    found: dict[str, list[Match]] = {}
    for one in matches:
        found.setdefault(one.watch, []).append(one)
    return found


def _count(counter: Counter[str], key: str) -> None:
    """One more; a counter that is full counts what it knows, so that no store makes it grow for ever."""
    if key in counter or len(counter) < _MOST_KEYS:
        counter[key] += 1
