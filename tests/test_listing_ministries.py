"""Lists as the programs of ministries build them, made by hand: forms that are sent, cards that a script opens, lines of a table."""

from __future__ import annotations

import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from scraper.errors import ParseError
from scraper.model import Listed
from scraper.parsers.selectors import proposals
from tests.test_listing_shapes import addresses, day, listed

TITLES = (
    "وزير الدفاع يستقبل نظيره ويبحثان التعاون العسكري بين البلدين",
    "بيان صادر عن الوزارة بشأن الأحداث الأخيرة في المنطقة الحدودية",
    "الوزارة تعلن نتائج المرحلة الثانية من خطة إعادة الانتشار",
    "تصريح صحفي للناطق الرسمي حول العملية الأمنية",
)
NEWS = "https://ministry.example/ar/news.aspx"


def rows(entry: str, before: str = "", after: str = "") -> Listed:
    """A list of the four titles: `entry` holds {title}, {n} (7 to 4) and {day} (14 to 11)."""
    body = "".join(entry.format(title=title, n=7 - n, day=14 - n) for n, title in enumerate(TITLES))
    return listed(f"<html dir=rtl><body><h1>الأخبار</h1>{before}{body}{after}</body></html>", NEWS)


def test_links_that_send_a_form_are_entries_without_an_address() -> None:
    sends = "javascript:__doPostBack(&#39;ctl00$Grid${n}&#39;,&#39;&#39;)"
    entry = f'<tr><td><a href="{sends}">{{title}}</a></td><td>{{day}}/01/2026</td></tr>'
    pages = "".join(
        f'<td><a href="javascript:__doPostBack(&#39;ctl00$Grid&#39;,&#39;Page${n}&#39;)">{n}</a></td>'
        for n in (2, 3, 4, 5, 6, 7)
    )
    menu = '<a href="/default.aspx">الرئيسية</a><a href="/about.aspx">عن الوزارة</a>'
    found = rows(entry, f'{menu}<form id="aspnetForm"><table id="Grid">', f"<tr>{pages}</tr></table></form>")
    assert [item.title for item in found.items] == list(TITLES)
    assert {item.url for item in found.items} == {None}
    assert [day(item) for item in found.items] == [f"2026-01-{n}" for n in (14, 13, 12, 11)]


@pytest.mark.parametrize(
    "entry",
    [
        """<div class="card" onclick="location.href='/news/{n}'"><h3>{title}</h3><i>{day}/01/2026</i></div>""",
        """<div class="card"><a href="#" onclick="window.open('/news/{n}')"><h4>{title}</h4></a><i>{day}/01/2026</i></div>""",
        """<tr data-href="/news/{n}"><td>{title}</td><td>{day}/01/2026</td></tr>""",
        """<div class="card"><a href="/news/{n}" class="stretched-link"></a><h5>{title}</h5><small>{day}/01/2026</small></div>""",
    ],
)
def test_what_a_script_opens_and_links_without_words_are_entries(entry: str) -> None:
    table = entry.startswith("<tr")
    found = rows(entry, "<table>" * table, "</table>" * table)
    assert [item.title for item in found.items] == list(TITLES)
    assert addresses(found) == [f"news/{n}" for n in (7, 6, 5, 4)]
    assert [day(item) for item in found.items] == [f"2026-01-{n}" for n in (14, 13, 12, 11)]


def test_pictures_that_are_links_are_called_what_they_show() -> None:
    found = rows(
        '<div class="v"><a href="/video/10{n}"><img src="{n}.jpg" alt="{title}"></a><span>03:2{n}</span></div>'
    )
    assert [item.title for item in found.items] == list(TITLES)
    assert {day(item) for item in found.items} == {""}


def test_statements_that_are_only_counted_are_a_list_and_pages_of_one_are_not() -> None:
    counted = "".join(f'<div><a href="/statements/{n + 100}">بيان رقم {n}</a></div>' for n in range(6, 0, -1))
    assert [item.title for item in listed(f"<body>{counted}</body>", NEWS).items][:2] == ["بيان رقم 6", "بيان رقم 5"]
    pages = "".join(f'<div><a href="/news/{n}">صفحة {n}</a></div>' for n in range(6, 0, -1))
    with pytest.raises(ParseError):
        listed(f"<body>{pages}</body>", NEWS)


@pytest.mark.parametrize(
    ("entry", "around"),
    [
        ('<font color=red>{day}/01/2026</font> <a href="news{n}.htm"><font size=3>{title}</font></a><br><hr>', "td"),
        ('<a href="news{n}.htm">{title}</a> <small>({day}/01/2026)</small><br>', "td"),
        ('<dt>{day}/01/2026</dt><dd><a href="news{n}.htm">{title}</a></dd>', "dl"),
        ('<dt><a href="news{n}.htm">{title}</a></dt><dd>{day}/01/2026</dd>', "dl"),
        ('<li><a href="news{n}.htm">{title}</a><i>تاريخ النشر: {day}/01/2026</i></li>', "ul"),
    ],
)
def test_the_date_in_the_line_of_a_link_is_its_date(entry: str, around: str) -> None:
    outer = ("<table><tr><td>", "</td></tr></table>") if around == "td" else (f"<{around}>", f"</{around}>")
    found = rows(entry, *outer)
    assert [item.title for item in found.items] == list(TITLES)
    assert [day(item) for item in found.items] == [f"2026-01-{n}" for n in (14, 13, 12, 11)]


def test_selectors_are_proposed_for_a_list_whose_entries_have_no_address() -> None:
    sends = "javascript:__doPostBack('Grid${}','')"
    body = "".join(f'<li class="entry"><a href="{sends.format(n)}">{title}</a></li>' for n, title in enumerate(TITLES))
    found = proposals(LexborHTMLParser(f"<body><ul class='list'>{body}</ul></body>"), NEWS)
    assert [(one.select.item, one.select.link, one.count) for one in found] == [("li.entry", "", 4)]


def test_a_page_whose_every_part_is_opened_by_a_script_costs_little() -> None:
    opened = "<div onclick=\"location.href='/news/{}'\">"
    body = "".join(opened.format(n) for n in range(900)) + "word " * 400_000
    began = time.process_time()
    assert len(listed(f"<body>{body}</body>", NEWS).items) < 250
    assert time.process_time() - began < 10
