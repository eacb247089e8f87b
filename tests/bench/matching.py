"""How fast watchlists read: MB/s, time for one statement, build time and memory at several sizes of watchlist.

    python tests/bench/matching.py [--literals 1000 10000 100000] [--names 0.5] [--present 0.1] [--texts FILE.jsonl]
    python tests/bench/matching.py --people FILE.jsonl --texts FILE.jsonl [--literals 10000]

The texts are made here (English- and Arabic-like words, as unequal in frequency as words are, 2 KB each, every run the
same); `--texts` takes the `title` and `text` of real rows instead. Half of the literals (`--names`) are names of two parts,
which are found by sound as well, the others keywords. One in ten (`--present`) is a word of the texts (none of the thousand
commonest), the others are not, though they may sound like one. The more literals, the more is found: the last column says how
many matches a text had, each of which is told with its place, its steps and its role. From 10,000 literals on fewer texts are
read. Beside our figure, on the folded text: two Aho-Corasick engines alone (ahocorasick_rs, and pyahocorasick where it is
installed; no word bounds, no clitics, no sounds), one regular expression of all literals, and a plain `in` loop. "First time"
is a watchlist that has not met the words before. The last line compiles as many actors.

With `--people`, rows with `name`, `aliases` and `kind` ("person", "group"), these are watched with all their names, and as many
keywords besides as make the number of literals: half of these are words of the texts. Real names share their parts with each other
and with real texts, which made ones do not: this is the harder and truer figure.

CPU seconds, one core; MB are of UTF-8.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import random
import re
import resource
import time
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import TypeAlias

import ahocorasick_rs

from alerts.model import Actor, Keywords
from alerts.watch.match import compile_watchlist
from scraper.text import fold

_FEWEST_TEXTS = 300
Watches: TypeAlias = tuple[list[str], list[Actor], list[Keywords]]
"""All literals, and the same as they are watched: names, and lists of keywords."""
LATIN, ARABIC = ("bcdfghklmnprstvwyz", "aeiou"), ("بتثجحخدذرزسشصضطعغفقكلمنهي", "اوي")


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--literals", type=int, nargs="+", default=[1_000, 10_000])
    cli.add_argument("--names", type=float, default=0.5)
    cli.add_argument("--present", type=float, default=0.1)
    cli.add_argument("--texts", type=Path)
    cli.add_argument("--people", type=Path)
    cli.add_argument("--actors", type=int, default=10_000)
    cli.add_argument("--seconds", type=float, default=3.0)
    asked = cli.parse_args()
    chance = random.Random(20250620)
    known = [word(chance, *letters) for letters in (LATIN, ARABIC) for _ in range(30_000)]
    texts = real_texts(asked.texts) if asked.texts else [statement(chance, known) for _ in range(1_500)]
    size = size_of(texts)
    print(f"{len(texts)} texts, {size / 1e6:.1f} MB")
    fold("")
    folding = rate(lambda: [fold(body) for _, body in texts], size, asked.seconds)
    print(f"folding alone {folding:.1f} MB/s")
    print(
        " literals  build s  memory MB  first time MB/s   MB/s  p50 us  p99 us  rs AC  py AC  re MB/s  loop MB/s  matches"
    )
    for count in asked.literals:
        some = texts[: max(_FEWEST_TEXTS, 15_000_000 // count)]
        if asked.people:
            watched = real_watches(chance, asked.people, some, count)
        else:
            watched = made_watches(chance, known, count, asked.names, asked.present)
        measure(some, watched, asked.seconds)
    names = [
        Actor(f"p{n}", "person", f"{word(chance, *LATIN)} {word(chance, *LATIN)}".title()) for n in range(asked.actors)
    ]
    before, started = memory(), time.process_time()
    watch = compile_watchlist(names, [])
    taken, grown = time.process_time() - started, memory() - before
    print(f"{len(watch.actors)} actors compile in {taken:.1f} s, {grown:.0f} MB")


def made_watches(chance: random.Random, known: Sequence[str], count: int, names: float, present: float) -> Watches:
    """As many literals of our making, a share of them names, a share in the texts."""
    rare = [each for first in (0, len(known) // 2) for each in known[first + 1_000 : first + len(known) // 2]]
    there = set(known)
    literals = [chance.choice(rare) if chance.random() < present else absent(chance, there) for _ in range(count)]
    named = round(count * names)
    actors = [Actor(f"a{n}", "person", f"{literals[n]} {word(chance, *LATIN)}") for n in range(named)]
    lists = [Keywords(f"k{n}", any=tuple(literals[n : min(n + 10, count)])) for n in range(named, count, 10)]
    return literals, actors, lists


def real_watches(chance: random.Random, people: Path, texts: Sequence[tuple[str, str]], count: int) -> Watches:
    """The people and groups of a file with all their names, and keywords besides."""
    rows = [json.loads(line) for line in people.read_text("utf-8").splitlines()]
    actors = [
        Actor(f"a{n}", "group" if row.get("kind") == "group" else "person", row["name"], tuple(row.get("aliases", ())))
        for n, row in enumerate(rows)
    ]
    literals = [name for actor in actors for name in (actor.name, *actor.aliases)]
    words = sorted({one for _, body in texts for one in fold(body).words if len(one) > 4 and one.isalpha()})
    chance.shuffle(words)
    more = max(0, count - len(literals)) // 2
    keywords = [*words[:more], *(one[::-1] for one in words[-more:] if more)]
    lists = [Keywords(f"k{n}", any=tuple(keywords[n : n + 10])) for n in range(0, len(keywords), 10)]
    return [*literals, *keywords], actors, lists


def measure(texts: Sequence[tuple[str, str]], watched: Watches, seconds: float) -> None:
    size = size_of(texts)
    literals, actors, lists = watched
    count = len(literals)
    gc.collect()
    before, started = memory(), time.process_time()
    watch = compile_watchlist(actors, lists)
    built, grown = time.process_time() - started, memory() - before
    started = time.process_time()
    for title, body in texts:
        watch.match(title, body)
    cold = size / (time.process_time() - started) / 1e6
    times = []
    matches = 0
    for title, body in texts:
        started = time.process_time()
        matches += len(watch.match(title, body))
        times.append(time.process_time() - started)
    times.sort()
    warm = rate(lambda: [watch.match(title, body) for title, body in texts], size, seconds)
    folded = [fold(body).text for _, body in texts]
    engine = ahocorasick_rs.AhoCorasick(
        [fold(literal).text for literal in literals], implementation=ahocorasick_rs.Implementation.ContiguousNFA
    )
    automaton = rate(lambda: [engine.find_matches_as_indexes(text, overlapping=True) for text in folded], size, seconds)
    few = folded[: max(1, 30_000 // count)]
    loop = rate(lambda: [literal in text for text in few for literal in literals], size * len(few) / len(folded), 0.5)
    pattern = re.compile("|".join(sorted(map(re.escape, literals), key=len, reverse=True)))
    tried = folded[: max(1, 10_000 // count)]
    alternation = rate(lambda: [pattern.findall(text) for text in tried], size * len(tried) / len(folded), 0.5)
    other = pyahocorasick(literals, folded, size, seconds)
    print(
        f"{count:>9} {built:>8.2f} {grown:>10.0f} {cold:>16.1f} {warm:>6.1f} {times[len(times) // 2] * 1e6:>7.0f} "
        f"{times[len(times) * 99 // 100] * 1e6:>7.0f} {automaton:>6.1f} {other:>6.1f} {alternation:>8.3f} {loop:>10.2f} "
        f"{matches / len(texts):>8.1f}"
    )


def pyahocorasick(literals: Sequence[str], folded: Sequence[str], size: int, seconds: float) -> float:
    """MB/s of pyahocorasick, 0 where it is not installed: bayan does without it."""
    try:
        engine = importlib.import_module("ahocorasick").Automaton()
    except ImportError:
        return 0.0
    for literal in literals:
        engine.add_word(fold(literal).text, literal)
    engine.make_automaton()
    return rate(lambda: [list(engine.iter(text)) for text in folded], size, seconds)


def absent(chance: random.Random, there: Set[str]) -> str:
    """A word of the same making that stands in no text."""
    while (made := word(chance, *chance.choice((LATIN, ARABIC)))) in there:
        pass
    return made


def word(chance: random.Random, consonants: str, vowels: str) -> str:
    return "".join(chance.choice(consonants) + chance.choice(vowels) for _ in range(chance.choice((2, 2, 3, 3, 4))))


def statement(chance: random.Random, known: Sequence[str]) -> tuple[str, str]:
    """A headline and 2 KB of one language, its words as frequent as their rank says (Zipf)."""
    first = chance.choice((0, len(known) // 2))
    ranks = [int((len(known) // 2) ** chance.random()) - 1 for _ in range(400)]
    words = [known[first + rank] for rank in ranks]
    body = " ".join(each + chance.choice(("", "", "", "", ",", ".", "'s" if first == 0 else "،")) for each in words)
    return " ".join(words[:10]).title(), body.encode()[:2_000].decode(errors="ignore")


def size_of(texts: Sequence[tuple[str, str]]) -> int:
    """Bytes of UTF-8."""
    return sum(len((title + body).encode()) for title, body in texts)


def real_texts(path: Path) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(row.get("title") or "", row.get("text") or "") for row in rows]


def rate(work: Callable[[], object], size: float, seconds: float) -> float:
    """MB of CPU second, over at least `seconds`."""
    done, started = 0, time.process_time()
    while time.process_time() - started < seconds:
        work()
        done += 1
    return done * size / (time.process_time() - started) / 1e6


def memory() -> float:
    """Resident memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
