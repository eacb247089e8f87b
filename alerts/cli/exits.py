"""What a command's exit code means: sysexits(3) where it has a word for it."""

from __future__ import annotations

OK = 0
PARTIAL = 1
"""Some sources or deliveries failed; the rest is done."""
USAGE = 2
UNAVAILABLE = 69
"""The database, or every source, is out of reach."""
BUG = 70
LOCKED = 75
"""Another instance works in this data folder."""
CONFIG = 78
