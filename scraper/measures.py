"""Durations and sizes as people write them in a configuration: "15m", "8MiB"; read into values, and written back."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_SIZES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
LONGEST = timedelta(days=36_500)
LARGEST = 1024**4
DURATION_PATTERN = "^[0-9]+(ms|s|m|h|d)$"
SIZE_PATTERN = "^[0-9]+ ?(B|KiB|MiB|GiB)$"


def read_duration(text: str) -> timedelta:
    """The span that "500ms", "30s", "15m", "6h" or "7d" means, up to a hundred years. Raises `ValueError` with a sentence."""
    found = re.fullmatch(r"([0-9]{1,13})(ms|s|m|h|d)", text)
    if found is None:
        raise ValueError(
            'is not a duration: write a whole number and a unit, as in "500ms", "30s", "15m", "6h" or "7d"'
        )
    number, unit = int(found[1]), _UNITS[found[2]]
    if number > LONGEST // unit:
        raise ValueError('is too long: the longest duration is "36500d"')
    return number * unit


def write_duration(span: timedelta) -> str:
    """`span` (whole milliseconds, not negative) in the largest unit that leaves no rest: `read_duration` reads it back."""
    for name in ("d", "h", "m", "s", "ms"):
        if span % _UNITS[name] == timedelta(0) and span:
            return f"{span // _UNITS[name]}{name}"
    return "0s"


def read_size(text: str) -> int:
    """The bytes that "512B", "64KiB", "8MiB" or "1GiB" means, up to a TiB. Raises `ValueError` with a sentence."""
    found = re.fullmatch(r"([0-9]{1,13}) ?(B|KiB|MiB|GiB)", text)
    if found is None:
        raise ValueError('is not a size: write a whole number and a unit, as in "512KiB" or "8MiB"')
    size = int(found[1]) * _SIZES[found[2]]
    if size > LARGEST:
        raise ValueError('is too large: the largest size is "1024GiB"')
    return size


def write_size(size: int) -> str:
    """`size` in bytes (not negative), in the largest unit that leaves no rest: `read_size` reads it back."""
    for name in ("GiB", "MiB", "KiB"):
        if size and size % _SIZES[name] == 0:
            return f"{size // _SIZES[name]}{name}"
    return f"{size}B"
