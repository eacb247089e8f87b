"""Says once that the store refuses what is written, and once that it takes it again; and lets the work rest meanwhile.

A full disk refuses every tick and every poll. One line says it, and a source whose poll could not be recorded is not asked again
within the minute: its site is not the one to suffer.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

AGAIN = 3_600.0
"""Seconds after which the same refusal is said once more."""
WELL = 10.0
"""Seconds without a refusal after which the store counts as well."""
REST = 60.0
"""Seconds that work rests whose result could not be recorded."""

log = structlog.get_logger(__name__)


class Refusals:
    """What the store refused lately. `turn` is a clock that never goes back, in seconds."""

    def __init__(self, turn: Callable[[], float] = time.monotonic) -> None:
        self._turn = turn
        self._said: dict[str, float] = {}
        self._unkept: dict[str, float] = {}
        self._rests: dict[object, float] = {}
        self._count, self._last = 0, 0.0

    def refused(self, reason: str, work: object) -> None:
        """The store refused the result of `work`."""
        turn = self._turn()
        self._count, self._last = self._count + 1, turn
        self._rests[work] = turn + REST
        if turn - self._said.get(reason, -AGAIN) >= AGAIN:
            self._said[reason] = turn
            log.error("the store refused; nothing is lost, all of it is tried again", reason=reason, work=str(work))

    def unkept(self, reason: str) -> None:
        """A page could not be kept as evidence, and why; "" where it was. What it says is stored all the same."""
        turn = self._turn()
        if reason and turn - self._unkept.get(reason, -AGAIN) >= AGAIN:
            self._unkept[reason] = turn
            log.warning("a page is not kept as evidence; what it says is stored", reason=reason)

    def rests(self, work: object) -> bool:
        """Whether `work` was refused so lately that it is not begun again."""
        return self._rests.get(work, 0.0) > self._turn()

    def well(self) -> None:
        """A round of work has ended; says that the store is well where it was not."""
        turn = self._turn()
        if self._count and turn - self._last >= WELL:
            log.warning("the store takes what is written again", refused=self._count)
            self._count = 0
            self._said.clear()
            self._rests = {work: until for work, until in self._rests.items() if until > turn}
