"""Feeds as they are served in the wild, made by hand: names undeclared, dates in words, encodings that lie, links left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from scraper.errors import ParseError
from scraper.model import Item, Listed, Page, Source
from scraper.parsers.feed import parse

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
URL = "https://agency.example/rss/all.xml"


def listed(body: str | bytes, language: str | None = None, *, charset: str = "", url: str = URL) -> Listed:
    data = body.encode() if isinstance(body, str) else body
    page = Page(url=url, asked=url, body=data, fetched_at=NOW, charset=charset)
    return parse(page, Source(id="s", kind="feed", url=url, language=language, timezone="Asia/Baghdad"))


def at(item: Item) -> str | None:
    return None if item.published is None else item.published.at.isoformat(timespec="minutes")


def test_a_feed_whose_namespaces_are_not_declared_keeps_all_it_says() -> None:
    found = listed(
        """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>وكالة</title>
        <item><title>بيان الحكومة</title><link>https://agency.example/1</link><dc:creator>مراسل</dc:creator>
        <content:encoded><![CDATA[<p>النص الكامل للبيان.</p>]]></content:encoded><dc:date>2026-01-14T10:00:00+03:00</dc:date>
        <media:content url="a.jpg" medium="image"/></item>
        <item><title>خبر ثان</title><link>https://agency.example/2</link></item></channel></rss>"""
    )
    first = found.items[0]
    assert len(found.items) == 2
    assert (first.title, first.url, first.author, first.text) == (
        "بيان الحكومة", "https://agency.example/1", "مراسل", "النص الكامل للبيان.",
    )  # fmt: skip
    assert at(first) == "2026-01-14T10:00+03:00"


@pytest.mark.parametrize(
    ("written", "language", "wanted"),
    [
        ("الأربعاء، 14 كانون الثاني 2026 10:30", "ar", "2026-01-14T10:30+03:00"),
        ("Wed, ١٤ يناير ٢٠٢٦ ١٠:٣٠:٠٠", "ar", "2026-01-14T10:30+03:00"),
        ("۲۴ دی ۱۴۰۴ - ۱۰:۳۰", "fa", "2026-01-14T10:30+03:00"),
        ("1404/10/24 10:30", "fa", "2026-01-14T10:30+03:00"),
        ("Çar, 14 Oca 2026 10:30:00 +0300", "tr", "2026-01-14T10:30+03:00"),
        ("Ср, 14 янв 2026 10:30:00 +0300", "ru", "2026-01-14T10:30+03:00"),
        ("mer., 14 janv. 2026 10:30:00 +0100", "fr", "2026-01-14T10:30+01:00"),
        ("Mi, 14 Jan 2026 10:30:00 +0100", "de", "2026-01-14T10:30+01:00"),
        ("Mié, 14 Ene 2026 10:30:00 GMT", "es", "2026-01-14T10:30+00:00"),
        ("Wed, 14 Jan 2026 10:30:00 AM +0300", "en", "2026-01-14T10:30+03:00"),
        ("2026-01-14 10:30:00 +0300", None, "2026-01-14T10:30+03:00"),
        ("Wednesday, January 14, 2026 - 10:30", "en", "2026-01-14T10:30+03:00"),
        ("14/01/2026 10:30:00", "ar", "2026-01-14T10:30+03:00"),
        ("1/14/2026 10:30:00 AM", "en", "2026-01-14T10:30+03:00"),
        ("Wed Jan 14 10:30:00 2026", None, "2026-01-14T10:30+03:00"),
        ("Wed Jan 14 2026 10:30:00 GMT+0300 (Arabian Standard Time)", None, "2026-01-14T10:30+03:00"),
        ("1768375800", None, "2026-01-14T07:30+00:00"),
        ("1768375800000", None, "2026-01-14T07:30+00:00"),
        ("Wed, 14 Jan 2026 10:30:00 Asia/Baghdad", None, "2026-01-14T10:30+03:00"),
        ("Wed, 14 Jan 2026 24:00:00 +0300", None, "2026-01-15T00:00+03:00"),
        ("2026-01-14T10:30:00.123456789+03:00", None, "2026-01-14T10:30+03:00"),
        ("2026-01-14T10:30:00 03:00", None, "2026-01-14T10:30+03:00"),
        ("20260114T103000Z", None, "2026-01-14T10:30+00:00"),
        ("2 hours ago", "en", "2026-01-15T13:00+03:00"),
        ("منذ ساعتين", "ar", "2026-01-15T13:00+03:00"),
        ("0000-00-00 00:00:00", None, None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None, None),
        ("Mon, 01 Jan 0001 00:00:00 +0000", None, None),
    ],
)
def test_a_date_in_the_words_of_its_country_is_read(written: str, language: str | None, wanted: str | None) -> None:
    body = f"<rss version='2.0'><channel><title>A</title><item><title>One</title><pubDate>{written}</pubDate></item></channel></rss>"
    assert at(listed(body, language).items[0]) == wanted


