"""Reads a well-formed RSS 0.9x/1.0/2.0 or Atom 1.0 feed with expat: the way nearly every feed takes.

Anything odd (XML that is not well-formed, escaping modes of Atom 0.3, base64) is raised as Odd, and `feed_loose` takes over.
The text that comes in has no DOCTYPE any more, so there are no entities to declare or to fetch.
Fields and their order of preference: RSS 2.0 at cyber.harvard.edu/rss/rss.html, RSS 1.0 and its Dublin Core and content modules
at web.resource.org/rss/1.0, Atom in RFC 4287.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from scraper.parsers.entry import MAX_ITEMS, Entry, Feed, Words

_RSS_09 = "rdf/simple/0.9/"  # what both namespaces of RSS 0.9 and 0.91 end in
_PREFIXES = {
    "": "",
    "http://purl.org/rss/1.0/": "",
    f"http://my.netscape.com/{_RSS_09}": "",
    f"http://channel.netscape.com/{_RSS_09}": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://cyber.law.harvard.edu/rss/rss.html": "",
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss": "media:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
}
_XML = "{http://www.w3.org/XML/1998/namespace}"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_NO_LINK = frozenset({"http:", "https:"})
_VOID = frozenset({"br", "img", "hr", "input", "meta", "link", "wbr"})

_RSS_DATES = (
    ("pubdate", "pubDate", True),
    ("dc:date", "dc:date", True),
    ("dcterms:issued", "dcterms:issued", True),
    ("atom:published", "published", True),
    ("published", "published", True),
    ("dcterms:created", "dcterms:created", True),
    ("dc:created", "dc:created", True),
    ("atom:updated", "updated", False),
    ("dcterms:modified", "dcterms:modified", False),
    ("updated", "updated", False),
    ("lastbuilddate", "lastBuildDate", False),
)
_ATOM_DATES = (
    ("atom:published", "published", True),
    ("dc:date", "dc:date", True),
    ("dcterms:issued", "dcterms:issued", True),
    ("pubdate", "pubDate", True),
    ("atom:updated", "updated", False),
    ("dcterms:modified", "dcterms:modified", False),
)


class Odd(Exception):
    """This feed is not one that this file reads; nothing is known yet about whether it is one at all."""


class Malformed(Odd):
    """It is not even well-formed XML."""


Fields = dict[str, list[ET.Element]]


def read(text: str) -> Feed:
    """The feed in `text`, which starts at its root element. Raises Odd."""
    try:
        root = ET.fromstring(text)  # noqa: S314 - see the top of the file
    except (ET.ParseError, ValueError) as error:
        raise Malformed(str(error)) from error
    name = _name(root.tag)
    if name == "atom:feed":
        return _atom(root)
    if name == "rss":
        channel = next((child for child in root if _name(child.tag) == "channel"), None)
        if channel is None:
            raise Odd("rss without a channel")
        # RSS 0.90 and some of its children have the items beside the channel.
        items = [e for place in (channel, root) for e in place if _name(e.tag) == "item"]
        return _rss(root, channel, items)
    if name == "rdf:rdf":
        channel = next((child for child in root if _name(child.tag) == "channel"), root)
        items = [e for e in root.iter() if _name(e.tag) == "item"]
        return _rss(root, channel, items)
    raise Odd(f"the root element is {name or root.tag}")


def _rss(root: ET.Element, channel: ET.Element, items: list[ET.Element]) -> Feed:
    fields = _fields(channel)
    base = _base(channel, _base(root, ""))
    language = _text(fields, "language", "dc:language") or _language(channel) or _language(root)
    return Feed(
        title=_words(fields, "title", "dc:title", "atom:title") or Words(""),
        entries=tuple(_rss_entry(element, base) for element in items[:MAX_ITEMS]),
        language=language,
        left_out=max(0, len(items) - MAX_ITEMS),
        older=_older(fields, base),
    )


def _rss_entry(element: ET.Element, base: str) -> Entry:
    fields = _fields(element)
    base = _base(element, base)
    guid = _first(fields, "guid", "atom:id", "id")
    guid_text = _plain_text(guid) if guid is not None else (element.get(_RDF_ABOUT) or "").strip()
    link = _text(fields, "feedburner:origlink", "link") or _atom_link(fields, base)
    if link.rstrip("/") in _NO_LINK:
        link = ""
    if not link and guid_text.startswith(("http://", "https://")):
        permanent = guid is None or (_attribute(guid, "ispermalink") or "true").lower() == "true"
        link = guid_text if permanent else ""
    summary = _words(
        fields, "description", "atom:summary", "summary", "dc:description", "itunes:summary", "media:description"
    )
    text = _words(fields, "content:encoded", "fullitem", "xhtml:body", "body", "atom:content", "content")
    descriptions = fields.get("description", [])
    if text is None and len(descriptions) > 1:
        text = _value(descriptions[1])
    return Entry(
        guid=guid_text,
        link=_joined(base, link),
        title=_words(fields, "title", "atom:title", "dc:title", "media:title", "itunes:title") or Words(""),
        summary=summary or Words(""),
        text=text,
        dates=_dates(fields, _RSS_DATES),
        author=_author(fields),
        language=_text(fields, "dc:language", "language") or _language(element),
    )


def _atom(root: ET.Element) -> Feed:
    fields = _fields(root)
    base = _base(root, "")
    entries = fields.get("atom:entry", [])
    return Feed(
        title=_words(fields, "atom:title", "dc:title") or Words(""),
        entries=tuple(_atom_entry(element, base, fields) for element in entries[:MAX_ITEMS]),
        language=_language(root) or _text(fields, "dc:language", "language"),
        left_out=max(0, len(entries) - MAX_ITEMS),
        older=_older(fields, base),
    )


def _atom_entry(element: ET.Element, base: str, feed: Fields) -> Entry:
    fields = _fields(element)
    base = _base(element, base)
    guid = _text(fields, "atom:id", "guid")
    link = _atom_link(fields, base) or _text(fields, "link")
    content = _first(fields, "atom:content")
    if not link and content is not None and content.get("src") and "html" in (content.get("type") or "html"):
        link = _joined(_base(content, base), content.get("src") or "")
    text = _words(fields, "atom:content", "content:encoded")
    source = _first(fields, "atom:source")
    return Entry(
        guid=guid,
        link=_joined(base, link),
        title=_words(fields, "atom:title", "dc:title", "media:title") or Words("", markup=False),
        summary=_words(fields, "atom:summary", "dc:description", "media:description") or Words("", markup=False),
        text=text,
        dates=_dates(fields, _ATOM_DATES),
        author=_author(fields) or (_author(_fields(source)) if source is not None else "") or _author(feed),
        language=_language(element) or _language(_first(fields, "atom:title")) or _language(content),
    )


def _older(fields: Fields, base: str) -> str:
    """Where older entries are: the next page of a paged feed, or the archive before this document (RFC 5005, 3 and 4)."""
    for wanted in ("next", "prev-archive"):
        for link in [*fields.get("atom:link", []), *fields.get("link", [])]:
            href = (link.get("href") or "").strip()
            if href and (link.get("rel") or "").strip().lower() == wanted:
                return _joined(_base(link, base), href)
    return ""


def _atom_link(fields: Fields, base: str) -> str:
    """The address of the entry's own page: the first `alternate` that is not a picture or a sound, HTML first."""
    found = ""
    for link in [*fields.get("atom:link", []), *fields.get("link", [])]:
        href = (link.get("href") or "").strip()
        if not href or (link.get("rel") or "alternate").strip().lower() not in (
            "alternate",
            "http://www.iana.org/assignments/relation/alternate",
        ):
            continue
        href = _joined(_base(link, base), href)
        kind = (link.get("type") or "text/html").lower()
        if "html" in kind:
            return href
        found = found or href
    return found


