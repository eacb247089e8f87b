"""Which items are new: a pure decision over what a page lists and what is stored.

    listed items -> identities (guid, address, content) -> new | changed | seen -> a Harvest to be recorded

An item is known by any of three identities, because sites change each of them: guids are made afresh, addresses grow
session and tracking tails, headlines are edited. Each is a hint and not the truth, so each has its guard: a guid or
address that several different items of one page share identifies none of them, and a guid alone does not outweigh
another address with other words (sites reuse guids). Where a whole page moved to other addresses at once (a redesign), its
headlines alone tell what is the same. Nothing here touches a database or a network.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scraper.address import canonical
from scraper.model import Item, Listed, Outcome, Source

_BETWEEN = re.compile(r"[\W_]+")
HEADLINE_ENOUGH = 16
"""Code points from which a headline alone names a statement that has neither guid nor address."""
SAME_WORDS_ENOUGH = 40
"""Code points of headline and teaser from which the same words mean the same statement even at another address."""
MOVED_TOGETHER = 5
"""Headlines of the last page that stand at other addresses now, from which on the page counts as moved."""
MOVED_SHARE = 0.5
"""Of what is gone from the last page, that many stand there again under the same headline."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stored statement as novelty needs to see it. `digests` are those of all its texts, past and present."""

    statement: int
    url: str | None
    title: str
    digest: str
    digests: frozenset[str]
    summary: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewStatement:
    """An item that novelty judged new. `keys` are all its identities, the first is its own for good."""

    item: Item
    keys: tuple[str, ...]
    digest: str
    wants_article: bool


@dataclass(frozen=True, slots=True)
class ChangedStatement:
    """A known statement whose words are other now."""

    statement: int
    item: Item
    keys: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one successful poll found, ready to be recorded in one transaction."""

    new: tuple[NewStatement, ...] = ()
    changed: tuple[ChangedStatement, ...] = ()
    more_keys: tuple[tuple[str, int], ...] = ()
    """Further keys of statements already known: (key, statement)."""
    items: int = 0
    baseline: bool = False
    """True where this poll is the first whole one: from the next on, what is new rings."""
    order: tuple[int, ...] = ()
    """What a whole page lists, in its order, each once: ids of known statements; -1, -2, ... are the first, second, ... new."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a poll comes to. Where `outcome` is not "ok", the harvest is empty and `detail` says why."""

    outcome: Outcome
    detail: str = ""
    harvest: Harvest = Harvest()


@dataclass(frozen=True, slots=True)
class Identified:
    """An item with its identities, strongest first, and the digest of its words."""

    item: Item
    keys: tuple[str, ...]
    digest: str

    @property
    def lookups(self) -> tuple[str, ...]:
        """Every key under which this item may be stored: its identities, and the one for when all of them are another's."""
        return (*self.keys, _last_resort(self))


def identify(source: Source, items: Sequence[Item]) -> tuple[Identified, ...]:
    """The identities of each item of one page, in the page's order. Each has at least one."""
    fragments = Counter(address for address, _ in {(_address(item.url), _fragment(item.url)) for item in items})
    drafts = [
        (item, _guid_key(item), _url_key(source, item, anchored=fragments[_address(item.url)] > 1), digest(item))
        for item in items
    ]
    under_guid = Counter(guid for guid, _ in {(guid, url or words) for _, guid, url, words in drafts})
    words_at = Counter(url for url, _ in {(url, words) for _, _, url, words in drafts})
    guids_at = Counter(url for url, _ in {(url, guid) for _, guid, url, _ in drafts if guid})
    contents = [_content_key(item) for item in items]
    apart = [(content, guid, url) for content, (_, guid, url, _) in zip(contents, drafts, strict=True) if guid and url]
    guids_of = Counter(content for content, _ in {(content, guid) for content, guid, _ in apart})
    urls_of = Counter(content for content, _ in {(content, url) for content, _, url in apart})
    found = []
    for (item, guid, url, words), content in zip(drafts, contents, strict=True):
        keys = []
        if guid and under_guid[guid] == 1:
            keys.append(guid)
        # In a list of links the address is what is listed, however often its words change; in a feed it is one more claim.
        if url and (source.kind == "listing" or words_at[url] == 1 or (words_at[url] == 2 and guids_at[url] <= 1)):
            keys.append(url)
        # Words that stand under two guids and at two addresses of one page are two statements that say the same.
        if not keys or (_telling(item) and not (guids_of[content] > 1 and urls_of[content] > 1)):
            keys.append(content)
        found.append(Identified(item, tuple(keys), words))
    return tuple(found)


