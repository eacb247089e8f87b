"""Decides the title of an article: the headline as the page shows it, without the name of the site. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scraper.parsers.metadata import Said, same_title
from scraper.text import clean_line

_PARTS = re.compile(r"\s+[-–—|·•»«/:~]+\s+|\s*[|»‹›«]\s*|\s+(?:::|-{2,})\s*|\s+\\\s+|:\s+")
_WORD = re.compile(r"[^\W_]+")
_DAY = re.compile(
    r"^\W*(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\s*(?:[-–—|:]\s+|[|»]\s*)|\d\d?\.\d\d?\.(?:19|20)\d\d\s+)(?=.{12})"
)
_LOOSE_COLON = re.compile(r"(?<=\w) : ")
"""A colon between two parts of a heading is often an element of its own."""
_NO_TITLE = frozenset(
    {
        "home",
        "news",
        "untitled",
        "article",
        "blog",
        "index",
        "startseite",
        "menu",
        "الرئيسية",
        "blogarchive",
        "blogarchiv",
    }
)
_NOTICE = re.compile(r"cookie|newsletter|subscri", re.IGNORECASE)
_QUOTES = "\"'“”„«»‘’‹›「"
_AGREES = 0.55
_LIVE, _VISIBLE = 3.0, 1.6


def headline(said: Said, url: str) -> str:
    """The title of the page that `said` was gathered from, "" where it has none. `url` helps to know the site's name.

    A page names itself up to four times: over the text, in JSON-LD, for those who share it, and for the window. The title
    that most of them agree on wins; the one over the text counts most, the window's, which is made for search engines,
    least: where JSON-LD repeats it, and the one over the text is also the one that is shared, JSON-LD's is for search engines,
    too. The line over a running report changes all day, so there JSON-LD's is taken. A kicker or a date that stands before
    the title in the same line is left out.
    """
    names = site_names(said, url)
    named = _in_json(said, url, names)
    titles = [_without_site(title, names) for title in _titles(said)]
    titles = [title if _squash(title) not in _NO_TITLE | names else "" for title in titles]
    sole = _sole(said, names, (named, *titles))
    over = _over(said, names, (named, *titles)) or sole
    if not any(h.level == 1 and not h.away and h.text == over for h in said.headings) and _is_shown(named, said):
        over = sole = named
    live = any(node.is_live for node in said.own_articles(url))
    voices = (
        (named, _LIVE if live else 1.0),
        (over, _VISIBLE if over == sole else 1.0),
        (titles[0] or titles[1], 1.0),
        (titles[2], 0.5),
    )
    best, most = "", 0.0
    for title, _ in voices:
        support = sum(weight for other, weight in voices if _agree(title, other))
        if support > most:
            best, most = title, support
    for_search = not live and _squash(named) == _squash(titles[2]) and _squash(over) == _squash(titles[0])
    if best == named and over and (for_search or (over in titles and _follows(over, named))):
        best = over
    elif best == over and not any(_squash(over) == _squash(title) for title in (named, *titles)):
        best = next((title for title in titles if len(title) > 15 and _follows(title, over)), over)
    if _follows(titles[0], best) or _is_end_of_shown(titles[0], best, said):
        best = titles[0]
    if not named:
        best = _longer_over(best, said) or best
        best = next((h.bare for h in said.headings if h.bare and _squash(h.text) == _squash(best)), best)
        if not over and not any(titles[:2]):
            best = _second(said, titles[2]) or best
        longer = (title for title in titles if best and title.startswith(best))
        best = next((rest for title in (best, *longer) if (rest := _after_section(title, best, titles[2], said))), best)
    best = next((title for title in (over, *titles) if _is_cut(best, title)), best)
    title = _told(best or next((h.text for h in said.headings), "") or said.document_title)
    return title if said.language.startswith("fr") else _LOOSE_COLON.sub(": ", title)


def _second(said: Said, window: str) -> str:
    """The one heading of the second level that reads like a headline, where the page has no better and its `window` says else.

    Without such, the one that its class calls a title.
    """
    second = [h.text for h in said.headings if h.level == 2 and not h.away]
    marked = [h.text for h in said.headings if h.level == 3 and h.marked and not h.away]
    for texts in (second, marked, said.titled):
        found = {text for text in texts if len(_WORD.findall(text)) > 3}
        title = found.pop() if len(found) == 1 else ""
        if len(title) > 20 and not _agree(title, window) and not _NOTICE.search(title):
            return title
    return ""


def _longer_over(title: str, said: Said) -> str:
    """The one heading of the first level that begins with `title`, a word or two, and says more: "Statement no. 12"."""
    if not 0 < len(_WORD.findall(title)) < 3:
        return ""
    found = {h.text for h in said.headings if h.level == 1 and not h.away and h.text.startswith(f"{title} ")}
    longer = found.pop() if len(found) == 1 else ""
    return longer if len(longer) < 200 else ""


def _told(title: str) -> str:
    return clean_line(_DAY.sub("", title), 500)


def _in_json(said: Said, url: str, names: frozenset[str]) -> str:
    """JSON-LD's headline of this page, "" where it has none, or several."""
    own = {node.headline for node in said.own_articles(url) if node.headline}
    title = _without_site(own.pop(), names) if len(own) == 1 else ""
    return title if len(_squash(title)) > 3 and _squash(title) not in names else ""


def _is_shown(title: str, said: Said) -> bool:
    """Whether the page shows `title` as a heading, which may be of the second level where the first is for search engines."""
    return any(not h.away and same_title(h.text, title) for h in said.headings)


