"""Configurations that the tests read: one that is right, and what to put above it."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.config import load
from alerts.settings import Configuration
from scraper.errors import ConfigError

WHOLE = """
[sources.wire]
kind = "feed"
url = "https://news.example.org/rss"
tags = ["wire"]
[actors.qais]
type = "person"
name = "Qais al-Khazali"
[keywords.threats]
any = ["threat*"]
[channels.screen]
kind = "console"
[[routes]]
name = "all"
channels = ["screen"]
"""
ENVIRON = {"HOME": "/srv/somebody"}


def read(tmp_path: Path, text: str, environ: dict[str, str] | None = None, whole: str = WHOLE) -> Configuration:
    """The configuration of `text` above a file that is right, or its ConfigError."""
    path = tmp_path / "config.toml"
    path.write_text(text + whole, encoding="utf-8")
    return load(path, ENVIRON | (environ or {}))


def wrong(tmp_path: Path, text: str, environ: dict[str, str] | None = None, whole: str = WHOLE) -> list[str]:
    """What is wrong with `text`, one line each, without the folder of the file."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text, environ, whole)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


CHAT = '[channels.t]\nkind = "telegram"\nchat = 1\n'
ROUTE = '[[routes]]\nname = "{}"\nchannels = ["screen"]\n{}\n'
