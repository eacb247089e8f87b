"""Tables and forms: what old pages are laid out with is read as text, a table of data stays one."""

from __future__ import annotations

from lxml import html

from scraper.parsers.tables import unfold
from tests.test_ending import BODY, LINES, read

SUMS = "<table><tr><td>Roof</td><td>1,200</td></tr><tr><td>Coffee</td><td>80</td></tr></table>"


def test_an_article_in_the_cell_of_a_page_laid_out_in_tables_is_read_as_lines() -> None:
    page = (
        f'<table><tr><td><a href="/">Home</a></td><td><h1>Annual report</h1><table><tr><td>{BODY}</td></tr></table></td>'
        '<td><a href="/b">Another hall</a></td></tr></table>'
    )
    assert read(page).text == "\n".join(LINES)


def test_a_table_of_data_stays_a_table() -> None:
    tree = html.fromstring(f"<div>{SUMS}</div>")
    unfold(tree)
    assert [element.tag for element in tree.iter()] == ["div", "table", "tr", "td", "td", "tr", "td", "td"]


def test_a_table_of_data_in_a_table_of_layout_stays_a_table() -> None:
    tree = html.fromstring(f"<div><table><tr><td><h2>Sums</h2>{SUMS}</td></tr></table></div>")
    unfold(tree)
    assert [element.tag for element in tree.iter()] == [
        *["div", "div", "div", "div", "h2"],
        *["table", "tr", "td", "td", "tr", "td", "td"],
    ]


def test_what_readers_wrote_under_an_article_is_not_its_text() -> None:
    remark = '<div class="xy_comment_text"><p>I was there and I did not hear the choir at all, it must have been another day.</p></div>'
    article = read(f'<main><h1>Annual report</h1>{BODY}<div id="xy_comment_list">{remark}</div></main>')
    assert article.text == "\n".join(LINES)


def test_a_page_without_headings_or_metadata_is_called_by_its_first_line() -> None:
    lines = "<br>".join(LINES)
    cell = f"<font size=5><b>Statement of the press office on the year</b></font><br>2025-06-19 | 14:20<br><br>{lines}"
    article = read(f'<table><tr><td><a href="/">Home</a></td><td>{cell}</td></tr></table>')
    # The window of this page says "Annual report".
    assert article.title == "Statement of the press office on the year"
    assert article.text == "\n".join(LINES)
    assert article.published is not None and f"{article.published.at:%Y-%m-%d %H:%M}" == "2025-06-19 14:20"


def test_a_page_that_is_one_form_as_web_forms_have_it_is_read_with_its_date() -> None:
    date = '<div class="info"><span class="date-created">\n      2 تير 1399 - 12:09:08 ب.ظ</span></div>'
    search = '<input type="hidden" name="__VIEWSTATE"><div class="search"><input name="q"></div>'
    article = read(f'<form id="aspnetForm">{search}<div><h1>Annual report</h1>{date}{BODY}</div></form>')
    assert article.text.endswith("\n".join(LINES))
    assert article.published is not None and f"{article.published.at:%Y-%m-%d %H:%M}" == "2020-06-22 12:09"


def test_the_lines_of_a_text_are_not_indented_as_its_markup_is() -> None:
    page = "".join(f"\n\t\t  <div>\n      {line.replace(' ', '    ', 1)}\n   </div>" for line in LINES * 3)
    text = read(f"<div><h1>Annual report</h1>{page}</div>").text
    assert text and not [line for line in text.split("\n") if "  " in line or line != line.strip() or not line]
