"""Alerts for tests: the model case, and a maker of others that finds each hit's place by its words."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alerts.message import tag
from alerts.model import Actor, Alert, Carried, Field, Match, Role
from scraper.model import Moment, Statement

FIELDS: tuple[Field, ...] = ("title", "body")
NOW = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
TITLE = (
    "Iraqi Militia Leader Qais Al-Khazali Condemns Threats To Khamenei, Warns Of Regional Instability, "
    "Urges International Action"
)
TEXT = """On June 20, 2025, Qais Al-Khazali, the secretary-general of the Iran-backed Iraqi militia Asa'ib Ahl Al-Haqq, \
issued a statement of solidarity with Iran and condemned threats against high-ranking Shi'ite leaders.[1]

He called the threat "a direct attack on sacred figures and institutions, and it carries consequences that may extend far \
beyond the immediate moment."

[1] The group's channel, June 20, 2025."""
TROUBLE = (
    "قيسخ می abcé漢字.:/@#$+[]()<>&_-…1\n\r\t\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u202e"
    "\u2066\u2067\u2068\u2069\u2060\u0301\u030a\ufe0f😀🇮🇶👩\x1b"
)
"""Characters that join, reorder, vanish, or act in a chat."""
KHAZALI = Actor("khazali", "person", "Qais al-Khazali", member_of=("aah",), role="secretary-general")
GROUP = Actor("aah", "group", "Asa'ib Ahl al-Haqq")


def statement(**fields: Any) -> Statement:
    """The model statement, with other `fields`."""
    model = Statement(
        id=21,
        source="example",
        key="k",
        url="https://news.example.org/reports/khazali",
        title=TITLE,
        summary="",
        text=TEXT,
        published=Moment(datetime(2026, 11, 22, 21, 30, tzinfo=UTC), "hour", "relative: 7 hours ago"),
        said_on=Moment(datetime(2025, 6, 20, tzinfo=UTC), "day", "text"),
        first_seen_at=NOW,
        author=None,
        language="en",
        revision=1,
        extent="text",
        baseline=False,
    )
    return replace(model, **fields)


def met(
    statement: Statement, watch: str, *surfaces: str, pattern: str = "", steps: tuple[str, ...] = ()
) -> list[Match]:
    """A match of `watch` (`@actor` or a list's id) at every place where `surfaces` stand in the statement."""
    actor = watch[1:] if watch.startswith("@") else None
    found = []
    for field in FIELDS:
        text = statement.title if field == "title" else statement.text or statement.summary
        for surface in surfaces:
            start = text.find(surface)
            while start >= 0:
                end = start + len(surface)
                found.append(
                    Match(
                        None if actor else watch,
                        actor,
                        "A" if actor else "query",
                        None,
                        field,
                        start,
                        end,
                        surface,
                        pattern or surface,
                        steps,
                    )
                )
                start = text.find(surface, end)
    return found


def match_at(statement: Statement, field: Field, start: int, length: int) -> Match | None:
    """A match of the actor anywhere in a field; None where nothing stands there."""
    surface = (statement.title if field == "title" else statement.text or statement.summary)[start : start + length]
    if not surface:
        return None
    role: Role = "speaker" if start % 2 else "mentioned"
    return Match(None, "khazali", "A", role, field, start, start + len(surface), surface, surface)


def random_alert(rng: random.Random) -> Alert:
    """An alert on texts of any script and any trouble, up to 10,000 characters long, with hits anywhere in them."""

    def text(longest: int) -> str:
        length = int(longest ** rng.random())
        scripts = [
            TROUBLE,
            "قيس الخزعلي ",
            "abc def. ",
            "قیس خزعلی می\u200cگوید ",
            "Хазали ",
            "漢字かな",
            "हिन्दी ",
            "עברית ",
            "😀👩\u200d👩\u200d👧 ",
        ]
        if rng.random() < 0.2:
            return "".join(
                chr(rng.choice([rng.randrange(32, 0xD800), rng.randrange(0xE000, 0x110000)])) for _ in range(length)
            )
        acts = [
            "/start ",
            "@name ",
            "#tag ",
            "https://evil.invalid/x ",
            "t.me/x ",
            "$USD ",
            "<b>x</b> ",
            "*b* [l](https://x.yz) ",
        ]
        words = ["".join(rng.choices(rng.choice(scripts), k=rng.randrange(1, 12))) for _ in range(length // 6 + 1)]
        return "".join(rng.choice(acts) if rng.random() < 0.1 else word for word in words)[:length]

    found = statement(
        title=text(600),
        text=text(10_000),
        summary=text(500),
        url=rng.choice([None, "https://news.example.org/x", text(60), f"https://x.example/{text(100)}"]),
    )
    places: list[tuple[Field, int, int]] = [
        (rng.choice(FIELDS), int(10_000 ** rng.random()) - 1, rng.randrange(1, 30)) for _ in range(rng.randrange(1, 60))
    ]
    hits = [hit for place in places if (hit := match_at(found, *place)) is not None]
    actor = Actor("khazali", "person", text(60) or "x", role=text(60), member_of=(text(30),))
    return alert(
        found,
        hits,
        actors=(actor,) * rng.randrange(4),
        routes=tuple(text(40) for _ in range(rng.randrange(4))),
        source_name=text(80),
        may_repeat=rng.random() < 0.5,
        carried=tuple(Carried(text(60), NOW) for _ in range(rng.randrange(9))),
        edited_at=rng.choice([None, NOW]),
        removed_at=rng.choice([None, NOW]),
    )


def alert(statement: Statement, matches: Sequence[Match], **fields: Any) -> Alert:
    """An alert on `statement` for Qais al-Khazali, with other `fields`."""
    given = {"source_name": "Example News", "actors": (KHAZALI,), "routes": ("desk-iraq",), "groups": (GROUP,)} | fields
    return Alert(statement=statement, matches=tuple(matches), tag=tag(statement.id), **given)


def model_alert(**fields: Any) -> Alert:
    """The alert of the model case: an actor and “threat*”."""
    found = statement()
    matches = met(found, "@khazali", "Qais Al-Khazali") + met(
        found, "threats", "Threats", "threats", "threat ", pattern="threat*"
    )
    return alert(
        found, [replace(m, surface=m.surface.strip(), end=m.start + len(m.surface.strip())) for m in matches], **fields
    )
