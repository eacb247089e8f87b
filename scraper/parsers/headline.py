"""Decides the title of an article: the headline as the page shows it, without the name of the site. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scraper.parsers.metadata import Said
from scraper.text import clean_line

_PARTS = re.compile(r"\s+[-–—|·•»«/:~]+\s+|\s*[|»‹›«]\s*|\s+::\s+|\s+\\\s+|:\s+")
_WORD = re.compile(r"[^\W_]+")
_NO_TITLE = frozenset({"home", "news", "untitled", "article", "blog", "index", "startseite", "menu", "الرئيسية"})


def headline(said: Said, url: str) -> str:
    """The title of the page that `said` was gathered from, "" where it has none. `url` helps to know the site's name.

    JSON-LD's headline comes first, where there is one. Else the visible heading wins where the page's other titles agree
    with it, but without a kicker or a date that stands before the title in the same heading.
    """
    names = _site_names(said, url)
    own = {node.headline for node in said.own_articles(url) if node.headline}
    if len(own) == 1:
        title = _without_site(own.pop(), names)
        if len(_squash(title)) > 3 and _squash(title) not in names:
            return clean_line(title, 500)
    titles = [title for title in _titles(said) if title]
    best, best_score = "", 0.0
    for heading in said.headings:
        if heading.level != 1 or not _WORD.search(heading.text):
            continue
        score = max((_agreement(heading.text, title) for title in titles), default=0.3)
        score += 0.1 * heading.marked - 0.3 * heading.away - 0.5 * (_squash(heading.text) in names)
        if score > best_score + 0.01:
            best, best_score = heading.text, score
    for title in titles:
        cut = _without_site(title, names)
        if _squash(cut) in names or cut.casefold() in _NO_TITLE:
            continue
        if best_score < 0.55 or (len(cut) > 15 and _squash(best).endswith(_squash(cut))):
            return clean_line(cut, 500)
    return clean_line(best or next((h.text for h in said.headings), "") or (titles[0] if titles else ""), 500)


def _titles(said: Said) -> tuple[str, ...]:
    """What the page calls itself besides JSON-LD, the most telling first."""
    named = said.meta(
        "twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title", "headline", "title"
    )
    return said.meta("og:title"), named, said.document_title


def _squash(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))


def _agreement(heading: str, title: str) -> float:
    """How much of the heading stands in the title, in order: 1 where the title begins with it, 0 where they share nothing."""
    one, two = _squash(heading), _squash(title)
    if not one or not two:
        return 0.0
    if one == two:
        return 1.2
    if (len(one) >= 12 and one in two) or (len(two) >= 12 and one.startswith(two)):
        return 1.0
    first, second = _WORD.findall(heading.casefold()), set(_WORD.findall(title.casefold()))
    shared = sum(1 for word in first if word in second)
    return shared / max(len(first), 1) * min(1.0, shared / 4)


def _site_names(said: Said, url: str) -> frozenset[str]:
    """The squashed names that the site goes by."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    names = {host, labels[0], labels[-2] if len(labels) > 1 else "", "".join(labels[:-1])}
    names.update(said.metas.get("og:site_name", ())[:2])
    names.update(said.metas.get("application-name", ())[:2])
    names.update(said.metas.get("twitter:site", ())[:1])
    names.update(node.publisher for node in said.nodes)
    return frozenset(squashed for name in names if len(squashed := _squash(name)) > 1)


def _without_site(title: str, names: frozenset[str]) -> str:
    """`title` without a part at its end (or start) that is the site's name, as far as one is left."""
    while True:
        cuts = list(_PARTS.finditer(title))
        if not cuts:
            return title
        first, last = cuts[0], cuts[-1]
        head, tail = title[: last.start()], title[last.end() :]
        if _is_site(tail, names) and len(_squash(head)) > 3:
            title = head
        elif _is_site(title[: first.start()], names) and len(_squash(title[first.end() :])) > 10:
            title = title[first.end() :]
        else:
            return title


def _is_site(part: str, names: frozenset[str]) -> bool:
    squashed = _squash(part)
    return not squashed or any(
        squashed == name
        or (len(name) > 3 and (squashed.startswith(name) or squashed.endswith(name)) and len(squashed) < 3 * len(name))
        for name in names
    )