def test_titles_in_cdata_with_markup_and_escaped_twice_are_one_plain_line() -> None:
    found = listed(
        """<rss version="2.0"><channel><title><![CDATA[ Agency &amp; Sons ]]></title>
        <item><title><![CDATA[<b>Leader</b> says &quot;no&quot;
           &amp;amp; walks &#8211; again]]></title><link><![CDATA[ https://agency.example/n?id=1&amp;lang=ar ]]></link></item>
        <item><title>&lt;![CDATA[Second statement]]&gt;</title><link>https://agency.example/2</link></item>
        </channel></rss>"""
    )
    assert found.title == "Agency & Sons"
    assert [item.title for item in found.items] == ['Leader says "no" & walks – again', "Second statement"]
    assert found.items[0].url == "https://agency.example/n?id=1&lang=ar"


def test_relative_links_are_taken_against_xml_base_at_every_level() -> None:
    found = listed(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://agency.example/ar/"><title>A</title>
        <entry xml:base="2026/"><id>1</id><title>One</title><link href="01/one"/></entry>
        <entry><id>2</id><title>Two</title><link rel="alternate" href="/two" xml:base="https://other.example/x/"/></entry>
        <entry><id>3</id><title>Three</title><link href="//third.example/3"/></entry></feed>"""
    )
    assert [item.url for item in found.items] == [
        "https://agency.example/ar/2026/01/one",
        "https://other.example/two",
        "https://third.example/3",
    ]


def test_rss_0_91_with_its_doctype_and_rss_1_0_with_its_items_outside_are_read() -> None:
    old = """<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
      "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>Vieux</title>
      <item><title>\xc9t\xe9 sans pluie</title><link>http://agency.example/1</link><description>R\xe9sum\xe9</description></item>
      </channel></rss>""".encode("latin-1")
    assert [(item.title, item.url, item.summary) for item in listed(old).items] == [
        ("Été sans pluie", "http://agency.example/1", "Résumé")
    ]
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>R</title><dc:language>fa</dc:language></channel>
      <item rdf:about="https://agency.example/7"><title>هفت</title><dc:date>2026-01-14T10:30+03:30</dc:date></item></rdf:RDF>"""
    (item,) = listed(rdf).items
    assert (item.guid, item.url, item.language, at(item)) == (
        "https://agency.example/7", "https://agency.example/7", "fa", "2026-01-14T10:30+03:30",
    )  # fmt: skip


def test_atom_0_3_gives_its_issued_date_and_its_escaped_content() -> None:
    found = listed(
        """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old</title><entry><title mode="escaped">A &amp;amp; B</title>
        <link rel="alternate" type="text/html" href="https://agency.example/1"/><id>tag:1</id>
        <issued>2026-01-14T10:30:00+03:00</issued><modified>2026-01-15T10:30:00+03:00</modified>
        <content type="text/html" mode="escaped">&lt;p&gt;Body text.&lt;/p&gt;</content><author><name>N. N.</name></author>
        </entry></feed>"""
    )
    (item,) = found.items
    assert (item.title, item.url, item.guid, item.text, item.author) == (
        "A & B", "https://agency.example/1", "tag:1", "Body text.", "N. N.",
    )  # fmt: skip
    assert at(item) == "2026-01-14T10:30+03:00"


def test_json_feeds_with_numbers_nulls_bytes_before_them_and_a_missing_title_are_read() -> None:
    data = {
        "version": "https://jsonfeed.org/version/1", "title": None, "home_page_url": "https://agency.example/",
        "author": {"name": "Desk"},
        "items": [
            {"id": 17, "url": "/17", "content_html": "<p>First line.</p><p>More.</p>", "date_published": "2026-01-14T10:30:00+03:00"},
            {"id": 18.0, "url": None, "external_url": "https://other.example/18", "title": "Linked", "content_text": "a < b & c"},
            {"id": "https://agency.example/19", "title": "By its id", "authors": [{"name": "A"}, {"name": "B"}], "summary": None},
            "no item at all",
        ],
    }  # fmt: skip
    found = listed(b"\xef\xbb\xbf\n " + json.dumps(data).encode())
    one, two, three = found.items
    assert (one.guid, one.url, one.author, at(one)) == (
        "17", "https://agency.example/17", "Desk", "2026-01-14T10:30+03:00",
    )  # fmt: skip
    assert (two.url, two.text, three.author) == ("https://other.example/18", "a < b & c", "A, B")
    assert three.url == "https://agency.example/19"


def test_items_that_share_a_guid_all_come_each_with_its_own_address() -> None:
    items = "".join(
        f"<item><title>Statement {n}</title><link>https://agency.example/{n}</link><guid>https://agency.example/</guid></item>"
        for n in range(3)
    )
    found = listed(f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>")
    assert [item.url for item in found.items] == [f"https://agency.example/{n}" for n in range(3)]


def test_content_is_the_text_and_description_the_summary_in_whichever_order() -> None:
    for first, second in (("description", "content:encoded"), ("content:encoded", "description")):
        value = {
            "description": "The teaser.",
            "content:encoded": "&lt;p&gt;The teaser.&lt;/p&gt;&lt;p&gt;And the rest.&lt;/p&gt;",
        }
        found = listed(
            f"<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>A</title><item><title>T</title>"
            f"<{first}>{value[first]}</{first}><{second}>{value[second]}</{second}></item></channel></rss>"
        )
        assert (found.items[0].summary, found.items[0].text) == ("The teaser.", "The teaser.\nAnd the rest.")


def test_a_missing_link_is_the_permalink_guid_the_atom_link_or_the_comments_never_a_tag() -> None:
    found = listed(
        """<rss version="2.0" xmlns:a10="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
        <channel><title>A</title>
        <item><title>1</title><guid>https://agency.example/1</guid></item>
        <item><title>2</title><link/><guid isPermaLink="true">https://agency.example/2</guid></item>
        <item><title>3</title><guid isPermaLink="false">https://agency.example/3</guid></item>
        <item><title>4</title><link></link><a10:link href="https://agency.example/4"/><guid>tag:4</guid></item>
        <item><title>5</title><link>https://feeds.example/~r/5</link><feedburner:origLink>https://agency.example/5</feedburner:origLink></item>
        <item><title>6</title><link>http://</link><guid>https://agency.example/6</guid></item>
        </channel></rss>"""
    )
    assert [item.url for item in found.items] == [
        "https://agency.example/1",
        "https://agency.example/2",
        None,
        "https://agency.example/4",
        "https://agency.example/5",
        "https://agency.example/6",
    ]


@pytest.mark.parametrize(
    ("declared", "codec", "served"),
    [
        ("utf-8", "windows-1256", ""),
        ("utf-8", "windows-1256", "utf-8"),
        ("windows-1256", "utf-8", ""),
        ("iso-8859-1", "utf-8", ""),
        ("utf-16", "utf-8", ""),
        ("ISO-8859-6", "windows-1256", ""),
        ("utf-8", "utf-8", "iso-8859-1"),
        ("us-ascii", "utf-8", ""),
    ],
)
def test_an_encoding_that_is_not_what_the_feed_says_is_found_out(declared: str, codec: str, served: str) -> None:
    title = "وزير الخارجية يستقبل وفدا من الأمم المتحدة في بغداد"
    body = (
        f"<?xml version='1.0' encoding='{declared}'?><rss version='2.0'><channel><title>وكالة الأنباء</title><language>ar</language>"
        f"<item><title>{title}</title><link>https://agency.example/1</link></item></channel></rss>"
    ).encode(codec)
    assert [item.title for item in listed(body, "ar", charset=served).items] == [title]


@pytest.mark.parametrize(
    "before",
    [
        "\n\n  ",
        "\ufeff",
        "\n\ufeff\n",
        "<br />\n<b>Warning</b>: include() failed in /x.php on line 3<br />\n",
        "<!-- cached -->\n",
        "\x00",
    ],
)
def test_what_stands_before_a_feed_is_passed_over(before: str) -> None:
    body = "<?xml version='1.0'?><rss version='2.0'><channel><title>A</title><item><title>One</title></item></channel></rss>"
    assert [item.title for item in listed(before + body).items] == ["One"]


def test_bare_signs_strays_and_a_missing_end_cost_no_item() -> None:
    found = listed(
        """<rss version=2.0><channel><title>A & B</title><item><title>Q&A: who <3 whom & why</title>
        <link>https://agency.example/?a=1&b=2</link><description><p>Not escaped<br>at all</description></item>
        <item><title>Two</title><link>https://agency.example/2</link></item>"""
    )
    assert [item.title for item in found.items][1] == "Two"
    assert found.items[0].url == "https://agency.example/?a=1&b=2"
    assert "Not escaped" in found.items[0].summary


def test_a_picture_alone_says_what_its_author_wrote_for_those_who_do_not_see_it() -> None:
    found = listed(
        """<rss version="2.0"><channel><title>A</title>
        <item><title>1</title>
        <description>&lt;img src="a.jpg" alt="The minister signs the treaty"&gt;</description></item>
        <item><title>2</title>
        <description>&lt;svg&gt;&lt;title&gt;Casualties by month&lt;/title&gt;&lt;circle/&gt;&lt;/svg&gt;</description></item>
        <item><title>3</title><description>&lt;img alt="icon"&gt;&lt;p&gt;Words.&lt;/p&gt;</description></item>
        <item><title>4</title><description>&lt;img src="a.jpg" alt=""&gt;</description></item></channel></rss>"""
    )
    assert [item.summary for item in found.items] == [
        "The minister signs the treaty", "Casualties by month", "Words.", "",
    ]  # fmt: skip


def test_a_login_page_under_a_feeds_address_is_no_feed() -> None:
    with pytest.raises(ParseError, match="an HTML page"):
        listed("\n<!doctype html><title>Sign in</title><form></form>")
