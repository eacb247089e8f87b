"""The list that a script of the page would show: read from the data that the page carries for it.

    scripts -> JSON values -> lists of objects -> those of which nearly all have a title and an address -> the largest, as items

Asked only where a page shows no list of its own. A menu is such a list too: its titles are short and nothing in it has a date.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from scraper.address import canonical
from scraper.model import Fields, Item, Page, Source
from scraper.parsers import json_text, jsonlist
from scraper.parsers.anchors import weight

_MAX_SCRIPT = 5_000_000
_MOST_SCRIPTS = 40
_MOST_VALUES = 100_000
"""Objects and lists that are looked at."""
_MOST_LISTS = 60
_FEWEST = 3
_ROWS = 500
_ASSIGNED = re.compile(r"(?:^|[;\s])(?:window\.|self\.|var |let |const )?[\w.$\[\]\"']{1,60}\s*=\s*(?=[{\[])")


def items(tree: LexborHTMLParser, page: Page, source: Source) -> list[Item]:
    """The items of the best list in the data of the page's scripts; [] where there is none."""
    best: list[Item] = []
    best_worth = 0.0
    lists = 0
    for value in _values(tree):
        for rows in _lists(value):
            lists += 1
            if lists > _MOST_LISTS:
                return best
            found = _items(rows[:_ROWS], page, source)
            worth = _worth(found)
            if worth > best_worth:
                best, best_worth = found, worth
    return best


def _values(tree: LexborHTMLParser) -> Iterator[Any]:
    for script in tree.css("script")[:_MOST_SCRIPTS]:
        text = script.text().strip()
        if not 50 < len(text) <= _MAX_SCRIPT:
            continue
        if not text.startswith(("{", "[")):
            assigned = _ASSIGNED.search(text[:2_000])
            if assigned is None:
                continue
            text = text[assigned.end() :]
        value = json_text.value_in(text)
        if isinstance(value, dict | list):
            yield value


def _lists(value: Any) -> Iterator[list[Any]]:
    """All lists of at least three objects in `value`, those higher up first."""
    level = [value]
    left = _MOST_VALUES
    while level and left > 0:
        below: list[Any] = []
        for one in level:
            if isinstance(one, list) and len(one) >= _FEWEST and all(isinstance(row, dict) for row in one[:_ROWS]):
                yield one
            inner = one if isinstance(one, list) else list(one.values())
            below.extend(each for each in inner if isinstance(each, dict | list))
            left -= 1 + len(inner)
            if left <= 0:
                return
        level = below


def _items(rows: list[Any], page: Page, source: Source) -> list[Item]:
    """An item for each of `rows`, [] where more than one in five lacks a title or an address of its own."""
    found: dict[str, Item] = {}
    own = canonical(page.url)
    for row in rows:
        inner = row.get("item") or row.get("node")  # ItemList of schema.org; the edges of GraphQL
        made = jsonlist.entry_item(inner if isinstance(inner, dict) else row, Fields(), page, source)
        if made is not None and made.url and made.title and canonical(made.url) != own:
            found.setdefault(canonical(made.url), made)
    return list(found.values()) if len(found) >= max(_FEWEST, 0.8 * len(rows)) else []


def _worth(found: list[Item]) -> float:
    """How much a list reads like one of articles: long titles and dates; 0 for a menu."""
    if len(found) < _FEWEST:
        return 0.0
    middle = statistics.median(weight(item.title) for item in found)
    dated = sum(item.published is not None for item in found) / len(found)
    if middle < (12 if dated > 0.5 else 25):
        return 0.0
    return len(found) * (1 + dated)
