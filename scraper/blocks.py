"""One table for many addresses: `[sources.ID]` with `urls` becomes a source for each, with an id that its address gives it.

The id is made of the table's, the host and a digest of the address, so that it stays the same when the list is sorted anew or grows:
what was stored for a source stays its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

from scraper.address import canonical
from scraper.document import Part
from scraper.validate import Checker, kind_of
from scraper.values import url_shape

LONGEST_ID = 64
DIGITS = 6
"""Of the digest, in hexadecimal: two addresses of one host and one table share it once in 16 million."""
MOST = 10_000


def expanded(parts: Mapping[str, Part], checker: Checker) -> tuple[dict[str, Part], dict[str, tuple[str, ...]]]:
    """The tables of sources, each with many addresses in the form of as many with one; and the ids that each of those gave.

    Each of the many has the table's id as a tag. What is wrong with the addresses themselves is said here, each once.
    """
    whole: dict[str, Part] = {}
    members: dict[str, tuple[str, ...]] = {}
    for id_, part in parts.items():
        if "urls" not in part.raw:
            whole[id_] = part
            continue
        found = {}
        for index, url in _addresses(part, checker):
            name = member_id(id_, url)
            if name in found:
                checker.findings.problem(part.at("urls").at(index), "stands in this list twice")
            elif name in parts:
                checker.findings.problem(part.at("urls").at(index), f"would be called {name}, as another source is")
            else:
                found[name] = _one(part, id_, url)
        whole |= found
        members[id_] = tuple(found)
    return whole, members


def member_id(table: str, url: str) -> str:
    """The id of the source at `url` in a table: `iraq-agency-example-org-3f9a1c`. The same for every spelling of one address."""
    digest = hashlib.blake2b(canonical(url).encode("utf-8", "replace")).hexdigest()[:DIGITS]
    host = re.sub(r"[^a-z0-9]+", "-", (urlsplit(url).hostname or "").lower().removeprefix("www."))
    room = LONGEST_ID - DIGITS - 1
    return f"{f'{table[:room]}-{host}'[:room].rstrip('-_')}-{digest}"


def _addresses(part: Part, checker: Checker) -> list[tuple[int, str]]:
    here = part.at("urls")
    if part.raw.get("kind") in ("channel", "directory"):
        checker.findings.problem(here, "means nothing for this kind of source")
        return []
    if "url" in part.raw:
        checker.findings.problem(here, "stands beside `url`", "write one of them")
        return []
    if not isinstance(here.raw, list) or not here.raw:
        said = "must not be empty" if here.raw == [] else f"must be a list of addresses, not {kind_of(here.raw)}"
        checker.findings.problem(here, said)
        return []
    if len(here.raw) > MOST:
        checker.findings.problem(here, f"has more than {MOST:,} addresses", "write a second table")
    found = []
    for index, url in enumerate(here.raw[:MOST]):
        if not isinstance(url, str):
            checker.findings.problem(here.at(index), f"must be text, not {kind_of(url)}")
            continue
        try:
            found.append((index, url_shape(url)))
        except PydanticCustomError as error:
            told = error.context or {}
            checker.findings.problem(here.at(index), str(told.get("said", "is no address")), str(told.get("hint", "")))
    return found


def _one(part: Part, table: str, url: str) -> Part:
    """The table as if it had this address alone."""
    raw = {key: value for key, value in part.raw.items() if key != "urls"}
    tags = raw.get("tags", [])
    return Part(
        part.document, part.path, raw | {"url": url, "tags": [*tags, table] if isinstance(tags, list) else tags}
    )
