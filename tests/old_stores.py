"""Stores of older versions, full of what a service had collected, for tests that bring them up to date.

`filled(path, "0003", statements=20_000)` makes one as that version left it: its rows were there before the schema changed again.
Nothing in it is due, so that a service which starts on it changes none of them, but for what it writes of itself (`KEPT_UP`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command

from alerts.settings import ChannelSettings
from scraper import db, upgrade
from scraper.secret import Secret
from tests.fake_botapi import TOKEN

VERSIONS = tuple(sorted(one.name[:4] for one in (upgrade.SCRIPTS / "versions").glob("0*.py")))
"""Every version of the schema, oldest first; the last one is this program's."""
OLDER = VERSIONS[:-1]
KEPT_UP = frozenset({"heartbeat", "channel_state", "source_state", "bot_mark", "mark", "alembic_version"})
"""Tables in which a service that starts writes of itself: their rows stay, but what stands in them may change."""
API = "http://127.0.0.1:9"
PHONE = ChannelSettings("chat11", "telegram", token=Secret(TOKEN), chat="11", api_base=API)
"""Where the alerts of these stores were sent to. Another channel of that name would be another chat, with other messages."""
SOURCES = ("agency", "gazette")
ARTICLE = (
    "It was said at some length that nothing of this must be lost, whatever happens while it is carried over. " * 5
)


def migrate(path: Path, version: str) -> None:
    """Bring the store at `path` to that version of the schema, as a bayan of that time would have."""
    engine = db._engine(f"sqlite:///{path}")
    config = upgrade._config(upgrade.SCRIPTS)
    with engine.connect() as conn, conn.begin():
        config.attributes["connection"] = conn
        command.upgrade(config, version)
    engine.dispose()


def filled(path: Path, version: str, *, statements: int) -> None:
    """Make the new store `path` of that version, with so many statements and alerts that were sent."""
    now = datetime.now(UTC).replace(tzinfo=None)
    for one in VERSIONS[: VERSIONS.index(version) + 1]:
        migrate(path, one)
        with closing(sqlite3.connect(path)) as store:
            _fill(store, one, statements, f"{now - timedelta(hours=2):%Y-%m-%d %H:%M:%S.%f}", now)
            store.commit()
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill(store: sqlite3.Connection, version: str, statements: int, at: str, now: datetime) -> None:
    later = f"{now + timedelta(days=2):%Y-%m-%d %H:%M:%S.%f}"
    numbers = range(1, statements + 1)

    def put(table: str, rows: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> None:
        rows = list(rows)
        names = ", ".join(f'"{name}"' for name in rows[0])
        marks = ", ".join(f":{name}" for name in rows[0])
        store.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)

    if version == "0001":
        put("source_state", [{
            "id": one, "fingerprint": "f", "url": f"https://{one}.example/feed", "etag": "", "last_modified": "",
            "body_hash": "", "baseline_at": at, "due_at": later, "outcome": "ok", "outcome_at": at, "detail": "",
            "failures": 0, "items": 4, "moved_to": "",
        } for one in SOURCES])  # fmt: skip
        put("statement", ({
            "id": n, "source": SOURCES[n % 2], "key": f"g:{n}", "url": f"https://{SOURCES[n % 2]}.example/{n}",
            "title": f"Somebody speaks of matter number {n}", "summary": "", "text": f"{n} {ARTICLE}",
            "digest": f"digest {n}", "published_confident": 0, "first_seen_at": at, "revision": 1,
            "extent": "article", "baseline": n <= 3, "article_attempts": 1, "article_detail": "",
        } for n in numbers))  # fmt: skip
        put("identity", ({"source": SOURCES[n % 2], "key": f"g:{n}", "statement": n} for n in numbers))
        put("revision", ({
            "statement": n, "revision": 0, "title": "Said before", "summary": "", "text": "", "digest": "d", "until": at,
        } for n in numbers if n % 10 == 1))  # fmt: skip
        put("verdict", ({
            "statement": n, "revision": 1, "extent": "article", "judged_at": at, "watchlist": "w", "matches": 1,
        } for n in numbers))  # fmt: skip
        put("match", ({
            "statement": n, "revision": 1, "number": 0, "watch": "@somebody", "actor": "somebody", "tier": "A",
            "field": "title", "start": 0, "end": 8, "surface": "Somebody", "pattern": "Somebody", "steps": "[]",
        } for n in numbers))  # fmt: skip
        put("delivery", ({
            "id": n, "channel": PHONE.id, "kind": "alert", "subject": str(n), "revision": 1, "statement": n,
            "state": "sent", "rank": 1, "routes": "[]", "text": "", "attempts": 1, "due_at": at, "created_at": at,
            "claimed_at": at, "settled_at": at, "message_id": str(n), "may_repeat": 0, "plain": 0, "reason": "",
        } for n in numbers))  # fmt: skip
        put(
            "robots",
            [{"origin": "https://agency.example", "verdict": "rules", "text": "", "read_at": at, "asked_at": at}],
        )
        put("heartbeat", [{"name": "service", "at": at, "detail": ""}])
        put("channel_state", [{
            "id": PHONE.id, "fingerprint": PHONE.fingerprint, "chat": PHONE.chat, "drop_topic": 0,
            "condition": "ok", "failures": 0, "reason": "",
        }])  # fmt: skip
    elif version == "0003":
        put("flood", [{
            "id": 1, "source": "agency", "since": at, "last_at": at, "statements": 2, "listed": 9, "reason": "many",
            "settled_at": at, "verdict": "news",
        }])  # fmt: skip
        put("listed", [{"source": one, "statements": "[1, 2]"} for one in SOURCES])
        put("absence", ({
            "statement": n, "source": SOURCES[n % 2], "since": at, "checks": 2, "note": "", "first_proof": "gone",
            "first_proof_at": at, "second_proof": "", "returned_at": at,
        } for n in numbers if n % 20 == 1))  # fmt: skip
        put("rereading", ({
            "statement": n, "source": SOURCES[n % 2], "due_at": later, "reads": 1, "etag": "", "last_modified": "", "doubt": "",
        } for n in numbers if n % 20 == 2))  # fmt: skip
    elif version == "0004":
        put("gap", [{"source": "agency", "noticed_at": at, "since": at, "until": at, "pages": 1, "detail": "closed"}])
    elif version == "0005":
        put("story_key", ({"key": 7 * n, "statement": n} for n in numbers))
        put("story_join", ({
            "statement": n, "like": n - 1, "why": "text", "news": "", "at": at,
        } for n in numbers if n % 30 == 0))  # fmt: skip
    elif version == "0006":
        put("chat", [{
            "id": "11", "kind": "private", "title": "One", "language": "en", "timezone": "UTC", "quiet": "", "digest": "",
            "enrolled_at": at, "joined_at": at,
        }])  # fmt: skip
        put("person", [{"id": "7", "name": "A person", "language": "en", "seen_at": at}])
        put("membership", [{"chat": "11", "person": "7", "role": "admin", "given_by": "operator", "given_at": at}])
        put("deed", ({
            "id": n, "at": at, "chat": "11", "person": "7", "verb": "seen", "subject": str(n), "before": "", "after": "",
        } for n in numbers if n % 20 == 3))  # fmt: skip
        put("judgement", ({
            "id": n, "statement": n, "channel": PHONE.id, "person": "7", "watch": "@somebody", "pattern": "Somebody",
            "relevant": 1, "at": at,
        } for n in numbers if n % 20 == 4))  # fmt: skip
