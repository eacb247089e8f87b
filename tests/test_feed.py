"""Feeds of every family become items; what is no feed says so."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import ParseError
from scraper.model import Item, Listed, Page, Source
from scraper.parsers.entry import MAX_ITEMS, feed_date, web_address
from scraper.parsers.feed import parse

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
ARABIC = "قيس الخزعلي يدين التهديدات"


def listed(body: str | bytes, url: str = "https://news.example/feed", *, charset: str = "", **source: str) -> Listed:
    data = body.encode() if isinstance(body, str) else body
    page = Page(url=url, asked=url, body=data, fetched_at=NOW, charset=charset)
    return parse(page, Source(id="s", kind="feed", url=url, **source))  # type: ignore[arg-type]


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>A feed</title>{items}</channel></rss>'


def one(items: str, **source: str) -> Item:
    (item,) = listed(rss(f"<item>{items}</item>"), **source).items
    return item


def failure(body: str | bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        listed(body)
    return caught.value


def test_an_rss_item_has_all_its_parts() -> None:
    item = one(
        "<title>Khazali &amp;amp; others &lt;b&gt;condemn&lt;/b&gt;</title><link>/s/1</link><guid isPermaLink='false'>id-1</guid>"
        "<description>&lt;p&gt;A teaser.&lt;/p&gt;</description><pubDate>Fri, 20 Jun 2025 13:00:00 +0300</pubDate>"
        "<author>A. Writer</author>"
    )
    assert (item.guid, item.url, item.title) == ("id-1", "https://news.example/s/1", "Khazali & others condemn")
    assert (item.summary, item.text, item.author) == ("A teaser.", None, "A. Writer")
    assert item.published is not None
    assert item.published.at.isoformat() == "2025-06-20T13:00:00+03:00"
    assert (item.published.precision, item.published.method, item.published.confident) == (
        "second",
        "feed:pubDate",
        True,
    )


def test_full_text_of_content_encoded_is_plain_with_a_line_for_each_paragraph() -> None:
    body = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>T</title>'
        "<description>Teaser</description><content:encoded><![CDATA[<style>p{}</style><p>First&nbsp;one.</p>\n<p>Second <b>one"
        "</b><br>third</p><script>bad()</script>]]></content:encoded></item></channel></rss>"
    )
    (item,) = listed(body).items
    assert item.text == "First one.\nSecond one\nthird"
    assert item.summary == "Teaser"


def test_rdf_is_read_with_its_dublin_core_date() -> None:
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>RDF</title></channel>'
        '<item rdf:about="https://news.example/1"><title>One</title><link>https://news.example/1</link>'
        "<dc:date>2025-06-20T10:00+02:00</dc:date><dc:creator>Someone</dc:creator></item></rdf:RDF>"
    )
    found = listed(body)
    (item,) = found.items
    assert (found.title, item.guid, item.url, item.author) == (
        "RDF",
        "https://news.example/1",
        "https://news.example/1",
        "Someone",
    )
    assert item.published is not None
    assert (item.published.at.isoformat(), item.published.precision) == ("2025-06-20T10:00:00+02:00", "minute")
    assert (item.published.method, item.published.confident) == ("feed:dc:date", True)


def test_atom_is_read_with_base_language_and_xhtml() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/a/" xml:lang="ar"><title>Atom</title>'
        '<author><name>The editor</name></author><entry><id>tag:1</id><title type="html">One &amp;lt;3</title>'
        '<link rel="enclosure" href="x.mp3"/><link href="one"/><published>2025-06-20T10:00:00Z</published>'
        '<updated>2025-06-21T10:00:00Z</updated><summary>Short</summary><content type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>Full &amp; long</p><p>text</p></div></content></entry></feed>'
    )
    (item,) = listed(body).items
    assert (item.guid, item.url, item.title) == ("tag:1", "https://news.example/a/one", "One <3")
    assert (item.summary, item.text, item.language, item.author) == ("Short", "Full & long\ntext", "ar", "The editor")
    assert item.published is not None
    assert (item.published.at.day, item.published.confident) == (20, True)


def test_an_update_stands_in_for_a_missing_publication_but_is_not_trusted() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>T</title><updated>2025-06-21T10:00:00Z</updated>'
        "</entry></feed>"
    )
    (item,) = listed(body).items
    assert item.published is not None
    assert (item.published.method, item.published.confident) == ("feed:updated", False)


def test_a_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "J", "language": "en", "authors": [{"name": "Team"}],
        "items": [{"id": 7, "url": "/7", "title": "Seven", "content_html": "<p>A</p><p>B</p>", "summary": "S",
                   "date_published": "2025-06-20T10:00:00+03:30"}],
    }  # fmt: skip
    found = listed(json.dumps(feed))
    (item,) = found.items
    assert (found.title, item.guid, item.url, item.text) == ("J", "7", "https://news.example/7", "A\nB")
    assert (item.summary, item.author, item.language) == ("S", "Team", "en")
    assert item.published is not None
    assert item.published.at.isoformat() == "2025-06-20T10:00:00+03:30"


def test_other_json_is_no_feed() -> None:
    assert failure('{"a": 1}').outcome == "parse_error"
    assert failure("{" * 10).outcome == "parse_error"
    assert failure('{"items":' * 100_000).outcome in ("parse_error", "too_complex")


def test_a_web_page_is_suspect_and_named() -> None:
    error = failure("<!doctype html><html><head><title>Just a moment...</title></head></html>")
    assert error.outcome == "suspect"
    assert "an HTML page, not a feed" in error.detail
    assert "Just a moment" in error.detail
    assert failure("<html>maintenance</html>").outcome == "suspect"
    assert failure("slow down").outcome == "suspect"


def test_an_empty_body_is_empty() -> None:
    assert failure(b"").outcome == "empty"
    assert failure(b" \n").outcome == "empty"


def test_a_feed_without_entries_is_a_feed() -> None:
    assert listed(rss("")).items == ()


def test_another_xml_document_is_no_feed() -> None:
    assert failure('<?xml version="1.0"?><urlset><url><loc>x</loc></url></urlset>').outcome == "parse_error"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY a "b">]>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!-- c --><!DOCTYPE rss SYSTEM "http://127.0.0.1:1/dtd" [ <!ELEMENT a ANY><!entity % p "q"> ]>',
        '<!DOCTYPE rss [<!ENTITY big "' + "x" * 100_000 + '">]>',
    ],
    ids=["internal", "file", "parameter", "quadratic"],
)
def test_declared_entities_are_refused(doctype: str) -> None:
    assert failure(rss("<item><title>&a;</title></item>", doctype)).outcome == "parse_error"


def test_a_doctype_alone_is_read() -> None:
    head = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )
    assert [i.title for i in listed(rss("<item><title>Old</title></item>", head)).items] == ["Old"]


def test_deep_markup_is_too_complex() -> None:
    assert failure(rss("<item>" + "<x>" * 100_000 + "</x>" * 100_000 + "</item>")).outcome == "too_complex"


def test_html_names_of_letters_are_understood() -> None:
    assert one("<title>A&nbsp;B &eacute; &hellip; AT&amp;T</title>").title == "A B é … AT&T"


def test_a_feed_with_bare_ampersands_is_still_read() -> None:
    item = one("<title>AT&T & more</title><link>https://news.example/?a=1&b=2</link>")
    assert (item.title, item.url) == ("AT&T & more", "https://news.example/?a=1&b=2")


def test_rubbish_before_the_feed_is_passed_over() -> None:
    assert len(listed("\n\nWarning: mysql in line 3\n" + rss("<item><title>T</title></item>")).items) == 1


def test_a_feed_cut_in_an_item_gives_its_whole_items_and_says_so() -> None:
    whole = rss("<item><title>One</title><guid>1</guid></item><item><title>Two</title><guid>2</guid></item>")
    found = listed(whole[: whole.index("<guid>2") + 4])
    assert [i.title for i in found.items] == ["One"]
    assert found.partial


def test_a_feed_cut_before_its_first_whole_item_is_incomplete() -> None:
    assert failure(rss("<item><title>One</title></item>")[:70]).outcome == "incomplete"


def test_markup_that_the_last_reader_trips_over_is_a_parse_error() -> None:
    error = failure("<rss><channel><item><textinput></item><rdf:RDF a='b'>")
    assert error.outcome == "parse_error"
    assert "too broken" in error.detail


def test_items_over_the_limit_are_counted() -> None:
    found = listed(rss("".join(f"<item><title>S{i}</title><guid>g{i}</guid></item>" for i in range(MAX_ITEMS + 20))))
    assert len(found.items) == MAX_ITEMS
    assert found.left_out == 20


def test_a_broken_flood_is_read_as_far_as_time_allows_and_counted() -> None:
    found = listed(rss("".join(f"<item><title>A & {i}</title></item>" for i in range(1_200))))
    assert len(found.items) + found.left_out == 1_200


def test_every_item_is_kept_whatever_its_date_says() -> None:
    dates = ["Fri, 20 Jun 99999 10:00:00 +0000", "Mon, 31 Feb 2025 10:00:00 +0000", "Fri, 20 Jun 2025 25:61:00 +9999", "",
             "1" * 10_000, "-62135596801"]  # fmt: skip
    found = listed(rss("".join(f"<item><title>D{i}</title><pubDate>{d}</pubDate></item>" for i, d in enumerate(dates))))
    assert len(found.items) == len(dates)
    assert found.items[0].published is None
    assert found.items[-1].published is None


@pytest.mark.parametrize(
    ("written", "at", "precision"),
    [
        ("Fri, 20 Jun 2025 10:00:00 EST", "2025-06-20T10:00:00-05:00", "second"),
        ("20 June 2025 3:05 GMT", "2025-06-20T03:05:00+00:00", "minute"),
        ("Fri, 20 Jun 25 10:00:00 +02:00", "2025-06-20T10:00:00+02:00", "second"),
        ("Fri, 20 Jun 2025", "2025-06-20T00:00:00+03:00", "day"),
        ("2025-06-20", "2025-06-20T00:00:00+03:00", "day"),
        ("2025-06-20T10:00:00.123Z", "2025-06-20T10:00:00+00:00", "second"),
        ("2025-06-20 10:00:00", "2025-06-20T10:00:00+03:00", "second"),
    ],
)
def test_dates_keep_their_own_offset_and_precision(written: str, at: str, precision: str) -> None:
    moment = feed_date(written, "Asia/Baghdad")
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision) == (at, precision)


@given(st.text(max_size=60))
def test_any_text_as_a_date_is_a_moment_or_nothing(written: str) -> None:
    moment = feed_date(written, "UTC")
    assert moment is None or moment.at.tzinfo is not None


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "tg://resolve?domain=x",
        "http://",
        "https://[::1",
        "",
        "x" * 9_000,
    ],
)
def test_what_is_no_web_address_is_no_link(link: str) -> None:
    assert web_address("https://news.example/feed", link) is None


def test_a_broken_address_of_the_feed_does_not_harm_its_items() -> None:
    assert web_address("", "/relative") is None
    assert web_address("", "https://news.example/ok") == "https://news.example/ok"


def test_control_characters_never_come_in() -> None:
    item = one("<title>A\x00B\x1b[31mC\x08D\r\nfake log line</title>")
    assert item.title == "AB[31mCD fake log line"


def test_the_bytes_decide_about_the_charset() -> None:
    body = rss(f"<item><title>{ARABIC}</title></item>").replace('"1.0"?', '"1.0" encoding="windows-1256"?')
    assert listed(body.encode("cp1256"), charset="utf-8").items[0].title == ARABIC
    wide = body.replace("windows-1256", "utf-16").encode("utf-16")
    assert listed(wide, charset="utf-8").items[0].title == ARABIC


def test_giant_values_are_cut_with_a_mark() -> None:
    item = one(f"<title>{'T' * 1_100_000}</title><description>{'d Khazali ' * 300_000}</description>")
    assert len(item.title) == 4_000
    assert item.title.endswith("T…")
    assert len(item.summary) == 1_000_000
    assert item.summary.endswith("…")


def test_markup_in_titles_is_taken_off_once() -> None:
    assert one("<title>Khazali &lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- --&gt;</title>").title == "Khazali"
    assert one("<title>2 &lt; 3 &amp;&amp; 5 &gt; 4</title>").title == "2 < 3 && 5 > 4"


@given(st.text(max_size=400))
def test_any_text_in_an_item_gives_an_item_or_a_parse_error(text: str) -> None:
    try:
        found = listed(rss(f"<item><title>{text}</title><description>{text}</description></item>"))
    except ParseError:
        return
    for item in found.items:
        assert "\x00" not in item.title
        assert "\n" not in item.title


@pytest.mark.shared
def test_recorded_feeds_keep_every_entry_with_its_address_and_time(shared: Path) -> None:
    folder = shared / "corpus"
    cases = [json.loads(line) for line in (folder / "feeds/real/manifest.jsonl").read_text().splitlines()]
    assert len(cases) >= 20
    for case in cases:
        if case["entries"] is None:
            continue
        path = folder / case["file"]
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found = listed(body, case.get("url") or "https://news.example/feed")
        assert len(found.items) == len(case["entries"])
        for item, gold in zip(found.items, case["entries"], strict=True):
            assert not gold["link"] or item.url == gold["link"].strip()
            assert not gold["published"] or item.published is not None
