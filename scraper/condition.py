"""How well a source is, in words finer than the outcome of its last poll: what a person would do about it differs. Pure.

SourceError -> of_failure      a page that was read -> of_page      what is remembered -> now
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scraper.errors import FetchError, SourceError
from scraper.model import Condition, Listed, Outcome

WELL: Final[frozenset[Condition]] = frozenset({"ok", "unchanged"})
"""Nothing is to be said."""
USABLE: Final[frozenset[Condition]] = frozenset({"ok", "unchanged", "malformed", "no_dates", "stale"})
"""The source is read; all other conditions are those of a poll that failed."""
PERHAPS_OURS: Final[frozenset[Condition]] = frozenset({"dns", "timeout", "unreachable"})
"""Troubles that our own network gives to all sources at once."""

UNDATED: Final = 3
"""Items from which a page that dates none of them is one that has no dates."""

_OF_OUTCOME: Final[Mapping[Outcome, Condition]] = {
    "ok": "ok",
    "not_modified": "unchanged",
    "empty": "empty_body",
    "suspect": "suspect",
    "incomplete": "incomplete",
    "too_large": "too_large",
    "timeout": "timeout",
    "too_many_redirects": "redirect_loop",
    "blocked": "blocked",
    "blocked_by_site": "wall",
    "protocol_error": "protocol",
    "network_error": "unreachable",
    "decode_error": "undecodable",
    "unsupported_encoding": "undecodable",
    "parse_error": "unreadable",
    "too_complex": "too_complex",
    "http_error": "http_error",
    "rate_limited": "rate_limited",
    "gone": "gone",
}
_OF_STATUS: Final[Mapping[int, Condition]] = {401: "refused", 403: "refused", 404: "not_found", 429: "rate_limited"}


def of_outcome(outcome: Outcome) -> Condition:
    """The condition that an outcome alone tells."""
    return _OF_OUTCOME[outcome]


def of_failure(failure: SourceError) -> Condition:
    """What is wrong with a source whose poll ended in `failure`: what its raiser knew, else by status and outcome."""
    if failure.condition is not None:
        return failure.condition
    status = failure.status if isinstance(failure, FetchError) else None
    if failure.outcome == "http_error" and status is not None:
        return _OF_STATUS.get(status, "server_error" if status >= 500 else "http_error")
    return of_outcome(failure.outcome)


def of_page(listed: Listed) -> Condition:
    """How well the list of a good poll is: "malformed" where it was cut or mended, "no_dates", or "ok"."""
    if listed.mended or listed.partial:
        return "malformed"
    undated = all(item.published is None and item.modified is None for item in listed.items)
    return "no_dates" if undated and len(listed.items) >= UNDATED else "ok"


def standing(condition: Condition | None, outcome: Outcome | None, *, silent: bool) -> Condition | None:
    """How a source stands, given the condition and outcome of its last poll; None before the first.

    `silent` says that it has had nothing new for longer than it is used to.
    """
    if outcome is None:
        return None
    if condition not in USABLE and condition is not None:
        return condition
    if outcome not in ("ok", "not_modified"):
        return of_outcome(outcome)
    if silent:
        return "stale"
    if condition in ("malformed", "no_dates"):
        return condition
    return of_outcome(outcome)
