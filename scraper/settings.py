"""What the configuration says about fetching and storing, as values. `config.py` reads them; everybody else is handed them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from scraper.secret import Secret


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """`[fetch]`: politeness and limits for every request. A source may tighten or loosen some of them for itself."""

    user_agent: str = "bayan/1 (statement monitor; operator not configured)"
    interval: timedelta = timedelta(minutes=10)
    jitter: float = 0.15
    total_timeout: timedelta = timedelta(seconds=30)
    max_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5
    concurrency: int = 8
    per_host_concurrency: int = 1
    per_host_delay: timedelta = timedelta(seconds=2)
    robots: Literal["obey", "warn"] = "obey"
    conditional: bool = True
    max_retry_after: timedelta = timedelta(hours=24)
    max_interval: timedelta = timedelta(hours=6)
    allow_private: tuple[str, ...] = ()
    """CIDR ranges or `host:port` that any hop of any request may reach."""
    proxy: str = field(default="", repr=False)  # it may hold a password


@dataclass(frozen=True, slots=True)
class FloodSettings:
    """`[flood]`: how many new items of one poll are believed (`scraper/flood.py` has the rules)."""

    items: int = 12
    """Up to so many are always believed."""
    share: float = 0.8
    """Of the page: from here on it counts as another page."""
    times: float = 5.0
    """What the source usually brings, so many times over."""
    most: int = 300
    """Above this, only the source's own habit makes them believable."""


@dataclass(frozen=True, slots=True)
class ChangesSettings:
    """`[changes]`: for how long, and how often, edits and removals are looked for behind a list."""

    reread_for: timedelta = timedelta(days=3)
    """An article is read again for so long after it was first read; zero: never."""
    removed_within: timedelta = timedelta(days=30)
    """A statement that was first seen longer ago is not looked for when it is missing; zero: none is."""
    checks: int = 3
    """Missing statements of one source that are looked for at one time."""


FOREVER = timedelta.max
"""Nothing is old enough to be taken out."""


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """`[storage]`. `url` is an SQLAlchemy address (`sqlite:///...` absolute by now); `data_dir` holds the lock and the store."""

    url: str
    data_dir: Path
    password: Secret | None = None
    backup_before_migrate: bool = True
    """Whether the store is copied beside itself before its schema changes."""
    keep_statements: timedelta = timedelta(days=3650)
    """How long after it was first seen a statement is kept."""
    keep_deliveries: timedelta = timedelta(days=365)
    """How long it is kept who was told what, and when."""
    keep_raw: timedelta = timedelta(days=30)
    """How long the page that a statement was read from is kept as evidence; zero: none is."""
    max_raw: int = 1024 * 1024 * 1024
    """Bytes that all of it may have: then the oldest goes."""