def decide(
    source: Source,
    listed: Listed,
    known: Mapping[str, Known],
    *,
    has_baseline: bool,
    items_before: int,
    identified: Sequence[Identified] | None = None,
    before: Sequence[Known] = (),
) -> Decision:
    """What this page adds to the store. `known` maps identities (of `identify`) to what is stored under them.

    `has_baseline` is false until the first whole, non-empty page of this source; `items_before` is how many items the
    last good page had; `identified` is what `identify` said of the page, if it was asked; `before` are the statements of the
    last page, where it is worth asking whether they moved (`may_have_moved`). An empty page is "empty", and
    "suspect" where there were items; it changes nothing. One whose items were all passed over by the source's own
    settings is not empty.
    """
    if not listed.items and not listed.passed_over and source.kind != "directory":
        if items_before:
            return Decision("suspect", f"the page lists nothing; it listed {items_before} items before")
        return Decision("empty", "the page lists nothing")
    new: list[NewStatement] = []
    changed: dict[int, ChangedStatement] = {}
    more_keys: dict[str, int] = {}
    fresh: dict[str, int] = {}
    order: dict[int, None] = {}
    page = identify(source, listed.items) if identified is None else identified
    matches = [_recognise(one, known) for one in page]
    if before:
        matches = _with_moved(page, matches, before)
    for one, match in zip(page, matches, strict=True):
        if match is not None:
            order[match.statement] = None
            more_keys |= {key: match.statement for key in one.keys if key not in known and key not in fresh}
            if _says_something(one.item) and one.digest not in match.digests and match.statement not in changed:
                changed[match.statement] = ChangedStatement(match.statement, one.item, one.keys, one.digest)
            continue
        free = tuple(key for key in one.keys if key not in known and key not in more_keys) or (_last_resort(one),)
        repeated = next((fresh[key] for key in free if key in fresh), None)
        if repeated is None:
            fresh |= dict.fromkeys(free, len(new))
            order[-1 - len(new)] = None
            new.append(NewStatement(one.item, free, one.digest, wants_article(source, one.item)))
        else:
            extra = tuple(key for key in free if key not in fresh)
            fresh |= dict.fromkeys(extra, repeated)
            new[repeated] = replace(new[repeated], keys=new[repeated].keys + extra)
    harvest = Harvest(
        new=tuple(new),
        changed=tuple(changed.values()),
        more_keys=tuple(more_keys.items()),
        items=len(listed.items) + listed.left_out,
        baseline=not has_baseline and not listed.partial,
        order=() if listed.partial else tuple(order),
    )
    return Decision("ok", harvest=harvest)


def without_forgotten(
    page: Sequence[Identified], known: Mapping[str, Known], forgotten: frozenset[str]
) -> tuple[Identified, ...]:
    """The page without the items that were stored once and are forgotten by now (`scraper/retention.py`): they are old.

    A guid alone does not convince where the item has another identity, for sites reuse guids, and no words are left to compare.
    """

    def is_old(one: Identified) -> bool:
        if any(key in known for key in one.lookups):
            return False
        telling = tuple(key for key in one.lookups if not key.startswith("g:"))
        return not forgotten.isdisjoint(one.lookups if len(telling) < 2 else telling)

    return tuple(one for one in page if not is_old(one))


def may_have_moved(harvest: Harvest) -> bool:
    """Whether so much is new that the last page is worth a look: it may stand there again, at other addresses."""
    return len(harvest.new) >= MOVED_TOGETHER


def _with_moved(
    page: Sequence[Identified], matches: Sequence[Known | None], before: Sequence[Known]
) -> list[Known | None]:
    """`matches`, and what moved: statements of the last page that are gone from it, while their headlines stand there anew.

    It takes many at once: where one briefing is replaced by the next of the same name, that is another statement.
    """
    there = {match.statement for match in matches if match is not None}
    gone = [one for one in before if one.statement not in there]
    named = Counter(_letters(one.item.title) for one in page)
    twice = Counter(_letters(one.title) for one in before)
    found = {
        title: one
        for one in gone
        if len(title := _letters(one.title)) >= HEADLINE_ENOUGH and twice[title] == 1 and named[title] == 1
    }
    moved = [None if match else found.get(_letters(one.item.title)) for one, match in zip(page, matches, strict=True)]
    count = sum(one is not None for one in moved)
    if count < MOVED_TOGETHER or count < MOVED_SHARE * len(gone):
        return list(matches)
    return [match or one for match, one in zip(matches, moved, strict=True)]


