"""A phrase becomes a moment with the precision it has, or nothing: a wrong date is worse than none."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import calendars
from scraper.dates import in_words, said_on
from scraper.model import Moment

SEEN = datetime(2025, 6, 20, 12, 40, 31, tzinfo=UTC)
"""15:40:31 in Baghdad, a Friday."""


def read(phrase: str, language: str | None = None, timezone: str = "Asia/Baghdad") -> Moment | None:
    return in_words(phrase, fetched_at=SEEN, timezone=timezone, language=language)


def told(phrase: str, language: str | None = None) -> tuple[str, str] | None:
    moment = read(phrase, language)
    return None if moment is None else (moment.at.isoformat(timespec="minutes"), moment.precision)


@pytest.mark.parametrize(
    ("phrase", "language", "at", "precision"),
    [
        ("7 hours ago", "en", "2025-06-20T08:00+03:00", "hour"),
        ("7 hours ago", None, "2025-06-20T08:00+03:00", "hour"),
        ("an hour ago", "en", "2025-06-20T14:00+03:00", "hour"),
        ("7h", "en", "2025-06-20T08:00+03:00", "hour"),
        ("3 days ago", "en", "2025-06-17T00:00+03:00", "day"),
        ("1 hour and 5 minutes ago", "en", "2025-06-20T14:35+03:00", "minute"),
        ("forty-five seconds ago", "en", "2025-06-20T15:39+03:00", "second"),
        ("just now", "en", "2025-06-20T15:40+03:00", "minute"),
        ("yesterday 14:05", "en", "2025-06-19T14:05+03:00", "minute"),
        ("منذ 7 ساعات", "ar", "2025-06-20T08:00+03:00", "hour"),
        ("منذ ٧ ساعات", None, "2025-06-20T08:00+03:00", "hour"),
        ("قبل ساعتين", "ar", "2025-06-20T13:00+03:00", "hour"),
        ("منذ يومين", "ar", "2025-06-18T00:00+03:00", "day"),
        ("أمس 14:05", "ar", "2025-06-19T14:05+03:00", "minute"),
        ("۳ ساعت پیش", "fa", "2025-06-20T12:00+03:00", "hour"),
        ("دیروز ۱۴:۰۵", "fa", "2025-06-19T14:05+03:00", "minute"),
        ("3 saat önce", "tr", "2025-06-20T12:00+03:00", "hour"),
        ("dün 14:05", "tr", "2025-06-19T14:05+03:00", "minute"),
        ("לפני שעתיים", "he", "2025-06-20T13:00+03:00", "hour"),
        ("3 часа назад", "ru", "2025-06-20T12:00+03:00", "hour"),
        ("вчера, 14:05", "ru", "2025-06-19T14:05+03:00", "minute"),
        ("il y a 3 heures", "fr", "2025-06-20T12:00+03:00", "hour"),
        ("hier à 14h05", "fr", "2025-06-19T14:05+03:00", "minute"),
        ("vor 2 Std.", "de", "2025-06-20T13:00+03:00", "hour"),
        ("hace 3 horas", "es", "2025-06-20T12:00+03:00", "hour"),
        ("٣ کاتژمێر لەمەوپێش", "ku", "2025-06-20T12:00+03:00", "hour"),
        ("3 saet berê", "ku", "2025-06-20T12:00+03:00", "hour"),
    ],
)
def test_a_span_back_is_counted_from_the_fetch_and_carries_its_unit(
    phrase: str, language: str | None, at: str, precision: str
) -> None:
    assert told(phrase, language) == (at, precision)


@pytest.mark.parametrize(
    ("phrase", "language"),
    [
        ("20 حزيران 2025", "ar"),
        ("٢٠ يونيو ٢٠٢٥", "ar"),
        ("20 جوان 2025", "ar"),
        ("30 خرداد 1404", "fa"),
        ("۳۰ خرداد ۱۴۰۴", None),
        ("۱۴۰۴/۳/۳۰", None),
        ("۲۰ ژوئن ۲۰۲۵", "fa"),
        ("24 ذو الحجة 1446", "ar"),
        ("الجمعة 23 ذو الحجة 1446", "ar"),
        ("الجمعة 24 ذو الحجة 1446 هـ - 20 يونيو 2025 م", "ar"),
        ("20 Haziran 2025 Cuma", "tr"),
        ("20 ביוני 2025", "he"),
        ("20 июня 2025 г.", "ru"),
        ("20 juin 2025", "fr"),
        ("20. Juni 2025", "de"),
        ("20 de junio de 2025", "es"),
        ("٢٠ی حوزەیرانی ٢٠٢٥", "ku"),
        ("June 20th, 2025", None),
        ("Friday, 20 June", "en"),
        ("20.06.2025", None),
        ("20/06/2025", None),
        ("06/20/2025", None),
        ("2025年6月20日", None),
        ("20250620", None),
        ("2025-W25-5", None),
        ("2025-171", None),
        ("Published June 20, 2025 | Updated June 21, 2025", "en"),
    ],
)
def test_a_written_day_is_read_whatever_its_calendar_and_script(phrase: str, language: str | None) -> None:
    assert told(phrase, language) == ("2025-06-20T00:00+03:00", "day")


@pytest.mark.parametrize(
    ("phrase", "at", "precision"),
    [
        ("2025-06-20T14:05:00+03:30", "2025-06-20T14:05+03:30", "second"),
        ("2025-06-20T14:05:00.123Z", "2025-06-20T14:05+00:00", "second"),
        ("20250620T140500Z", "2025-06-20T14:05+00:00", "second"),
        ("2025-06-20 14:05", "2025-06-20T14:05+03:00", "minute"),
        ("Fri, 20 Jun 2025 14:05:00 +0300", "2025-06-20T14:05+03:00", "second"),
        ("Fri, 20 Jun 25 14:05 GMT", "2025-06-20T14:05+00:00", "minute"),
        ("June 20, 2025 2:05 PM ET", "2025-06-20T14:05-04:00", "minute"),
        ("June 20, 2025 at 12:05 a.m.", "2025-06-20T00:05+03:00", "minute"),
        ("20 يونيو 2025، الساعة 05:16 مساءً", "2025-06-20T17:16+03:00", "minute"),
    ],
)
def test_a_time_keeps_the_offset_it_was_given_in(phrase: str, at: str, precision: str) -> None:
    assert told(phrase) == (at, precision)


def test_a_local_time_follows_the_zone_of_the_source_through_summer_time() -> None:
    june, january = (
        read("19 June 2025 10:00", "en", "Europe/Berlin"),
        read("19 January 2025 10:00", "en", "Europe/Berlin"),
    )
    assert june is not None and june.at.utcoffset() == timedelta(hours=2)
    assert january is not None and january.at.utcoffset() == timedelta(hours=1)


def test_an_age_is_read_in_any_language_where_the_page_declares_another() -> None:
    assert told("منذ 7 ساعات", "en") == ("2025-06-20T08:00+03:00", "hour")
    assert told("dün 14:05", "en") == ("2025-06-19T14:05+03:00", "minute")


def test_a_word_that_means_yesterday_elsewhere_must_stand_alone() -> None:
    assert told("Hier mehr dazu", "de") is None
    assert told("hier", "fr") == ("2025-06-19T00:00+03:00", "day")


def test_a_length_is_no_age() -> None:
    assert told("5 min") is None and told("2 mins", "en") is None


def test_a_time_in_a_zone_with_many_meanings_leaves_only_the_day() -> None:
    assert told("June 19, 2025 at 2:05 p.m. IST") == ("2025-06-19T00:00+03:00", "day")


def test_the_language_decides_what_the_numbers_leave_open() -> None:
    assert told("03/04/2025", "fr") == ("2025-04-03T00:00+03:00", "day")
    assert told("03/04/2025", "en") is None
    assert told("03/04/2025") is None


def test_the_day_of_the_week_decides_what_the_numbers_leave_open() -> None:
    assert told("Thursday 03/04/2025", "en") == ("2025-04-03T00:00+03:00", "day")


def test_an_update_is_marked_as_one() -> None:
    moment = read("Updated: June 19, 2025", "en")
    assert moment is not None and moment.method == "updated: Updated: June 19, 2025"


def test_nothing_that_was_read_from_words_alone_is_confident() -> None:
    moment = read("2025-06-20T14:05:00+03:00")
    assert moment is not None and not moment.confident


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "Year 99999",
        "20 June 99999",
        "31 February 2025",
        "31/02/2025",
        "2025-02-31",
        "31 مهر 1404",
        "30 بهمن 99999",
        "25:61",
        "yesterday 25:61",
        "20 June 2025 14:61",
        "5 min read",
        "12-14 June 2024",
        "20 June 2024 or 21 June 2024",
        "20 June 2035",
        "in 3 hours",
        "991 год",
        "20 June 1500",
        "9999999999 hours ago",
        "9999 years ago",
        "no date here",
        "7 Eleven",
        "Top 10 of 2025",
    ],
)
def test_what_is_not_certain_is_nothing(phrase: str) -> None:
    assert read(phrase) is None


@pytest.mark.parametrize(
    "phrase",
    [
        "x" * 10_000,
        "1 hour " * 30,
        "1/" * 100,
        "12:" * 60,
        "june " * 40,
        "1 " * 100,
        "a " * 100,
        "و" * 200,
        "minsmins" * 25,
    ],
)
def test_hostile_phrases_are_answered_at_once(phrase: str) -> None:
    read("warm the tables")
    started = time.process_time()
    read(phrase)
    assert time.process_time() - started < 1


@given(st.text(max_size=80), st.sampled_from([None, "en", "ar", "fa", "tr", "xx", ""]))
def test_any_phrase_gets_an_answer_that_is_not_in_the_future(phrase: str, language: str | None) -> None:
    moment = read(phrase, language)
    assert moment is None or moment.at <= SEEN + timedelta(hours=36)


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2025, 6, 1)))
def test_every_day_is_read_back_from_its_usual_forms(moment: datetime) -> None:
    day = moment.date()
    for form in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%b-%Y", "%a, %d %b %Y"):
        found = read(day.strftime(form), "en")
        assert found is not None and found.at.date() == day
    found = read(moment.strftime("%Y-%m-%dT%H:%M:%S+00:00"))
    assert found is not None and found.at == moment.replace(microsecond=0, tzinfo=UTC)


def test_the_last_resort_reads_a_language_without_a_table_of_its_own() -> None:
    pytest.importorskip("dateparser")
    phrase = "20 kesäkuuta 2025"
    assert read(phrase, "fi") is None
    moment = in_words(phrase, fetched_at=SEEN, timezone="UTC", language="fi", last_resort=True)
    assert moment is not None and moment.at.date() == date(2025, 6, 20) and moment.method.startswith("dateparser")


@pytest.mark.parametrize(
    ("phrase", "at", "precision"),
    [
        ("3 tuntia sitten", "2025-06-20T12:40+00:00", "minute"),
        ("3小时前", "2025-06-20T12:40+00:00", "minute"),
        ("2 দিন আগে", "2025-06-18T00:00+00:00", "day"),
        ("11 जुलाई 2024, 11:12", "2024-07-11T11:12+00:00", "minute"),
    ],
)
def test_the_last_resort_needs_no_language(phrase: str, at: str, precision: str) -> None:
    pytest.importorskip("dateparser")
    now = datetime(2025, 6, 20, 15, 40, 31, tzinfo=UTC)
    moment = in_words(phrase, fetched_at=now, timezone="UTC", language=None, last_resort=True)
    assert moment is not None
    assert (moment.at.isoformat(timespec="minutes"), moment.precision) == (at, precision)


@pytest.mark.parametrize("phrase", ["5 min", "15 – 30 Min", "2 mins", "3-4 minuty"])
def test_how_long_a_text_takes_to_read_is_no_age_even_for_the_last_resort(phrase: str) -> None:
    pytest.importorskip("dateparser")
    moment = in_words(phrase, fetched_at=SEEN, timezone="UTC", language="de", last_resort=True)
    assert moment is None


@pytest.mark.parametrize(
    ("day", "year", "month", "of_month"),
    [
        (date(2025, 3, 21), 1404, 1, 1),
        (date(2024, 3, 20), 1403, 1, 1),
        (date(2025, 3, 20), 1403, 12, 30),
        (date(1979, 2, 11), 1357, 11, 22),
    ],
)
def test_persian_days_are_those_of_the_official_calendar(day: date, year: int, month: int, of_month: int) -> None:
    assert calendars.jalali(year, month, of_month) == day
    assert calendars.to_jalali(day) == (year, month, of_month)


def test_persian_days_lead_back_and_forth_over_the_whole_calendar() -> None:
    day, days = calendars.jalali(1244, 1, 1), 0
    while day < calendars.jalali(1472, 12, 1):
        assert calendars.jalali(*calendars.to_jalali(day)) == day
        day += timedelta(days=1)
        days += 1
    assert days > 83_000
    for outside in (date(1865, 3, 20), date(2094, 3, 21), date.max, date.min):
        with pytest.raises(ValueError, match="outside the calendar"):
            calendars.to_jalali(outside)


def test_a_persian_year_without_leap_day_has_29_days_in_its_last_month() -> None:
    with pytest.raises(ValueError, match="no such day"):
        calendars.jalali(1404, 12, 30)


def test_islamic_days_are_those_of_umm_al_qura() -> None:
    assert calendars.hijri(1446, 9, 1) == date(2025, 3, 1)
    assert calendars.hijri(1447, 1, 1) == date(2025, 6, 26)


@given(st.dates(min_value=date(1979, 11, 20), max_value=date(2076, 1, 1)))
def test_islamic_days_come_back(day: date) -> None:
    assert calendars.hijri(*calendars.to_hijri(day)) == day


def said(text: str, language: str | None) -> str | None:
    moment = said_on(text, near=SEEN + timedelta(days=520), language=language)
    assert moment is None or moment.precision == "day"
    return None if moment is None else f"{moment.at:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("On June 20, 2025, Qais Al-Khazali, secretary-general of Asa'ib Ahl Al-Haqq, condemned the threats. [1]", "en"),
        ("In a statement published on June 20, 2025 the group said so.", "en"),
        ("Since October 7, 2024, little had changed. On Friday, June 20, 2025, he said so.", "en"),
        ("BAGHDAD, June 20, 2025 (Agency) - The secretary-general said so.", "en"),
        ("في 20 حزيران 2025، دان الأمين العام التهديدات", "ar"),
        ("بيان صادر يوم الجمعة 20 يونيو 2025 عن الحركة", "ar"),
        ("در تاریخ ۳۰ خرداد ۱۴۰۴ گفت", "fa"),
        ("20 Haziran 2025'te yaptığı açıklamada", "tr"),
        ("ב-20 ביוני 2025 אמר המזכיר הכללי", "he"),
        ("20 июня 2025 года он заявил", "ru"),
    ],
)  # fmt: skip
def test_the_day_that_a_text_gives_is_found(text: str, language: str) -> None:
    assert said(text, language) == "2025-06-20"


@pytest.mark.parametrize(
    "text",
    [
        "He spoke of the war of 20 May 2024 and of nothing else.",
        "Since October 7, 2024, little has changed.",
        "On September 11, 2001, the towers fell.",
        "On June 20, 2035, it will be over.",
        "He was born in 1974.",
        "x" * 2_000 + " On June 20, 2025, he said so.",
        "",
    ],
)
def test_other_days_in_a_text_are_not_the_day_it_was_said(text: str) -> None:
    assert said(text, "en") is None


def test_a_figure_that_is_no_decimal_digit_is_not_read_as_one() -> None:
    assert in_words("፩ March 2025", fetched_at=SEEN, timezone="UTC", language=None) is None


@pytest.mark.parametrize("phrase", ["300 years ago", "3000 months ago", "2 March 2034"])
def test_what_is_understood_whenever_it_was_is_refused_where_a_publication_is_asked_for(phrase: str) -> None:
    assert read(phrase, "en") is None
    assert in_words(phrase, fetched_at=SEEN, timezone="UTC", language="en", whenever=True) is not None


@pytest.mark.parametrize("phrase", ["9999 years ago", "2 March 0900", "9999 weeks 9999 years ago"])
def test_what_lies_outside_of_the_calendar_is_nothing_at_all(phrase: str) -> None:
    assert in_words(phrase, fetched_at=SEEN, timezone="UTC", language="en", whenever=True) is None
