"""Gives elements that only look like something else their plain name, so that those who look for the article find it.

HTML section 4.3.2 lets each entry of a running report be an `article`; who looks for the article of a page would take the first
and leave the rest. And some frameworks (ASP.NET Web Forms) put all of a page into one `form`, which elsewhere is a search or a login.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

_MOST_FORMS = 5
"""The form that holds the page is among the first of it."""


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


def unwrap(tree: Any) -> None:
    """Turn a `form` element of the lxml `tree` that holds the headline, or the state of a Web Form, into a `div`: it is the page."""
    for form in list(islice(tree.iter("form"), _MOST_FORMS)):
        if any(form.find(f".//{path}") is not None for path in ("h1", "article", "main", "input[@name='__VIEWSTATE']")):
            form.tag = "div"
