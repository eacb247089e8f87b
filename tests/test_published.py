"""When an article was published: which of its dates count, where they stand, and when they can be trusted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper.model import Moment
from scraper.parsers.article import _tree
from scraper.parsers.headline import headline
from scraper.parsers.metadata import gather
from scraper.parsers.published import published

SEEN = datetime(2025, 6, 20, 12, 40, tzinfo=UTC)
URL = "https://site.example/a/1"
RUNNING = "<p>The committee read the annual report aloud and thanked everyone who had helped with it over the year.</p>"


def found(body: str, head: str = "", *, url: str = URL, language: str = "en", zone: str = "UTC") -> Moment | None:
    tree = _tree(f"<html><head><title>Annual report read aloud</title>{head}</head><body>{body}</body></html>")
    said = gather(tree)
    return published(said, url=url, headline=headline(said, url), fetched_at=SEEN, zone=zone, language=language)


def day(body: str, head: str = "", **more: str) -> str | None:
    moment = found(body, head, **more)
    return None if moment is None else f"{moment.at:%Y-%m-%d}"


TITLE = "<h1>Annual report read aloud</h1>"


@pytest.mark.parametrize(
    "body",
    [
        f'<aside>{TITLE}<ul><li class="date">18.06.2025</li></ul></aside>{RUNNING}',
        f'<div class="teaser">{TITLE}<span class="date">18.06.2025</span></div>{RUNNING}',
        f'{TITLE}<div class="footer"><p><time datetime="2025-06-18">18.06.2025</time></p></div>{RUNNING}',
        f'<div class="widget Blog"><h3 class="post-title">Annual report read aloud</h3>{RUNNING}'
        '<div class="post-footer"><abbr class="published" title="2025-06-18T08:00:00+02:00">08:00</abbr></div></div>',
    ],
)
def test_what_surrounds_the_headline_too_is_not_away_from_it(body: str) -> None:
    assert day(body) == "2025-06-18"


def test_a_date_in_a_list_of_others_under_the_text_is_not_this_ones() -> None:
    assert day(f'{TITLE}{RUNNING}<aside><h2>More</h2><time datetime="2025-06-01">1 June</time></aside>') is None


def test_many_dates_before_the_headline_do_not_crowd_out_its_own() -> None:
    calendar = "".join(f'<td class="date">{n % 28 + 1}.05.2025</td>' for n in range(900))
    assert day(f"<table><tr>{calendar}</tr></table>{TITLE}<p class='date'>18.06.2025</p>{RUNNING}") == "2025-06-18"


@pytest.mark.parametrize(
    "line",
    [
        "<p>18.06.2025 10:16 - First league - press office, red</p>",
        "<div><h5>Date: </h5>18.06.2025</div>",
        "<p>By <a href='/p'>Jane Weaver</a> 18 June 2025, 11:51 | 3 letters</p>",
        "<div><img src='c.png'>\n\t\t\t\t&nbsp; 18 Jun 2025 </div>",
        "<p class='date'>Press office 18. 6. 2025.</p>",
        "<p>Published 18.06.2025<br>Length: 1 hour and 4 minutes of quiet listening in the large hall of the old town</p>",
    ],
)
def test_a_date_line_next_to_the_headline_is_read(line: str) -> None:
    moment = found(f"{TITLE}{line}{RUNNING}")
    assert moment is not None and f"{moment.at:%Y-%m-%d}" == "2025-06-18"
    assert moment.confident == (" class='date'" in line or "Published" in line)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f"{TITLE}<p class='date'>18 June 2025</p>{RUNNING}", True),
        (f"<p class='date'>18 June 2025</p>{TITLE}{RUNNING}", True),
        (f"<p class='date'>20 June 2025</p>{TITLE}{RUNNING}", False),  # the clock of the page
        (f"{TITLE}<p class='date'>18 June</p>{RUNNING}", False),
        (f"{TITLE}<p class='date'>18 June 2025, 11:30</p>{RUNNING}", False),  # in which zone?
        (f"{TITLE}<p class='date'>2 days ago</p>{RUNNING}", False),
        (f"{TITLE}<p class='date'>18 June 2025</p>{RUNNING}<p class='date'>12 June 2025</p><p>19.06.2025</p>", True),
        (f"{TITLE}<p class='date'>18 June 2025</p><p class='date updated'>19 June 2025</p>{RUNNING}", False),
    ],
)
def test_a_full_day_beside_the_headline_is_trusted_where_nothing_speaks_against_it(body: str, wanted: bool) -> None:
    moment = found(body)
    assert moment is not None and moment.confident == wanted


def test_a_stamp_whose_day_the_text_shows_too_is_trusted() -> None:
    head = '<meta property="article:published_time" content="2025-06-18T11:00:00+02:00">'
    alone, shown = found(f"{TITLE}{RUNNING}", head), found(f"{TITLE}<p>By Jane Weaver, 18 June 2025</p>{RUNNING}", head)
    assert alone is not None and shown is not None and (alone.confident, shown.confident) == (False, True)


def test_a_heading_that_is_but_a_date_is_one() -> None:
    assert (
        day(f"{TITLE}<div><span>Erschienen am:</span><h2>18.06.2025</h2></div>{RUNNING}", language="de") == "2025-06-18"
    )


@pytest.mark.parametrize(
    ("lead", "wanted"),
    [
        (
            "(18.06.2025) Farmers tremble at the weather, which nobody in the old town has seen before this year.",
            "2025-06-18",
        ),
        (
            "BERLIN, 18 June 2025 – The future work of the committee begins with a letter to all of its members.",
            "2025-06-18",
        ),
        (
            "Press release of 18 June 2025 | Berlin – The committee begins its work with a letter to all members.",
            "2025-06-18",
        ),
        ("On 18 June 2025 – a Wednesday – the committee began its work with a letter to all of its members.", None),
        ("The committee had planned for 18 June 2025 and waited a year for an answer that has never arrived.", None),
    ],
)
def test_a_dateline_is_read_and_a_day_that_the_text_tells_is_not(lead: str, wanted: str | None) -> None:
    assert day(f"{TITLE}<p>{lead}</p>") == wanted


def test_a_sentence_that_begins_with_a_date_before_a_link_is_no_date() -> None:
    link = "<a href='/x'>which was a Wednesday, the committee began</a>"
    body = f"{TITLE}<p>18 June 2025, {link} its long work at last, in the large hall of the old town.</p>"
    assert day(body + RUNNING) is None


def test_two_names_for_one_kind_of_meta_do_not_outvote_the_page() -> None:
    head = '<meta name="dc.date" content="2025-05-20"><meta name="date" content="2025-05-20">'
    assert day(f"{TITLE}<span class='date'>18.06.2025</span>{RUNNING}", head) == "2025-06-18"


def test_the_day_in_the_address_tells_the_local_day_of_a_stamp_in_utc() -> None:
    head = '<meta property="article:published_time" content="2025-06-17T23:11:59+00:00">'
    moment = found(TITLE + RUNNING, head, url="https://site.example/2025/06/18/report/")
    assert moment is not None and moment.at.isoformat() == "2025-06-18T00:11:59+01:00" and moment.confident


def test_a_clock_that_people_read_takes_the_zone_of_the_stamp_that_means_it() -> None:
    body = (
        f"{TITLE}<div class='publish-date'>Wednesday, 18 June 2025 12:10</div>"
        f"<time datetime='2025-06-18T11:10:00Z'>Wednesday, 18 June 2025 12:10</time>{RUNNING}"
    )
    moment = found(body)
    assert moment is not None and moment.at.isoformat() == "2025-06-18T12:10:00+01:00"


def test_one_minute_in_two_zones_is_agreement() -> None:
    head = (
        '<meta property="article:published_time" content="2025-06-19T02:35:00+00:00">'
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-06-18T22:35:00-04:00"}</script>'
    )
    moment = found(TITLE + RUNNING, head)
    assert moment is not None and moment.at.isoformat() == "2025-06-18T22:35:00-04:00" and moment.confident


def test_a_stamp_in_utc_near_midnight_that_nothing_confirms_is_not_trusted() -> None:
    def head(hour: str) -> str:
        stamp = f"2025-06-18T{hour}:23:33Z"
        return (
            f'<meta property="article:published_time" content="{stamp}">'
            f'<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "{stamp}"}}</script>'
        )

    noon, midnight = found(TITLE + RUNNING, head("12")), found(TITLE + RUNNING, head("00"))
    assert noon is not None and noon.confident
    assert midnight is not None and not midnight.confident


FIRM = '<meta property="article:published_time" content="2025-06-10T09:00:00+02:00">'
CHANGED = '<meta property="article:modified_time" content="2025-06-17T09:00:00+02:00">'
SHOWN = f'{TITLE}<p class="date">10.06.2025</p>{RUNNING}'


def test_a_page_that_was_changed_on_a_later_day_is_believed_only_by_many_voices() -> None:
    same, later = found(SHOWN, FIRM), found(SHOWN, FIRM + CHANGED)
    assert same is not None and same.confident
    assert later is not None and f"{later.at:%Y-%m-%d}" == "2025-06-10" and not later.confident
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-06-10T09:00:00+02:00"}</script>'
    many = found(SHOWN, FIRM + CHANGED + data, url="https://site.example/2025/06/10/a")
    assert many is not None and many.confident


def test_a_text_that_says_published_beats_a_stamp_behind_it_that_means_another_day() -> None:
    stamped = '<time datetime="2025-06-19T10:18:46Z">{}</time>'
    assert day(f"{TITLE}{stamped.format('Publié le 12 juin 2025')}{RUNNING}", language="fr") == "2025-06-12"
    assert day(f"{TITLE}{stamped.format('12 juin 2025')}{RUNNING}", language="fr") == "2025-06-19"


def test_one_text_in_two_elements_is_one_voice() -> None:
    data = (
        '<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2025-06-10T09:00:00+02:00"}</script>'
    )
    box = '<div class="article-date-time"><span>02.05.2025 um 10:52</span></div>'
    assert day(f"{TITLE}{RUNNING * 3}<p><a href='/2'>Another</a></p>{box}", data) == "2025-06-10"


def test_a_stamp_whose_seconds_have_one_digit_keeps_its_time() -> None:
    data = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-06-10T23:15:0Z"}</script>'
    )
    moment = found(f"{TITLE}<p itemprop='datePublished' class='date'>11.06.2025</p>{RUNNING}", data)
    assert moment is not None and moment.at.isoformat() == "2025-06-11T00:15:00+01:00"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f"{TITLE}<p class='date'><time>5 mins</time></p>{RUNNING}", "2025-06-20T12:35"),
        (f"{TITLE}<p><time>less than 21 minutes ago</time></p>{RUNNING}", "2025-06-20T12:19"),
        (f"{TITLE}<p class='date'>5 mins</p>{RUNNING}", None),
        (f"{TITLE}<p><time class='reading-time'>5 mins</time></p>{RUNNING}", None),
        (f"{TITLE}<p class='read-length'><time>5 mins</time></p>{RUNNING}", None),
        (f"{TITLE}{RUNNING}<p class='date'><time>5 mins</time></p>", None),
        (f"{TITLE}<p class='date'>18.06.2025</p><p><time>5 mins</time></p>{RUNNING}", "2025-06-18T00:00"),
    ],
)
def test_a_bare_length_is_an_age_only_in_a_time_element_beside_the_headline(body: str, wanted: str | None) -> None:
    moment = found(body)
    assert (moment and f"{moment.at:%Y-%m-%dT%H:%M}") == wanted


@pytest.mark.parametrize(
    ("written", "language", "wanted"),
    [
        ("2 centuries ago", "en", "1825-06-20"),
        ("1000 years ago", "en", "1025-06-20"),
        ("2 März 2034", "de", "2034-03-02"),
    ],
)
def test_a_lone_time_that_is_hard_to_believe_is_told_and_never_believed(
    written: str, language: str, wanted: str
) -> None:
    moment = found(f'{TITLE}<p class="date"><time>{written}</time></p>{RUNNING}', language=language)
    assert moment is not None
    assert f"{moment.at:%Y-%m-%d}" == wanted
    assert (moment.confident, moment.method) == (False, f"unlikely: {written}")


def test_a_time_that_is_hard_to_believe_is_nothing_beside_another_or_a_machines_stamp() -> None:
    assert day(f"{TITLE}<p><time>2 März 2034</time> <time>3 März 2034</time></p>{RUNNING}", language="de") is None
    assert day(f'{TITLE}<p><time datetime="2034-03-02">2 March 2034</time></p>{RUNNING}') is None
    assert day(f"{TITLE}<p><time>2 March 2034</time></p><p class='date'>12 June 2025</p>{RUNNING}") == "2025-06-12"


def test_the_day_that_the_page_shows_over_itself_is_not_the_articles() -> None:
    over = '<header><div class="date">20.06.2025</div></header>'
    assert day(f'{over}<article>{TITLE}<div class="date">18.06.2025</div>{RUNNING}</article>') == "2025-06-18"
    assert day(f"{over}<article>{TITLE}{RUNNING}</article>") is None


@pytest.mark.parametrize(
    ("label", "language"),
    [
        ("Published:", "en"),
        ("تاريخ النشر :", "ar"),
        ("تاریخ انتشار:", "fa"),
        ("Yayınlanma Tarihi:", "tr"),
        ("פורסם ב:", "he"),
    ],
)
def test_words_before_a_date_say_that_it_is_the_publication(label: str, language: str) -> None:
    body = f'<div class="date">20.06.2025</div>{TITLE}<ul><li>{label} <span>18.06.2025</span></li></ul>{RUNNING}'
    assert day(body, language=language) == "2025-06-18"


@pytest.mark.parametrize("label", ["Updated:", "آخر تحديث:", "Güncelleme Tarihi:", "Aktualisiert am"])
def test_words_before_a_date_say_that_it_is_no_publication(label: str) -> None:
    assert day(f"{TITLE}<p>{label} <span>18.06.2025</span></p>{RUNNING}") is None


def test_an_age_that_is_days_from_every_stamp_of_the_page_is_not_the_articles() -> None:
    head = '<meta name="date" content="2025-05-02T08:00:00Z">'
    assert day(f'{TITLE}<time class="published">26 minutes ago</time>{RUNNING}', head) == "2025-05-02"


def test_a_day_of_the_persian_calendar_in_the_address_is_one() -> None:
    assert (
        day(f"{TITLE}{RUNNING}", url="https://site.example/fa/news/1404/03/28/31337/title", language="fa")
        == "2025-06-18"
    )
    assert day(f"{TITLE}{RUNNING}", url="https://site.example/fa/news/1404/13/28/31337/title", language="fa") is None


def test_a_day_of_the_islamic_calendar_alone_is_read_and_not_trusted() -> None:
    moment = found(f"{TITLE}<div class='newsDate'>22/12/1446</div>{RUNNING}", language="ar")
    assert moment is not None and f"{moment.at:%Y-%m-%d}" == "2025-06-18" and not moment.confident


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("<div class='d'>פורסם בתאריך 18 ביוני 2025 בשעה 11:30</div>", "he"),
        ("<div class='d'><span>תאריך פרסום:</span> <span>18.06.2025</span></div>", "he"),
        ("<p>Дата публикации: 18 июня 2025 года</p>", "ru"),
        ("<p>تم النشر بتاريخ: الأربعاء 18 حزيران 2025 الساعة 11:30</p>", "ar"),
        ("<p>تاریخ انتشار: چهارشنبه ۲۸ خرداد ۱۴۰۴ - ۱۴:۳۰</p>", "fa"),
        ("<p>Yayınlanma tarihi: 18 Haziran 2025 Çarşamba 14:05</p>", "tr"),
    ],
)
def test_words_at_the_start_of_a_line_say_that_its_date_is_the_publication(line: str, language: str) -> None:
    moment = found(f"{TITLE}{line}{RUNNING}", language=language)
    assert moment is not None and f"{moment.at:%Y-%m-%d}" == "2025-06-18"
    assert moment.method.startswith("marked published")


def test_what_is_called_todays_date_is_never_the_articles() -> None:
    assert day(f"<div class='today-date'>20 June 2025</div>{TITLE}{RUNNING}") is None
    assert (
        day(f"<span id='current_date'>20 June 2025</span>{TITLE}<p class='date'>18.06.2025</p>{RUNNING}")
        == "2025-06-18"
    )
