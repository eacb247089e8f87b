"""Names of the region that the rules were not written with: how many spellings ring, and how little else does.

`gold/spellings.txt` and `gold/silent.txt` were written from memory of the press after the rules stood, and the first figures
are told beside each floor; what was mended since is general, and none of it names one of these people.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from alerts.model import Actor
from alerts.watch.match import Watchlist, compile_watchlist

GOLD = Path(__file__).parent / "gold"
SENTENCES = {
    "Latin": "Two readers asked about {} on Tuesday, and nobody answered.",
    "Arabic": "تحدثت الصحيفة عن {} في صفحتها الأولى.",
    "Hebrew": "ברשימה מופיע {} לצד אחרים.",
    "Cyrillic": "В списке значится {}, указано на сайте.",
}


class Row(NamedTuple):
    """One name with its spellings."""

    kind: str
    name: str
    spelled: tuple[str, ...]
    parts: tuple[str, ...]
    scripts: tuple[str, ...]
    press: tuple[str, ...]


def rows() -> list[Row]:
    found = []
    for line in (GOLD / "spellings.txt").read_text("utf-8").splitlines()[1:]:
        kind, name, *lists = [cell.strip() for cell in f"{line}|||||".split("|")][:6]
        cells = [tuple(one.strip() for one in cell.split(",") if one.strip()) for cell in lists]
        found.append(Row(kind, name, *cells))
    return found


def script_of(text: str) -> str:
    found = re.search("[\u0600-\u06ff]|[\u0590-\u05ff]|[\u0400-\u04ff]", text)
    if found is None:
        return "Latin"
    return "Arabic" if found[0] > "\u05ff" else "Hebrew" if found[0] > "\u04ff" else "Cyrillic"


@pytest.fixture(scope="module")
def plain() -> Watchlist:
    """Every name in its one Latin spelling."""
    return compile_watchlist([Actor(one.name, one.kind, one.name) for one in rows()], [])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def given() -> Watchlist:
    """Every name with the first Arabic one besides."""
    return compile_watchlist([Actor(one.name, one.kind, one.name, aliases=arabic(one)) for one in rows()], [])  # type: ignore[arg-type]


def arabic(row: Row) -> tuple[str, ...]:
    return tuple(one for one in (*row.scripts, *row.press) if script_of(one) == "Arabic")[:1]


def found(watch: Watchlist, name: str, spelling: str) -> tuple[bool, bool, bool]:
    """Whether the name rings for a spelling, whether another does, and whether the place covers the spelling."""
    before, behind = SENTENCES[script_of(spelling)].split("{}")
    matches = watch.match("", before + spelling + behind)
    mine = [one for one in matches if one.actor == name]
    start, end = len(before), len(before) + len(spelling)
    covers = any(start - 6 <= one.start <= start and end <= one.end <= end + 6 for one in mine)
    return bool(mine), any(one.actor != name for one in matches), covers


FLOORS = {
    ("plain", "spelled", "Latin"): 0.95,  # 0.947 at first
    ("plain", "parts", "Latin"): 0.87,  # 0.854
    ("plain", "scripts", "Arabic"): 0.85,  # 0.752
    ("plain", "scripts", "Cyrillic"): 0.92,  # 0.938
    ("plain", "scripts", "Hebrew"): 0.92,  # 0.774
    ("given", "press", "Arabic"): 0.82,  # 0.792
}


def test_unseen_spellings_keep_their_floor(plain: Watchlist, given: Watchlist) -> None:
    ring: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    covered, others = [], []
    for row in rows():
        for how, watch in (("plain", plain), ("given", given)):
            for kind in ("spelled", "parts", "scripts", "press"):
                for spelling in getattr(row, kind):
                    if how == "given" and spelling in arabic(row):
                        continue
                    mine, other, covers = found(watch, row.name, spelling)
                    ring[how, kind, script_of(spelling)].append(mine)
                    others.append(other)
                    if mine and kind != "parts":
                        covered.append(covers)
    shares = {key: sum(ring[key]) / len(ring[key]) for key in FLOORS}
    assert {key: share for key, share in shares.items() if share < FLOORS[key]} == {}
    assert sum(covered) / len(covered) >= 0.985  # 0.977 at first
    assert sum(others) / len(others) <= 0.005


@pytest.mark.parametrize(("how", "most"), [("plain", 0.12), ("given", 0.10)])  # 0.16 and 0.19 at first
def test_what_is_somebody_or_something_else_stays_silent(how: str, most: float, request: pytest.FixtureRequest) -> None:
    watch: Watchlist = request.getfixturevalue(how)
    lines = [line.split(" | ", 1) for line in (GOLD / "silent.txt").read_text("utf-8").splitlines()[1:]]
    bystanders = [text for name, text in lines if name == "*"]
    rung = [text for text in bystanders if watch.match("", SENTENCES[script_of(text)].format(text))]
    assert len(bystanders) > 100 and rung == []
    namesakes = [(name, text) for name, text in lines if name != "*"]
    wrong = [(name, text) for name, text in namesakes if any(one.actor == name for one in watch.match("", text))]
    assert len(namesakes) > 140 and len(wrong) / len(namesakes) <= most, wrong


@pytest.mark.parametrize(
    ("text", "rings"),
    [
        ("Nobody stands above the law, al-Khazali told supporters.", True),
        ("Laith al-Khazali told supporters to wait.", False),
        ("Laith al-Khazali came late. Later al-Khazali told supporters to wait.", False),
        ("The bakery, al-Khazali, told customers to wait.", False),
    ],
)
def test_a_surname_with_its_article_speaks_where_nobody_else_is_called_so(text: str, rings: bool) -> None:
    watch = compile_watchlist([Actor("khazali", "person", "Qais al-Khazali")], [])
    assert bool(watch.match("", text)) is rings


@pytest.mark.parametrize(
    ("text", "name", "kind", "rings"),
    [
        ("They toured the Mahdi Army Museum.", "Mahdi Army", "group", False),
        ("Fighters of the Mahdi Army left.", "Mahdi Army", "group", True),
        ("Signs of a muslim brotherhood, Amr wrote from Cairo.", "Muslim Brotherhood", "group", False),
        ("The Muslim Brotherhood met in Cairo.", "Muslim Brotherhood", "group", True),
        ("صلى في مسجد سيد الشهداء", "سيد الشهداء", "group", False),
        ("أعلنت سيد الشهداء أنها ستقاتل", "سيد الشهداء", "group", True),
        ("حسن روحانی‌نژاد نوشت", "حسن روحانی", "person", False),
        ("Hassan Rouhani-Nejad wrote", "Hassan Rouhani", "person", False),
        ("ضغط على لاريجاني", "Ali Larijani", "person", False),
        ("وصل علي لاريجاني", "Ali Larijani", "person", True),
    ],
)
def test_words_beside_a_name_make_something_else_of_it(text: str, name: str, kind: str, rings: bool) -> None:
    watch = compile_watchlist([Actor("a", kind, name)], [])  # type: ignore[arg-type]
    assert bool(watch.match("", text)) is rings
