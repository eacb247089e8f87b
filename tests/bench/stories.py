"""How well near copies are told apart, and what it costs: the tables of docs/decisions/stories.md.

    .venv/bin/python -m tests.bench.stories --corpus SHARED/corpus          pairs that occur, constructed copies, headlines
    .venv/bin/python -m tests.bench.stories --cost 100000                   one statement among so many stored ones

Pairs that occur: 5,993 articles of one publisher in ten months, compared as if they came from different sources. Every pair that
any of the settings below joins was read and judged (`stories_gold.jsonl`: the publisher's ids and the judgement, no text). One
publisher repeats its own background, so its pairs are harder to tell apart than those of two publishers. Its hourly bulletins,
which are changed a little from one to the next, are counted apart.

Constructed copies: what outlets do to an agency's text, done to articles of the corpus by program. What is not joined is missed.

Headlines: those of five sites in one month, without bodies. Where one is the whole of another one behind a kicker ("Crime: ..."), it
is the same dispatch by construction.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, text

import alerts.schema  # noqa: F401 - the tables of both rooms belong to one store
from alerts.story import place
from scraper import sources, stories
from scraper.db import Connection, open_database
from scraper.likeness import LIMITS, MOST_KEYS, Limits, Print, keys, likeness, read
from scraper.model import Source, Statement
from scraper.schema import statement
from scraper.stories import Placed

GOLD = Path(__file__).with_name("stories_gold.jsonl")
WINDOW = timedelta(hours=72)
SETTINGS: tuple[tuple[str, Limits], ...] = (
    ("as built", LIMITS),
    ("whole 0.60", replace(LIMITS, whole=0.6)),
    ("whole 0.70", replace(LIMITS, whole=0.7)),
    ("whole 0.90", replace(LIMITS, whole=0.9)),
    ("opening and much 0.30", replace(LIMITS, opening=0.3, much=0.3)),
    ("opening and much 0.40", replace(LIMITS, opening=0.4, much=0.4)),
    ("opening and much 0.70", replace(LIMITS, opening=0.7, much=0.7)),
    ("together 1.00", replace(LIMITS, together=1.0)),
    ("about 0 (no guard against round-ups)", replace(LIMITS, about=0.0)),
    ("about 0.20", replace(LIMITS, about=0.2)),
    ("headline 0.60", replace(LIMITS, headline=0.6)),
    ("headline 0.90", replace(LIMITS, headline=0.9)),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One text of the corpus, and when it was published."""

    id: str
    site: str
    at: datetime
    title: str
    body: str


def articles(corpus: Path) -> list[Seen]:
    """The Arabic stream, oldest first."""
    rows = []
    for file in sorted((corpus / "arabic").glob("*.jsonl.xz")):
        for row in _lines(file):
            body = row["text"] or row["summary"]
            rows.append(Seen(row["id"], "one", datetime.fromisoformat(row["published"]), row["title"], body))
    return sorted(rows, key=lambda row: row.at)


def _lines(file: Path) -> list[Any]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def headlines(corpus: Path) -> list[Seen]:
    """Each headline of each site, when it was first seen, without its teaser."""
    found: dict[tuple[str, str], Seen] = {}
    for file in sorted((corpus / "polls" / "headlines").glob("*.jsonl.xz")):
        site = file.name.removesuffix(".jsonl.xz")
        for poll in _lines(file):
            at = datetime.fromisoformat(poll["at"])
            for one in poll["articles"]:
                if title := one.get("title") or "":
                    found.setdefault((site, title), Seen(f"{site}/{title}", site, at, title, ""))
    return sorted(found.values(), key=lambda row: row.at)


def candidates(rows: Sequence[Seen], prints: Sequence[Print]) -> Iterator[tuple[int, int]]:
    """The pairs that the index offers, as `scraper/stories.py` searches it: earlier and later."""
    index: dict[int, list[int]] = defaultdict(list)
    for later, one in enumerate(prints):
        shared: Counter[int] = Counter()
        for key in keys(one):
            shared.update(index[key][-64:])
            index[key].append(later)
        for earlier, _ in shared.most_common(12):
            if rows[later].at - rows[earlier].at <= WINDOW:
                yield earlier, later