def _name(tag: str) -> str:
    """`{namespace}Local` as `prefix:local`, all lower case; names of no namespace we know keep "?" before them."""
    if tag[:1] != "{":
        return tag.lower()
    space, _, local = tag[1:].rpartition("}")
    prefix = _PREFIXES.get(space.lower())
    if prefix is None:
        return "?" + local.lower()
    return prefix + local.lower()


def _fields(element: ET.Element) -> Fields:
    """The children of `element` by name. Media groups are opened, for they hold the title and text of their entry."""
    found: Fields = {}
    for child in element:
        name = _name(child.tag)
        found.setdefault(name, []).append(child)
        if name == "media:group":
            for inner in child:
                found.setdefault(_name(inner.tag), []).append(inner)
    return found


def _first(fields: Fields, *names: str) -> ET.Element | None:
    return next((fields[name][0] for name in names if name in fields), None)


def _text(fields: Fields, *names: str) -> str:
    for name in names:
        for element in fields.get(name, ()):
            value = _plain_text(element)
            if value:
                return value
    return ""


def _plain_text(element: ET.Element) -> str:
    return "".join(element.itertext()).strip()


def _words(fields: Fields, *names: str) -> Words | None:
    for name in names:
        for element in fields.get(name, ()):
            words = _value(element)
            if words.value:
                return words
    return None


