"""Makes one article of several: a running report whose entries are articles beside each other is read as a whole.

HTML section 4.3.2 lets each entry be an `article`; who looks for the article of a page would take the first and leave the rest.
"""

from __future__ import annotations

from typing import Any


def join(tree: Any) -> None:
    """Turn `article` elements of the lxml `tree` that stand beside each other, none with the headline, into `div` elements."""
    groups: dict[Any, list[Any]] = {}
    for article in tree.iter("article"):
        groups.setdefault(article.getparent(), []).append(article)
    for parent, articles in groups.items():
        if parent is not None and len(articles) > 1 and all(article.find(".//h1") is None for article in articles):
            for article in articles:
                article.tag = "div"
                article.attrib.pop("class", None)  # "entry" and "post" are looked for, too