def pairs_that_occur(corpus: Path) -> None:
    rows = articles(corpus)
    prints = [read(row.title, row.body) for row in rows]
    offered = list(candidates(rows, prints))
    gold = [json.loads(line) for line in GOLD.read_text().splitlines()]
    copies = {(one["a"], one["b"]) for one in gold if one["copy"]}
    judged = {(one["a"], one["b"]) for one in gold}
    bulletins = {(one["a"], one["b"]) for one in gold if one["bulletin"]}
    print(
        f"{len(rows)} articles, {len(offered)} pairs offered by the index, {len(judged)} judged by hand, {len(copies)} copies"
    )
    print("| setting | joined | of them copies | joined falsely | of them bulletins | copies missed | not judged |")
    print("|---|---|---|---|---|---|---|")
    for name, limits in SETTINGS:
        joined = {(rows[a].id, rows[b].id) for a, b in offered if likeness(prints[a], prints[b], limits=limits)}
        false = joined & judged - copies
        print(
            f"| {name} | {len(joined)} | {len(joined & copies)} | {len(false)} | {len(false & bulletins)} |"
            f" {len(copies - joined)} | {len(joined - judged)} |"
        )
    same = [(a, b) for a, b in offered if likeness(prints[a], prints[b], same_source=True)]
    right = sum((rows[a].id, rows[b].id) in copies for a, b in same)
    print(f"within one source, as built: {len(same)} joined, {right} of them copies\n")


Change = Callable[[Seen, Seen, random.Random], tuple[str, str]]


def _words(text: str, first: int, last: int) -> str:
    return " ".join(text.split()[first:last])


def _edited(share: float) -> Change:
    def change(one: Seen, other: Seen, chance: random.Random) -> tuple[str, str]:
        spare = other.body.split() or ["and"]
        words = [chance.choice(spare) if chance.random() < share else word for word in one.body.split()]
        return one.title, " ".join(words)

    return change


def _half_of_the_sentences(one: Seen, other: Seen, chance: random.Random) -> tuple[str, str]:
    sentences = [part for part in one.body.replace("\n", ". ").split(". ") if part.strip()]
    kept = [part for place, part in enumerate(sentences) if place < 2 or chance.random() < 0.5]
    return other.title, ". ".join(kept)


def _introduced(one: Seen, other: Seen, _: random.Random) -> tuple[str, str]:
    return one.title, f"{_words(other.body, 0, 40)} {one.body}"


def _introduced_and_continued(one: Seen, other: Seen, _: random.Random) -> tuple[str, str]:
    return one.title, f"{_words(other.body, 0, 40)} {one.body} {_words(other.body, 40, 240)}"


_MARKS = dict.fromkeys(range(1611, 1619))

CHANGES: tuple[tuple[str, Change], ...] = (
    ("the same text, another headline", lambda one, other, _: (other.title, one.body)),
    ("only the first 60 words, another headline", lambda one, other, _: (other.title, _words(one.body, 0, 60))),
    ("the first 60 words, its headline", lambda one, other, _: (one.title, _words(one.body, 0, 60))),
    ("an introduction of 40 words before it, its headline", _introduced),
    (
        "200 words of background behind it",
        lambda one, other, _: (one.title, f"{one.body} {_words(other.body, 0, 200)}"),
    ),
    ("an introduction before and background behind it", _introduced_and_continued),
    ("half of the sentences, another headline", _half_of_the_sentences),
    ("every 20th word another", _edited(0.05)),
    ("every 10th word another", _edited(0.10)),
    ("every 5th word another", _edited(0.20)),
    ("its headline alone, vowel marks gone", lambda one, other, _: (one.title.translate(_MARKS), "")),
)


def constructed_copies(corpus: Path, count: int = 600) -> None:
    chance = random.Random(7)
    long_enough = [row for row in articles(corpus) if len(row.body.split()) >= 120]
    chosen = chance.sample(long_enough, count)
    print(f"{count} articles of at least 120 words, each changed in {len(CHANGES)} ways")
    print("| what the copy is | found by the index | joined | missed |\n|---|---|---|---|")
    for name, change in CHANGES:
        found = joined = 0
        for one in chosen:
            other = chance.choice(long_enough)
            first, copy = read(one.title, one.body), read(*change(one, other, chance))
            shares = bool(set(keys(first)) & set(keys(copy)))
            found += shares
            joined += shares and bool(likeness(first, copy))
        print(f"| {name} | {found / count:.1%} | {joined / count:.1%} | {1 - joined / count:.1%} |")
    print()


