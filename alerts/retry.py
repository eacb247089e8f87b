"""When to try again, and when to stop: pure.

Only a message that will never pass and a recipient that is gone are given up. Time and outages never are: a channel
that fails is paused longer and longer, and its first message stays first, so a chat keeps its order through hours of
outage. So that one message which alone is refused (a server that fails on it every time) cannot hold up the others,
every fourth try is made with the next message instead, unless the first surely was not sent yet (nobody was reached).
"""

from __future__ import annotations

from datetime import timedelta

_WAITS = (2, 5, 15, 30, 60)
DOWN_WAIT = timedelta(minutes=5)
"""Between two tries of a channel whose token is refused: nothing changes there without a person."""
LEASE = timedelta(minutes=3)
"""How long a claim holds while its attempt is under way: longer than any attempt can take."""
PROBE_EVERY = 4


def pause(failures: int, asked: timedelta | None = None) -> timedelta:
    """How long a channel rests after `failures` attempts in a row that did not arrive; at least what it `asked` for."""
    seconds = _WAITS[min(max(failures, 1), len(_WAITS)) - 1]
    return max(timedelta(seconds=seconds), asked or timedelta())


def skip(failures: int) -> int:
    """How many due messages to pass over in the next try: 1 in every fourth, as a probe; otherwise 0."""
    return 1 if failures and failures % PROBE_EVERY == PROBE_EVERY - 1 else 0
