"""Regular expressions of people, in RE2 (google/re2): linear in the length of the text, whatever was written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from scraper.errors import one_line


@lru_cache(maxsize=1_000)
def compiled(pattern: str) -> Any:
    """`pattern` as an RE2 expression over UTF-8. Raises ValueError with one line that says what cannot be read."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern.encode("utf-8"), options)
    except (re2.error, UnicodeEncodeError) as error:
        said = error.args[0] if isinstance(error, re2.error) else "it holds a lone surrogate"
        raise ValueError(one_line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said, 80)) from None


def without(text: str, patterns: Sequence[str]) -> str:
    """`text` without what any of `patterns` finds in it, one after the other. Raises ValueError as `compiled` does."""
    rest = text.encode("utf-8", "replace")
    for pattern in patterns:
        rest = compiled(pattern).sub(b"", rest)
    return rest.decode("utf-8", "replace")