def only_headlines(corpus: Path) -> None:
    rows = headlines(corpus)
    prints = [read(row.title, row.body) for row in rows]
    offered = [(a, b) for a, b in candidates(rows, prints) if rows[a].site != rows[b].site]
    known = {(a, b) for a, b in offered if _behind_a_kicker(rows[a].title, rows[b].title)}
    print(
        f"{len(rows)} headlines of 5 sites, {len(offered)} pairs of two sites offered, {len(known)} the same by construction"
    )
    print("| setting | joined | of the known ones | others |\n|---|---|---|---|")
    for name, limits in SETTINGS:
        if name == "as built" or name.startswith("headline"):
            joined = {(a, b) for a, b in offered if likeness(prints[a], prints[b], limits=limits)}
            print(f"| {name} | {len(joined)} | {len(joined & known)} | {len(joined - known)} |")
    print()


def _behind_a_kicker(a: str, b: str) -> bool:
    short, long = sorted((_plain(a), _plain(b)), key=len)
    return len(short.split()) >= 4 and long.endswith(short)


def _plain(title: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in title.casefold()).split())


def cost(stored: int) -> None:
    """Place statements in a store that holds `stored` others of the last three days, each of 280 words, 60 of them a formula
    that all have in common (a footer), which is the worst that can happen to the index."""
    chance = random.Random(1)
    vocabulary = [f"word{number}" for number in range(20_000)]
    formula = " ".join(vocabulary[:60])
    now = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)

    def said(number: int, at: datetime) -> Statement:
        title, body = (" ".join(chance.choices(vocabulary, k=size)) for size in (9, 220))
        return Statement(
            number, f"s{number % 40}", str(number), None, title, "", f"{body} {formula}", None, None, at, None, None, 1,
            "text", False,
        )  # fmt: skip

    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/bayan.db")
        enrolled = [Source(id=f"s{number}", kind="feed", url="https://example.org/") for number in range(40)]
        database.write_now(lambda conn: sources.enrol(conn, enrolled, now))
        began = time.process_time()
        for start in range(1, stored + 1, 1_000):
            some = [
                said(number, now - timedelta(hours=71) * (1 - number / stored))
                for number in range(start, min(start + 1_000, stored + 1))
            ]
            placed = [Placed(one.id, one.id, keys(read(one.title, one.text))) for one in some]
            database.write_now(lambda conn, some=some, placed=placed: _keep(conn, some, placed, now))  # type: ignore[misc]
        print(f"{stored} statements of 280 words stored and indexed in {time.process_time() - began:.0f} s of CPU")
        size = database.read_now(lambda conn: conn.execute(text("SELECT count(*) FROM story_key")).scalar())
        print(f"{size} keys; the file has {Path(folder, 'bayan.db').stat().st_size / 1e6:.0f} MB")
        plan = f"EXPLAIN QUERY PLAN {stories._sharing()}"
        asked = {f"key{number}": 1 for number in range(MOST_KEYS)} | {"most": 12}
        steps = database.read_now(lambda conn: conn.execute(text(plan), asked).all())
        print("plan:", dict(Counter(row[3] for row in steps if "story_key" in row[3])))
        spent, writing = [], []
        for number in range(stored + 1, stored + 301):
            one = said(number, now)
            at = time.process_time()
            found = database.read_now(lambda conn, one=one: place(conn, [(one, ())]))  # type: ignore[misc]
            spent.append(time.process_time() - at)
            at = time.process_time()
            database.write_now(lambda conn, one=one, found=found: _keep(conn, [one], found, now))  # type: ignore[misc]
            writing.append(time.process_time() - at)
        database.close()
    for name, times in (("finding its story", spent), ("storing it with its keys, a commit of its own", writing)):
        ordered = sorted(times)
        most = ordered[int(len(times) * 0.95)]
        print(f"{name}: median {statistics.median(times) * 1e3:.1f} ms of CPU, 95 % below {most * 1e3:.1f} ms")


def _keep(conn: Connection, some: Sequence[Statement], placed: Sequence[Placed], now: datetime) -> None:
    rows = [
        {
            "id": one.id, "source": one.source, "key": one.key, "title": one.title, "summary": "", "text": one.text,
            "digest": "", "published_confident": False, "first_seen_at": one.first_seen_at, "revision": 1,
            "extent": "text", "baseline": False, "article_attempts": 0, "article_detail": "",
        }
        for one in some
    ]  # fmt: skip
    conn.execute(insert(statement), rows)
    stories.record(conn, placed, now)


def main() -> None:
    parser = argparse.ArgumentParser(description="How well near copies are told apart, and what it costs.")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--cost", type=int, default=0)
    options = parser.parse_args()
    if options.corpus:
        pairs_that_occur(options.corpus)
        constructed_copies(options.corpus)
        only_headlines(options.corpus)
    if options.cost:
        cost(options.cost)


if __name__ == "__main__":
    main()
