"""What can go wrong in the house, and with a source.

    BayanError
      ConfigError            all problems at once, each with its key       fix the file
      StoreError             the database refused                          stop, loudly
      SourceError            one source, this poll; the others go on
        FetchError           its class, retry_after                        look again later
        ParseError           the page is not what it was                   tell the operator

`alerts/errors.py` continues the tree with what can go wrong with a delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from scraper.model import Condition, Outcome


class BayanError(Exception):
    """The root: everything that this program raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a configuration file. `line` and `column` count from 1; 0 means unknown."""

    file: str
    line: int
    column: int
    key: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}:{key} {self.message}{hint}"


class ConfigError(BayanError):
    """The configuration cannot be used. `problems` holds every problem found, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(BayanError):
    """The database refused, is of another version, or cannot be opened. The text says what to do."""


class SourceError(BayanError):
    """One source failed in this poll; the others go on.

    `outcome` is the class under which the poll is recorded, `detail` one line for the operator: no line breaks, no
    control characters, no secrets. `condition` is the finer word for it, where whoever raised it knew (else `condition.py`
    finds it).
    """

    def __init__(self, outcome: Outcome, detail: str, *, condition: Condition | None = None) -> None:
        self.outcome: Outcome = outcome
        self.detail = one_line(detail)
        self.condition = condition
        super().__init__(f"{outcome}: {self.detail}")


class FetchError(SourceError):
    """The request did not give a whole, acceptable answer. `retry_after` is the wait that the site asked for.

    `status` is the HTTP status where there was one.
    """

    def __init__(
        self,
        outcome: Outcome,
        detail: str,
        *,
        retry_after: timedelta | None = None,
        status: int | None = None,
        condition: Condition | None = None,
    ) -> None:
        super().__init__(outcome, detail, condition=condition)
        self.retry_after = retry_after
        self.status = status


class ParseError(SourceError):
    """The answer came, but it is not what this kind of source should be."""


def one_line(text: str, limit: int = 300) -> str:
    """`text` on one line, without control characters, at most `limit` code points: fit for a log, a terminal, a chat."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text[: limit * 4]).split())
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
