"""How well translations are told from other statements: the figures of docs/decisions/translations.md.

    .venv/bin/python -m tests.bench.translations --corpus SHARED/corpus [--sample 900]

The gold (`translations_gold.jsonl`, of our own making) has eight statements of two speakers, each in English, Arabic and Persian.
Pairs of the corpus are articles in two scripts that have nothing to do with each other, and each English statement of the gold
against every Arabic article, which is about the same people and places: none of them may be joined, though here nobody makes sure,
as the program does, that one watched person speaks in both within hours.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

from alerts.translation import Marks, agreement, read

GOLD = Path(__file__).with_name("translations_gold.jsonl")
SPEAKERS = {
    "khazali": ("Qais al-Khazali", "قيس الخزعلي", "قیس خزعلی"),
    "qassem": ("Naim Qassem", "نعيم قاسم", "نعیم قاسم"),
}
SHORTEST = 250


def gold() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]


def of_gold() -> None:
    joined: Counter[tuple[str, str]] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for one, other in itertools.combinations(gold(), 2):
        if one["speaker"] != other["speaker"] or one["language"] == other["language"]:
            continue
        kind = "the same" if one["statement"] == other["statement"] else "another"
        key = (kind, "-".join(sorted((one["language"], other["language"]))))
        texts = [read(side["title"], side["text"]) for side in (one, other)]
        pairs[key] += 1
        joined[key] += bool(agreement(*texts, speakers=SPEAKERS[one["speaker"]]).why)
    for key in sorted(pairs):
        print(f"{key[0]} statement, {key[1]}: {joined[key]} of {pairs[key]} joined")


def articles(corpus: Path) -> tuple[list[Marks], list[Marks]]:
    latin, arabic = [], []
    for manifest in sorted(corpus.glob("extract/*/manifest.jsonl")):
        for line in manifest.read_text("utf-8").splitlines():
            row = json.loads(line)
            if len(row.get("text") or "") >= SHORTEST:
                latin.append(read(row.get("title") or "", row["text"]))
    for month in sorted(corpus.glob("arabic/*.xz")):
        with lzma.open(month, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if len(row.get("text") or "") >= SHORTEST:
                    arabic.append(read(row["title"], row["text"]))
    return [one for one in latin if one.script != "arabic"], arabic


def of_corpus(corpus: Path, sample: int) -> None:
    latin, arabic = articles(corpus)
    some = random.Random(7).sample(arabic, min(sample, len(arabic)))
    began = time.process_time()
    false = sum(bool(agreement(one, other, speakers=()).why) for one in latin for other in some)
    each = (time.process_time() - began) / max(1, len(latin) * len(some))
    print(f"unrelated articles: {false} of {len(latin) * len(some)} pairs joined, {each * 1e6:.0f} microseconds each")
    ours = [read(row["title"], row["text"]) for row in gold() if row["language"] == "en"]
    false = sum(bool(agreement(one, other, speakers=()).why) for one in ours for other in arabic)
    print(f"statements against articles of the same region: {false} of {len(ours) * len(arabic)} pairs joined")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--sample", type=int, default=900)
    told = parser.parse_args()
    of_gold()
    if told.corpus is not None:
        of_corpus(told.corpus, told.sample)