def digest(item: Item) -> str:
    """What an item says, as one short value: headline, teaser and text, with white space and case made even."""
    said = "\x1f".join(_even(part) for part in (item.title, item.summary, item.text or ""))
    return _digest(said)


def _recognise(one: Identified, known: Mapping[str, Known]) -> Known | None:
    """The stored statement that this item is, by its strongest identity that convinces."""
    for key in one.keys:
        candidate = known.get(key)
        if candidate is None:
            continue
        if key.startswith("g:") and _another_under_this_guid(one.item, candidate):
            continue
        return candidate
    return known.get(_last_resort(one))


def _another_under_this_guid(item: Item, candidate: Known) -> bool:
    """True where only the guid agrees: another address and other words at another time are another statement (reused guids).

    Sites that make the address of the headline change both at once; the time, the teaser or most words then stay.
    """
    if item.url is None or candidate.url is None:
        return False
    if canonical(item.url) == canonical(candidate.url) or _even(item.title) == _even(candidate.title):
        return False
    if item.published is not None and item.published.precision != "day" and item.published.at == candidate.published_at:
        return False
    if len(item.summary) >= HEADLINE_ENOUGH and _letters(item.summary) == _letters(candidate.summary):
        return False
    ours, theirs = set(_letters(item.title).split()), set(_letters(candidate.title).split())
    return 2 * len(ours & theirs) <= max(len(ours), len(theirs))


def _last_resort(one: Identified) -> str:
    """An identity for an item whose every key belongs to other statements: its words, address and guid together."""
    said = f"{one.item.url}\x1f{one.item.guid}\x1f{one.digest}"
    return "x:" + _digest(said)


def _guid_key(item: Item) -> str:
    return "g:" + _short(item.guid) if item.guid else ""


def _url_key(source: Source, item: Item, *, anchored: bool) -> str:
    """The address as an identity; a link back to the list itself identifies nothing.

    `anchored` is true where items of one page differ in the fragment of one address: it is then part of the identity.
    """
    if item.url is None:
        return ""
    address = canonical(item.url)
    if anchored and _fragment(item.url):
        return "u:" + _short(f"{address}#{_fragment(item.url)}")
    return "" if address == canonical(source.url) else "u:" + _short(address)


def _address(url: str | None) -> str:
    return "" if url is None else canonical(url)


def _fragment(url: str | None) -> str:
    return "" if url is None else url.partition("#")[2]


def _content_key(item: Item) -> str:
    """The words as an identity, punctuation and case aside. Where there is neither guid nor address, the headline is it."""
    if not item.guid and item.url is None and len(item.title) >= HEADLINE_ENOUGH:
        return "c:" + _digest(_letters(item.title))
    day = ""
    if item.published is not None and not item.published.method.startswith("relative"):
        at = item.published.at
        day = at.date().isoformat() if item.published.precision == "day" else at.isoformat()
    return "c:" + _digest("\x1f".join((_letters(item.title), _letters(item.summary), day)))


def _telling(item: Item) -> bool:
    """True where the words alone say which statement it is: not "Daily briefing", which is new every day."""
    absolute = item.published is not None and not item.published.method.startswith("relative")
    timed = absolute and item.published is not None and item.published.precision != "day"
    said = len(_even(item.title)) + len(_even(item.summary))
    return (timed and said > 0) or said >= SAME_WORDS_ENOUGH


def _says_something(item: Item) -> bool:
    """False for a bare address, as a sitemap lists it: it cannot contradict what the page or a news sitemap said before."""
    return bool(item.title or item.summary or item.text)


def wants_article(source: Source, item: Item) -> bool:
    """Whether the page behind an item is to be read; a message of a channel has none, the preview is all there is."""
    return source.full_text and source.kind != "channel" and not item.text and item.url is not None


def _letters(text: str) -> str:
    return " ".join(_BETWEEN.sub(" ", text.casefold()).split())


def _digest(said: str) -> str:
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _even(text: str) -> str:
    return " ".join(text.casefold().split())


def _short(value: str) -> str:
    """Keys are kept short: a long guid or address is its digest."""
    return value if len(value) <= 200 else "#" + _digest(value)
