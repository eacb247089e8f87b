"""Answers of further kinds of sources for tests: read from tests/recorded/kinds, or written here, as the pages a fetch gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scraper.model import Kind, Page, Source

RECORDED = Path(__file__).parent / "recorded" / "kinds"
FETCHED = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


def recorded(name: str) -> bytes:
    """One of the hand-made answers."""
    return (RECORDED / name).read_bytes()


def answer(body: bytes | str, url: str = "https://site.example/x") -> Page:
    """`body` as it comes from `url` at noon of 20 June 2026, UTC."""
    return Page(url=url, asked=url, body=body if isinstance(body, bytes) else body.encode(), fetched_at=FETCHED)


def asking(kind: Kind, url: str = "https://site.example/x", **more: Any) -> Source:
    """A source of that kind."""
    return Source(id="s", kind=kind, url=url, **more)
