"""Markup built to hurt a tree builder is refused before one sees it, in linear time; real markup passes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import ParseError
from scraper.parsers.shape import check


def refused(text: str, *, xml: bool = False) -> bool:
    try:
        check(text, xml=xml)
    except ParseError as error:
        assert error.outcome == "too_complex"
        return True
    return False


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 100_000,
        "<ul><li>" * 60_000,
        "<div/>" * 100_000,
        '<p ">' + "<div>" * 2_000 + '">',
        "<!-->" + "<div>" * 2_000 + "-->",
        "<svg><title>" + "<div>" * 2_000,
        "<SPAN>" * 1_001,
        "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">",
        "<p " + "a " * 2_001 + ">",
    ],
    ids=["divs", "lists", "self-closed", "quote", "comment", "svg", "upper", "attributes", "bare-attributes"],
)
def test_hostile_markup_is_refused(text: str) -> None:
    assert refused(text)


def test_deep_xml_is_refused_whatever_its_names() -> None:
    assert refused("<rss>" + "<li>" * 1_100, xml=True)
    assert refused("<rss>" + "<br>" * 1_100, xml=True)


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 900 + "</div>" * 900,
        "<ul>" + "<li>one" * 5_000 + "</ul>",
        "<table>" + "<tr><td><p>a<td>b" * 5_000 + "</table>",
        "<p>text<br>" * 5_000,
        "<dl>" + "<dt>a<dd>b" * 5_000,
        "<script>" + "'<div>' + " * 5_000 + "</script>",
        "<!-- " + "<div>" * 5_000 + " -->",
        "<svg>" + "<path d='x'/>" * 5_000 + "</svg>",
        "<div><span>x</div>" * 5_000,
        "<p title='" + "<div>" * 5_000 + "'>",
        "a < b and b > c " * 5_000,
    ],
    ids=["close", "li", "table", "p", "dl", "script", "comment", "svg", "misnested", "in-value", "text"],
)
def test_ordinary_markup_passes(text: str) -> None:
    assert not refused(text)


def test_items_of_a_feed_are_not_depth() -> None:
    assert not refused("<rss>" + "<item><link>http://a.example/</link><guid/></item>" * 5_000 + "</rss>", xml=True)


@pytest.mark.parametrize(
    "unit",
    [
        "<a '",
        '<a "',
        "<!--",
        "<![CDATA[",
        "<a =",
        "<script>",
        "<",
        "</",
        "<p =\"'",
        "<a b= ",
        "<title><!--",
        "<svg><style>",
    ],
)
def test_two_megabytes_of_anything_take_linear_time(unit: str) -> None:
    def cost(size: int) -> float:
        text = unit * (size // len(unit))
        started = time.process_time()
        refused(text)
        return time.process_time() - started

    cost(10_000)
    assert cost(2_000_000) < 2.0


@given(st.text(alphabet="<>/!-'\"= abdivscript[]\n", max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    assert not refused(text)
