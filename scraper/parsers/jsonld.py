"""Reads the JSON-LD of a page: what schema.org says about its main article. Bounded, forgiving, pure.

schema.org/Article and its kinds; the forms that sites really write: one object, a list, `@graph`, comments and broken commas
included. Nodes that only list, mention or recommend other articles are not the page's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from scraper.parsers.plain import unescaped

MAX_SCRIPTS = 30
MAX_SCRIPT = 1_000_000
_MAX_NODES = 20_000
_MAX_DEPTH = 40

_ARTICLE = frozenset(
    {
        "article",
        "newsarticle",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "backgroundnewsarticle",
    }
    | {"asknewsarticle", "reviewnewsarticle", "blogposting", "liveblogposting", "socialmediaposting", "techarticle"}
    | {
        "scholarlyarticle",
        "advertisercontentarticle",
        "satiricalarticle",
        "report",
        "discussionforumposting",
        "posting",
    }
)
_PAGE = frozenset(
    {"webpage", "itempage", "aboutpage", "videoobject", "podcastepisode", "event", "review", "recipe", "creativework"}
)
_PERSON = frozenset({"person", "organization", "newsmediaorganization"})
_OTHERS = frozenset(
    {"itemlistelement", "haspart", "relatedlink", "mentions", "ispartof", "citation", "comment", "review", "video", "about"}
    | {"associatedmedia", "subjectof", "image", "breadcrumb", "liveblogupdate", "itemreviewed", "isbasedon", "publisher", "author"}
)  # fmt: skip
_COMMENT = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_FIELD = re.compile(r'"(headline|datePublished|dateModified)"\s*:\s*"((?:[^"\\]|\\.){1,400})"')


@dataclass(frozen=True, slots=True)
class Node:
    """One article (or, with `is_article` false, the page itself) as JSON-LD describes it. "" and () where it says nothing."""

    is_article: bool
    headline: str = ""
    published: str = ""
    created: str = ""
    modified: str = ""
    body: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    language: str = ""
    urls: tuple[str, ...] = ()
    is_live: bool = False


def nodes(scripts: Iterable[str]) -> tuple[Node, ...]:
    """All articles and pages that the scripts of one document describe, in their order. Broken JSON gives what can be saved."""
    found: list[Node] = []
    people: dict[str, str] = {}
    for count, script in enumerate(scripts):
        if count >= MAX_SCRIPTS:
            break
        if len(script) > MAX_SCRIPT or "{" not in script:
            continue
        value = _load(script)
        if value is None:
            found.extend(_salvaged(script))
        else:
            for node, kinds in _walk(value):
                if kinds & _PERSON:
                    people[_first(node, "@id")] = _first(node, "name", limit=200)
                else:
                    found.append(_node(node, kinds))
    return tuple(_with_people(node, people) for node in found)


def _with_people(node: Node, people: dict[str, str]) -> Node:
    """`node` with the names of authors to whom it only refers by their `@id`."""
    if not any(name in people for name in node.authors):
        return node
    return replace(node, authors=tuple(named for name in node.authors if (named := people.get(name, name))))


def _load(script: str) -> object:
    """The JSON of a script, None where it cannot be read at all."""
    text = _COMMENT.sub("", script).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: object) -> Iterator[tuple[dict[str, object], frozenset[str]]]:
    """Every object with a type that is the page's own, outer before inner."""
    stack: list[tuple[object, int]] = [(value, 0)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        node, depth = stack.pop()
        if depth > _MAX_DEPTH:
            continue
        if isinstance(node, list):
            stack.extend((item, depth + 1) for item in reversed(node))
        elif isinstance(node, dict):
            kinds = frozenset(text.rpartition("/")[2].lower() for text in _texts(node.get("@type")))
            if kinds & _ARTICLE or kinds & _PAGE or (kinds & _PERSON and "@id" in node):
                yield node, kinds
            for key, inner in reversed(node.items()):
                if isinstance(inner, dict | list) and key.lower() not in _OTHERS:
                    stack.append((inner, depth + 1))


def _node(node: dict[str, object], kinds: frozenset[str]) -> Node:
    return Node(
        is_article=bool(kinds & _ARTICLE),
        headline=_first(node, "headline") or _first(node, "name"),
        published=_first(node, "datePublished"),
        created=_first(node, "dateCreated") or _first(node, "uploadDate"),
        modified=_first(node, "dateModified"),
        body=_first(node, "articleBody", limit=1_000_000) or _first(node, "text", limit=1_000_000),
        description=_first(node, "description") or _first(node, "alternativeHeadline"),
        authors=tuple(_names(node.get("author")))[:10],
        publisher=next(_names(node.get("publisher")), ""),
        language=_first(node, "inLanguage"),
        urls=tuple(_texts(node.get("url")))[:3] + tuple(_texts(node.get("mainEntityOfPage")))[:3],
        is_live="liveblogposting" in kinds,
    )


def _texts(value: object) -> Iterator[str]:
    """The strings of a value that may be a string, an object with an `@id` or `name`, or a list of these."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value[:20]:
            if not isinstance(item, list):
                yield from _texts(item)
    elif isinstance(value, dict):
        inner = value.get("@id") or value.get("name") or value.get("alternateName")
        if isinstance(inner, str):
            yield inner


def _first(node: dict[str, object], key: str, limit: int = 2_000) -> str:
    return next((unescaped(text[:limit]).strip() for text in _texts(node.get(key)) if text.strip()), "")


def _names(value: object) -> Iterator[str]:
    for item in value[:20] if isinstance(value, list) else [value]:
        name = (item.get("name") or item.get("@id")) if isinstance(item, dict) else item
        for text in name if isinstance(name, list) else [name]:
            if isinstance(text, str) and text.strip():
                yield unescaped(text[:200]).strip()


def _salvaged(script: str) -> Iterator[Node]:
    """What a script that is no JSON says once and without doubt."""
    fields: dict[str, set[str]] = {}
    for match in _FIELD.finditer(script):
        fields.setdefault(match[1], set()).add(match[2])
    sure = {key: unescaped(values.pop()) for key, values in fields.items() if len(values) == 1}
    if sure.get("datePublished"):
        yield Node(
            False,
            headline=sure.get("headline", ""),
            published=sure["datePublished"],
            modified=sure.get("dateModified", ""),
        )