def _value(element: ET.Element) -> Words:
    """The words of a text construct (RFC 4287 section 3.1) or of an RSS element, which is taken for HTML."""
    name, kind = _name(element.tag), (element.get("type") or "").strip().lower()
    if element.get("mode") or kind == "application/octet-stream" or "base64" in (element.get("encoding") or ""):
        raise Odd("an old way of escaping")
    if name.startswith("atom:"):
        if kind in ("", "text", "text/plain"):
            return Words(_plain_text(element), markup=False) if not len(element) else Words(_inner(element))
        if kind == "html" or kind.startswith("text/") or kind == "xhtml" or kind.endswith(("+xml", "/xml")):
            return Words(_inner(element).strip())
        raise Odd("content of another kind")
    return Words(_inner(element).strip())


def _inner(element: ET.Element) -> str:
    """What is inside `element` as markup: its text where it has no children, else text and tags written out again."""
    if not len(element):
        return element.text or ""
    parts = [html.escape(element.text or "", quote=False)]
    todo: list[Iterator[ET.Element]] = [iter(element)]
    open_now: list[ET.Element] = []
    while todo:
        child = next(todo[-1], None)
        if child is not None:
            local = child.tag.rpartition("}")[2]
            parts.append(f"<{local}>")
            parts.append(html.escape(child.text or "", quote=False))
            open_now.append(child)
            todo.append(iter(child))
            continue
        todo.pop()
        if open_now:
            done = open_now.pop()
            local = done.tag.rpartition("}")[2]
            if local not in _VOID:
                parts.append(f"</{local}>")
            parts.append(html.escape(done.tail or "", quote=False))
    return "".join(parts)


def _dates(fields: Fields, order: tuple[tuple[str, str, bool], ...]) -> tuple[tuple[str, str, bool], ...]:
    found = []
    for name, shown, confident in order:
        value = _text(fields, name)
        if value:
            found.append((shown, value, confident))
    return tuple(found)


def _author(fields: Fields) -> str:
    """Names and addresses as the entry gives them: persons of Atom first, then the forms of RSS and Dublin Core."""
    people = []
    for name in ("atom:author", "author", "dc:creator", "dc:author", "itunes:author", "managingeditor"):
        for element in fields.get(name, ()):
            parts = {_name(child.tag).rpartition(":")[2]: _plain_text(child) for child in element}
            known, mail = parts.get("name", ""), parts.get("email", "")
            written = f"{known} ({mail})" if known and mail else known or mail
            if not written and not {"name", "email", "uri"} & set(parts):
                written = _plain_text(element)
            if written and written not in people:
                people.append(written)
        if people:
            break
    return ", ".join(people[:20])


def _attribute(element: ET.Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.lower() == name), None)


def _base(element: ET.Element, outer: str) -> str:
    inner = element.get(_XML + "base")
    return _joined(outer, inner.strip()) if inner else outer


def _joined(base: str, address: str) -> str:
    """`address` against `base`. One of them that is no address ("http://[") costs its entry the link, not the feed its entries."""
    try:
        return urljoin(base, address) if base else address
    except ValueError:
        return address


def _language(element: ET.Element | None) -> str:
    return (element.get(_XML + "lang") or "").strip() if element is not None else ""
