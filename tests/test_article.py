"""A page becomes an article: what it says, when, by whom, in which language; a wall becomes an error."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.errors import ParseError
from scraper.model import Article, ArticleRules, Page, Source
from scraper.parsers.article import parse

SEEN = datetime(2025, 6, 20, 12, 40, tzinfo=UTC)
SOURCE = Source(id="s", kind="listing", url="https://site.example/")
BODY = (
    "<p>The committee read the annual report aloud and thanked everyone who had helped with it over the long year.</p>"
    "<p>It will meet again in the large hall; the doors open early, the coffee is free, and all members may speak.</p>"
)


def page(html: str, url: str = "https://site.example/a/1", **more: object) -> Page:
    made = Page(url=url, asked=url, body=html.encode(), fetched_at=SEEN, media_type="text/html", charset="utf-8")
    return replace(made, **more)  # type: ignore[arg-type]


def read(html: str, source: Source = SOURCE, url: str = "https://site.example/a/1") -> Article:
    return parse(page(html, url), source)


def document(
    head: str = "", before: str = "", after: str = "", title: str = "Annual report read aloud", lang: str = "en"
) -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body><nav>'
        f'<a href="/">Home</a></nav><main><article><h1>{title}</h1>{before}{BODY}{after}</article></main></body></html>'
    )


def day(html: str, **more: str) -> tuple[str, bool] | None:
    moment = read(html, **more).published  # type: ignore[arg-type]
    return None if moment is None else (moment.at.isoformat()[:10], moment.confident)


def model_page() -> Article:
    recorded = Path(__file__).parent / "recorded" / "model" / "article.html"
    url = "https://site.example/reports/qais-al-khazali"
    return parse(page(recorded.read_text("utf-8"), url), SOURCE)


def test_the_model_page_gives_headline_text_and_the_day_it_was_said() -> None:
    article = model_page()
    assert article.title == (
        "Iraqi Militia Leader Qais Al-Khazali Condemns Threats To Khamenei, Warns Of Regional Instability, "
        "Urges International Action"
    )
    assert article.said_on is not None and f"{article.said_on.at:%Y-%m-%d}" == "2025-06-20"
    assert article.said_on.precision == "day"
    assert article.text.startswith("On June 20, 2025, Qais Al-Khazali")
    assert "treacherous Zionist assault" in article.text and article.language == "en"


def test_the_model_page_does_not_take_the_day_that_it_speaks_of_for_its_publication() -> None:
    assert model_page().published is None


def test_a_footnote_mark_is_kept_in_the_text() -> None:
    assert "international action.[1]" in model_page().text


def test_json_ld_and_the_shown_date_together_are_trusted() -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-06-18T10:05:00+03:00"}</script>'
    article = read(document(head, '<time datetime="2025-06-18T10:05:00+03:00">18 June 2025</time>'))
    assert article.published is not None
    assert article.published.at.isoformat() == "2025-06-18T10:05:00+03:00"
    assert (article.published.precision, article.published.confident) == ("second", True)
    assert article.published.method == "json-ld:datePublished"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2025-06-18T10:05:00Z">',
        '<meta name="dc.date.issued" content="2025-06-18">',
        '<meta itemprop="datePublished" content="2025-06-18">',
        '<script type="application/ld+json">{"@graph": [{"@type": ["Article"], "datePublished": "2025-06-18"}],}</script>',
    ],
)
def test_the_usual_places_for_the_publication_are_read(head: str) -> None:
    found = day(document(head))
    assert found is not None and found[0] == "2025-06-18"


def test_a_date_in_words_near_the_headline_is_trusted_where_they_say_what_it_is() -> None:
    assert day(document(before="<p>Published: 18 June 2025</p>")) == ("2025-06-18", True)
    assert day(document(before="<p>18 June 2025</p>")) == ("2025-06-18", False)
    assert day(document(before="<p class='date'>7 hours ago</p>")) == ("2025-06-20", False)


def test_the_modified_date_is_not_the_published_one() -> None:
    modified = '<meta property="article:modified_time" content="2025-06-19T10:00:00Z">'
    json = '<script type="application/ld+json">{"@type": "NewsArticle", "dateModified": "2025-06-19"}</script>'
    assert day(document(modified + json, '<time class="updated" datetime="2025-06-19">19 June 2025</time>')) is None


def test_dates_of_related_articles_are_not_this_ones() -> None:
    related = (
        '<aside class="related"><article><h3>Other</h3><time datetime="2025-06-01">1 June</time></article></aside>'
    )
    json = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Annual report read aloud",'
        '"mentions": [{"@type": "NewsArticle", "datePublished": "2025-05-05"}]}</script>'
    )
    assert day(document(json, after=related)) is None


def test_a_contradicted_date_is_not_trusted() -> None:
    head = '<meta property="article:published_time" content="2025-06-18T10:05:00Z">'
    found = day(document(head, '<time class="published" datetime="2025-05-02">2 May 2025</time>'))
    assert found is not None and not found[1]


def test_a_stamp_in_utc_takes_the_day_that_the_page_shows() -> None:
    head = '<meta property="article:published_time" content="2025-06-18T02:11:00Z">'
    article = read(document(head, '<p class="date">June 17, 2025 9:11 PM</p>'))
    assert article.published is not None
    assert article.published.at.isoformat() == "2025-06-17T21:11:00-05:00"


def test_a_date_in_the_future_is_no_publication() -> None:
    assert day(document('<meta property="article:published_time" content="2031-06-18T10:05:00Z">')) is None


@pytest.mark.parametrize("title", ["{} | The Daily Example", "{} - Site", "The Daily Example: {}"])
def test_the_name_of_the_site_is_no_part_of_the_title(title: str) -> None:
    head = '<meta property="og:site_name" content="The Daily Example">'
    html = document(head, title=title.format("Annual report read aloud")).replace("h1>", "h2>")
    assert read(html).title == "Annual report read aloud"


def test_the_headline_that_the_page_shows_wins_over_its_short_form() -> None:
    html = document(title="Annual report").replace(
        "<h1>Annual report</h1>", "<h1>Annual report read aloud in the hall</h1>"
    )
    assert read(html).title == "Annual report read aloud in the hall"


def test_navigation_is_no_text_and_no_link() -> None:
    article = read(
        document(after='<p>More stands in <a href="/b?x=1">the full report of the committee</a> this week.</p>')
    )
    assert "Home" not in article.text
    assert article.links == ("https://site.example/b?x=1",)


def test_lines_that_are_only_links_to_other_articles_are_no_text() -> None:
    after = (
        '<p>Read more: <a href="/b">Another committee read another report in another hall</a></p>'
        '<p>You may also like</p><ul><li><a href="/c">A third committee met in the town hall again</a></li></ul>'
        "<p>At the end of the day the committee thanked its members once more and closed the doors of the hall.</p>"
    )
    text = read(document(after=after)).text
    assert "closed the doors" in text
    assert "Another committee" not in text and "third committee" not in text and "also like" not in text


def test_the_headline_and_the_byline_are_not_repeated_in_the_text() -> None:
    head = '<script type="application/ld+json">{"@type": "Article", "author": {"name": "A. Writer"}}</script>'
    text = read(document(head, before="<p>A. Writer</p><p>18 June 2025</p>")).text
    assert text.startswith("The committee read")


def test_a_page_that_shows_its_text_by_script_alone_gives_its_description() -> None:
    description = "The committee read the annual report aloud and thanked everyone."
    head = f'<title>Report</title><meta name="description" content="{description}">'
    html = f'<html><head>{head}</head><body><div id="app"></div></body></html>'
    assert read(html).text == description


def test_only_web_addresses_are_links() -> None:
    after = '<p>Write <a href="mailto:a@b.example">a mail</a> or <a href="javascript:x()">click here</a> to the committee today.</p>'
    assert read(document(after=after)).links == ()


@pytest.mark.parametrize(
    ("lang", "text", "language"),
    [
        ("en", "", "en"),
        ("ar-IQ", "أعلنت اللجنة أنها ستجتمع مرة أخرى في القاعة الكبيرة وأن الأبواب تفتح مبكرا للجميع. " * 4, "ar"),
        ("en", "أعلنت اللجنة أنها ستجتمع مرة أخرى في القاعة الكبيرة وأن الأبواب تفتح مبكرا للجميع. " * 4, "ar"),
        ("", "کمیته گزارش سالانه را با صدای بلند خواند و از همه کسانی که کمک کرده بودند تشکر کرد. " * 4, "fa"),
        ("", "Комитет зачитал годовой отчёт вслух и поблагодарил всех, кто помогал в течение года. " * 4, "ru"),
        ("", "", "en"),
        (
            "",
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed eiusmod tempor incididunt labore magna aliqua. "
            * 3,
            None,
        ),
    ],
)
def test_the_language_is_declared_or_plain_from_the_letters(lang: str, text: str, language: str | None) -> None:
    html = document(lang=lang).replace(BODY, f"<p>{text}</p>" if text else BODY)
    assert read(html).language == language


def test_the_author_is_named() -> None:
    head = '<script type="application/ld+json">{"@type": "Article", "author": [{"name": "A. Writer"}, {"name": "B. Second"}]}</script>'
    assert read(document(head)).author == "A. Writer, B. Second"


def test_selectors_of_the_source_win() -> None:
    rules = ArticleRules(body=".own", title=".head", date=".when@data-at", remove=(".ad",))
    html = document(
        after='<b class="head">Chosen</b><i class="when" data-at="2025-06-11 10:00">x</i>'
        '<div class="own"><p>Own <span class="ad">buy!</span> text.</p></div>'
    )
    article = read(html, replace(SOURCE, article=rules, timezone="Asia/Baghdad"))
    assert (article.title, article.text) == ("Chosen", "Own text.")
    assert article.published is not None and article.published.confident
    assert article.published.at.isoformat() == "2025-06-11T10:00:00+03:00"


def test_selectors_that_find_nothing_leave_it_to_the_reader() -> None:
    article = read(document(), replace(SOURCE, article=ArticleRules(body=".gone", title=".gone")))
    assert article.title == "Annual report read aloud" and "committee" in article.text


def bare(title: str, text: str) -> str:
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("html", "outcome"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("<html><body></body></html>", "empty"),
        (bare("Just a moment...", "Checking your browser before you go on."), "suspect"),
        (bare("404 Not Found", "nginx"), "suspect"),
        (bare("الصفحة غير موجودة", "عذرا، لم يتم العثور على ما تبحث عنه هنا."), "suspect"),
        (bare("Site", "Please enable JavaScript to see this page of our site."), "suspect"),
        ("<div>" * 5_000, "too_complex"),
    ],
)
def test_what_is_no_article_is_an_error_with_its_class(html: str, outcome: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(html)
    assert caught.value.outcome == outcome


def test_a_picture_is_no_page() -> None:
    with pytest.raises(ParseError) as caught:
        parse(page("x", media_type="image/png"), SOURCE)
    assert caught.value.outcome == "parse_error"


def test_control_characters_do_not_come_in() -> None:
    article = read(document(title="Annual\x07 report\x00 read aloud"))
    assert article.title == "Annual report read aloud"


def test_broken_json_ld_still_gives_its_date() -> None:
    json = '{"@type": "NewsArticle", "headline": "a "quoted" word", "datePublished": "2025-06-18"}'
    head = f'<script type="application/ld+json">{json}</script>'
    assert day(document(head)) == ("2025-06-18", False)


def test_the_non_joiners_of_persian_stay_in_the_text() -> None:
    line = "مدیرکل کتابخانه‌های عمومی استان در این مراسم گفت: این کتابخانه بیش از پنجاه هزار جلد کتاب در اختیار دارد."
    article = read(
        f'<html lang="fa"><body><article><h1>کتابخانه</h1><p>{line}</p><p>{line[:60]}.</p></article></body></html>'
    )
    assert article.text.startswith(line)


def test_signs_without_shape_inside_a_word_and_icons_go() -> None:
    text = read(
        document(
            before="<p>The com\u200bmittee \ue001 has met again today, and all of its members have come to the hall.</p>"
        )
    ).text
    assert text.startswith("The committee ") and "\ue001" not in text


def titled(inside: str, window: str = "Example ministry", head: str = "") -> str:
    return read(
        f"<html><head><title>{window}</title>{head}</head><body><main>{inside}{BODY}</main></body></html>"
    ).title


def test_a_kicker_in_the_headline_is_no_part_of_the_title() -> None:
    heading = '<h1><span class="overline">The club</span> Annual report read aloud to all members</h1>'
    assert (
        titled(heading, "The club - Annual report read aloud to all members")
        == "Annual report read aloud to all members"
    )


def test_a_kicker_that_a_colon_joins_to_the_headline_stays() -> None:
    heading = '<h1><span class="kicker">The club</span><span class="hide"> : </span>Annual report read aloud to all members</h1>'
    assert (
        titled(heading, "The club: Annual report read aloud to all members")
        == "The club: Annual report read aloud to all members"
    )


def test_a_page_whose_window_bears_the_name_of_the_house_is_called_by_its_only_heading() -> None:
    assert titled('<h2 class="x">New library opens to all next month</h2>') == "New library opens to all next month"
    assert (
        titled("<h2>New library opens to all next month</h2><h2>The old library closes in autumn</h2>")
        == "Example ministry"
    )


def test_what_a_broken_program_writes_into_its_page_is_no_text() -> None:
    fault = (
        "<br />\n<b>Warning</b>:  Use of undefined constant comments - assumed 'comments' (this will throw an Error in a "
        "future version of PHP) in <b>/srv/plugins/recent.php</b> on line <b>928</b><br />\n"
    )
    head = "<html><head><title>Annual report</title></head>"
    text = read(f"{head}<body>{fault * 30}<h1>Annual report</h1>{BODY}</body></html>").text
    assert "Warning" not in text and text.startswith("The committee")


def test_a_guess_takes_neither_the_day_of_a_style_sheet_nor_the_first_of_a_month_that_is_in_the_address() -> None:
    style = '<link rel="stylesheet" href="/css/site.css?v=2025-05-12">'
    assert read(document(style)).published is None
    assert read(document(), url="https://site.example/2025/05/annual-report.html").published is None
    assert read(document(before="<div class='today-date'>20 June 2025</div>")).published is None
    assert read(document(before="<p>The meeting: 25/06/2025, 10:00</p>")).published is None