def _over(said: Said, names: frozenset[str], titles: tuple[str, ...]) -> str:
    """The heading of the first level that most agrees with one of `titles`, "" where none does."""
    best, best_score = "", _AGREES - 0.01
    for heading in said.headings:
        if heading.level != 1 or not _WORD.search(heading.text) or _squash(heading.text) in names:
            continue
        score = max((_agreement(heading.text, title) for title in titles if title), default=0.3)
        score += 0.1 * heading.marked - 0.3 * heading.away
        if score > best_score + 0.01:
            best, best_score = heading.text, score
    return best


def _sole(said: Said, names: frozenset[str], titles: tuple[str, ...]) -> str:
    """The one heading of the first level that is long enough for a headline, "" where there is none or there are several.

    Titles for search engines often share not a word with what the article is called. Where a heading of the second level
    is the title, the first is the site's.
    """
    if any(_is_shown(title, said) for title in titles if title):
        return ""
    found = {
        h.text: h.marked
        for h in said.headings
        if h.level == 1 and not h.away and len(_squash(h.text)) > 12 and _squash(h.text) not in names
        if len(_WORD.findall(h.text)) > 3 - h.marked and not _NOTICE.search(h.text)
    }
    marked = [text for text, is_marked in found.items() if is_marked]
    return marked[0] if len(marked) == 1 else next(iter(found)) if len(found) == 1 else ""


def _agree(one: str, two: str) -> bool:
    """Whether two titles are one, or most words of one stand in the other."""
    return bool(one and two) and (same_title(one, two) or max(_agreement(one, two), _agreement(two, one)) >= _AGREES)


def _follows(title: str, longer: str) -> bool:
    """Whether `longer` is `title` with a kicker before it. Words that are quoted are no kicker: they are what was said."""
    one, two = _squash(title), _squash(longer)
    return len(one) > 15 and one != two and two.endswith(one) and longer[0] not in _QUOTES


def _is_end_of_shown(title: str, best: str, said: Said) -> bool:
    """Whether the page shows `title`, with a kicker before it, over its text, and `best` nowhere."""
    return not _is_shown(best, said) and any(h.marked and not h.away and _follows(title, h.text) for h in said.headings)


def _after_section(title: str, best: str, window: str, said: Said) -> str:
    """What follows the name of a section in `title` ("News - The minister receives ..."), "" where none is told.

    It is a section's where `title` is the `best` known and what follows is a heading of the page; or where its short name is
    one, and the window's title, which is `window` without the site's name, begins with that name: each part is narrower then.
    """
    narrows = window != said.document_title and said.document_title.endswith(window)
    shown = {_squash(h.text) for h in said.headings if h.level < 3 and not h.away}
    for cut in _PARTS.finditer(title):
        head, rest = title[: cut.start()], title[cut.end() :]
        if not _squash(head) or not _squash(rest) or ":" in cut[0]:
            continue
        if title == best and _squash(head) in shown and (len(_squash(head)) > 12 or "|" in cut[0]):
            return head  # and what follows is the site's name
        if len(rest) <= 20:
            continue
        if title == best and _squash(rest) in shown:
            return rest
        if narrows and len(_WORD.findall(head)) < 4 and len(rest) > len(head) and _squash(head) in shown:
            return rest
    return ""


def _is_cut(title: str, whole: str) -> bool:
    """Whether `title` is the beginning of `whole`, cut with an ellipsis."""
    kept = title.rstrip(".… ")
    return (
        title.rstrip().endswith(("...", "…")) and len(kept) > 30 and len(whole) > len(title) and whole.startswith(kept)
    )


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


def site_names(said: Said, url: str) -> frozenset[str]:
    """The squashed names that the site goes by."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    names = {host, labels[0], labels[-2] if len(labels) > 1 else "", "".join(labels[:-1])}
    names.update(said.metas.get("og:site_name", ())[:2])
    names.update(said.metas.get("application-name", ())[:2])
    names.update(said.metas.get("twitter:site", ())[:1])
    names.update(node.publisher for node in said.nodes)
    names.update(h.text for h in said.headings if h.level == 1 and _closes_a_title(h.text, said))
    return frozenset(squashed for name in names if len(squashed := _squash(name)) > 1)


def _closes_a_title(heading: str, said: Said) -> bool:
    """Whether `heading` ends a title of the page whose start is a heading, too: then it is what the site calls itself."""
    own = _squash(heading)
    titles = (_squash(said.document_title), _squash(said.meta("og:title"))) if len(own) > 3 else ()
    others = [other for h in said.headings if len(other := _squash(h.text)) > 8] if titles else []
    return any(title.endswith(own) and title[: -len(own)].startswith(tuple(others)) for title in titles)


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
        elif _is_site(title[: first.start()], names) and len(_squash(title[first.end() :])) > 6:
            title = title[first.end() :]
        else:
            return title


def _is_site(part: str, names: frozenset[str]) -> bool:
    squashed = _squash(part)
    if not squashed or squashed in names or squashed in ("blogarchive", "blogarchiv"):
        return True
    ends = _ends(part)
    return any(len(name) > 3 and name in ends and len(squashed) < 3 * len(name) for name in names)


def _ends(part: str) -> frozenset[str]:
    """The squashed runs of whole words that `part` begins or ends with: "Mountaineering" does not end with "engineering".

    What is written without spaces is a run of signs.
    """
    words = [sign for word in _WORD.findall(part.casefold()) for sign in (word if word[0] > "\u2e7f" else (word,))][:40]
    return frozenset("".join(run) for n in range(1, len(words) + 1) for run in (words[:n], words[-n:]))
