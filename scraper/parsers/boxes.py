"""Takes out of an article page what is not read with the article: hidden parts, boxes of facts, captions, calls to sign up.

They are known by what HTML says of them, or by what their classes are called. A class that much of the page's text goes by is
left alone, whatever it is called: some sites hide a text until a script shows it, or call all of it "paywall".
"""

from __future__ import annotations

import re
from typing import Any

_NEVER = frozenset({"html", "body", "main", "h1", "a", "meta", "link", "script", "img", "time", "input"})
_HIDDEN = (
    r"(?:^|\s)(?:hidden|hide|is-hidden|u-hide|u-hidden|d-none|visually-?hidden|sr-only|screen-reader-text|show-for-sr"
    r"|print-?only|only-print|print-header|print-footer)(?:\s|$)"
)
_BOXES = (
    r"fact-?box|info-?box|fakta-?(?:boks|box|ruta)|fakten-?(?:box|kasten)|info-?kasten",
    r"(?:^|[-_\s])(?:modal|toast|pop-?up|lightbox|tooltip)",
    r"(?:image|img|photo|picture|media|figure|foto|bild)[-_]*(?:caption|credit|widget)|(?:^|[-_\s])(?:fig|wp)-?caption",
    r"bildunterschrift|caption-text|img-?box",
    r"access-?wall|reg(?:istration)?-?wall|paywall-(?:offer|teaser|banner|message|overlay|promo)|newsletter|whatsapp",
    r"(?:app|social)-?promo|show-comments|comment[-_]?(?:list|text|body|info|author|form)|comments?-(?:area|section|thread|wrapper)"
    r"|(?:^|[-_\s])debug",
)
_BOX = re.compile("|".join(_BOXES))
_KEY = re.compile(
    r"hid|none|sr|reader|print|bo[xk]|kasten|ruta|modal|toast|pop|tooltip|caption|credit|widget|schrift|wall|letter|whats|promo"
    r"|comment|debug"
)
"""One of these is in every name that the expressions find: most names have none, and that is soon known."""
_AWAY = re.compile(_HIDDEN)
_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_UNREAD = frozenset({"script", "style", "noscript", "template"})
_MOST = 0.3
"""A class by which more than so much of the page's text goes is not believed."""


def take_out(tree: Any) -> None:
    """Take the boxes out of the lxml `tree`."""
    for template in list(tree.iter("template")):
        template.drop_tree()  # HTML section 4.12.3: its content is not shown
    known: dict[str, bool] = {"": False}
    found: dict[str, list[Any]] = {}
    for element in tree.iter("*"):
        marks = element.attrib
        if not marks:
            continue
        for names in (marks.get("class", ""), marks.get("id", "")):
            is_box = known.get(names)
            if is_box is None:
                is_box = known[names] = _is_box(names)
            if is_box:
                found.setdefault(names, []).append(element)
        if "hidden" in marks or ("style" in marks and _NONE.search(marks["style"])):
            found.setdefault("", []).append(element)
    if not found:
        return
    unread = sum(len(one.text or "") for one in tree.iter(*_UNREAD))
    most = _MOST * (len(tree.xpath("normalize-space()")) - unread)
    for elements in found.values():
        outer = _outer([element for element in elements if element.tag not in _NEVER])
        if sum(_size(element) for element in outer) <= most:
            for element in outer:
                if element.getparent() is not None and element.find(".//h1") is None:
                    element.drop_tree()


def _is_box(names: str) -> bool:
    lower = names.lower()
    if len(names) > 300 or not _KEY.search(lower):
        return False
    return bool(_AWAY.search(names) or _BOX.search(lower))


def _outer(elements: list[Any]) -> list[Any]:
    """Those of `elements` that are inside none of the others."""
    known = set(elements)
    return (
        [e for e in elements if not any(parent in known for parent in e.iterancestors())]
        if len(known) > 1
        else elements
    )


def _size(element: Any) -> int:
    """How many letters are shown in `element`."""
    return sum(
        len((one.text or "").strip()) + len((one.tail or "").strip())
        for one in element.iter()
        if one.tag not in _UNREAD and isinstance(one.tag, str)
    )
