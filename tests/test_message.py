"""An alert as text and spans: every line of the model case, what no page may do in it, and the limits of a message."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.message import draw, draw_notice, plain, tag, tagged
from alerts.model import Actor, Alert, Carried, Message, Part
from alerts.shown import units
from scraper.model import Moment, Statement
from tests.alert_values import FIELDS, GROUP, KHAZALI, NOW, TITLE, TROUBLE, alert, match_at, met, model_alert, statement


def drawn(found: Statement, *surfaces: str, **fields: object) -> Message:
    return draw(alert(found, met(found, "@khazali", *(surfaces or ("Khazali",))), **fields), now=NOW)


def line(message: Message, mark: str) -> str:
    return next(line for line in message.text.split("\n") if line.startswith(mark))


def who(told: Alert) -> str:
    return draw(told, now=NOW).text.split("\n")[0]


def styled(message: Message, style: str) -> list[str]:
    return [message.text[span.start : span.end] for span in message.spans if span.style == style]


# ---------------------------------------------------------------- the model case


def test_the_model_case_reads_as_promised() -> None:
    assert draw(model_alert(), now=NOW).text == (
        "🔴 Qais al-Khazali, secretary-general, Asa'ib Ahl al-Haqq\n"
        f"{TITLE}\n"
        "🗞 Example News · news.\u2060example.\u2060org\n"
        "🗣 said Fri 20 Jun 2025 (date only) ⚠️ 521 days ago\n"
        "📅 published about Sun 22 Nov 2026, 21:30 UTC (to the hour: “7 hours ago”)\n"
        "👁 seen Mon 23 Nov 2026, 04:30 UTC\n"
        "🎯 rule desk-iraq: Qais al-Khazali (2 hits) + “threat*” (3 hits)\n"
        "On June 20, 2025, Qais Al-Khazali, the secretary-general of the Iran-backed Iraqi militia Asa'ib Ahl Al-Haqq, issued a "
        "statement of solidarity with Iran and condemned threats against high-ranking Shi'ite leaders. He called the threat "
        '"a direct attack on sacred figures and institutions, and it carries consequences that may extend far beyond the '
        "immediate moment.\" The group's channel, June 20, 2025.\n"
        f"#{tag(21)}"
    )


def test_the_hits_are_underlined_in_headline_and_passage() -> None:
    found = styled(draw(model_alert(), now=NOW), "underline")
    assert found == ["Qais Al-Khazali", "Threats", "Qais Al-Khazali", "threats", "threat"]


def test_the_headline_is_the_only_link() -> None:
    message = draw(model_alert(), now=NOW)
    links = [span for span in message.spans if span.style == "link"]
    assert [(message.text[span.start : span.end], span.url) for span in links] == [
        (TITLE, "https://news.example.org/reports/khazali")
    ]


def test_times_are_spans_with_their_moment_and_a_date_stays_a_date_in_every_zone() -> None:
    message = draw(model_alert(), now=NOW)
    times = [(span.at, span.format) for span in message.spans if span.style == "time"]
    assert times == [
        (datetime(2025, 6, 20, 11, 0, tzinfo=UTC), "wD"),
        (datetime(2026, 11, 22, 21, 30, tzinfo=UTC), "wDt"),
        (NOW, "wDt"),
    ]


def test_the_same_alert_is_drawn_the_same() -> None:
    assert draw(model_alert(), now=NOW) == draw(model_alert(), now=NOW)


def test_an_alert_that_may_be_a_repeat_says_so() -> None:
    assert "may repeat" in draw(model_alert(may_repeat=True), now=NOW).text
    assert "may repeat" not in draw(model_alert(), now=NOW).text


@pytest.mark.parametrize(
    ("delay", "words"),
    [
        (timedelta(minutes=43), "delayed 43 min"),
        (timedelta(hours=6), "delayed 6 h"),
        (timedelta(hours=49, minutes=5), "delayed 2 d 1 h"),
    ],
)
def test_a_late_alert_says_how_late(delay: timedelta, words: str) -> None:
    assert line(draw(model_alert(delayed=delay), now=NOW), "⏱") == f"⏱ {words}"


def test_the_tag_is_code_short_and_stable() -> None:
    assert styled(draw(model_alert(), now=NOW), "code") == ["desk-iraq", f"#{tag(21)}"]
    assert re.fullmatch(r"[0-9A-F]{4}-21", tag(21))
    assert tagged("#" + tag(21).lower()) == 21
    assert tagged("0000-21") is None


def test_the_plain_form_has_the_same_words_and_no_spans() -> None:
    message = draw(model_alert(), now=NOW)
    assert plain(message) == Message(message.text)


# ---------------------------------------------------------------- who and why


def test_an_alert_of_keywords_alone_names_the_list() -> None:
    found = statement()
    message = draw(alert(found, met(found, "threats", "threats"), actors=()), now=NOW)
    assert message.text.startswith("🔴 threats\n")
    assert styled(message, "bold")[0] == "threats"


def test_the_first_line_says_who_speaks_and_who_is_mentioned() -> None:
    found = statement()
    by = [replace(one, role="speaker") for one in met(found, "@khazali", "Qais Al-Khazali")]
    about = [replace(one, role="mentioned") for one in met(found, "@aah", "Asa'ib Ahl Al-Haqq")]
    message = draw(alert(found, by + about, actors=(KHAZALI, GROUP)), now=NOW)
    assert line(message, "🔴") == "🔴 Qais al-Khazali, secretary-general: said · mentions Asa'ib Ahl al-Haqq"


def test_several_actors_are_joined_and_a_group_that_rang_too_is_named_once() -> None:
    found = statement()
    matches = met(found, "@khazali", "Qais Al-Khazali") + met(found, "@aah", "Asa'ib Ahl Al-Haqq")
    message = draw(alert(found, matches, actors=(KHAZALI, GROUP)), now=NOW)
    assert line(message, "🔴") == "🔴 Qais al-Khazali, secretary-general · Asa'ib Ahl al-Haqq"


def test_a_name_met_in_another_script_is_shown_in_both() -> None:
    found = statement(title="قيس الخزعلي يدين", text="قال قيس الخزعلي")
    message = drawn(found, "قيس الخزعلي")
    assert line(message, "🔴").startswith("🔴 Qais al-Khazali · \u2068قيس الخزعلي\u2069, secretary-general")
    assert "“" not in line(message, "🎯")[:10]
    assert line(message, "🎯").endswith("Qais al-Khazali as “\u2068قيس الخزعلي\u2069” (2 hits)")


def test_a_speakers_name_is_shown_in_both_scripts_where_the_watchlist_knows_it() -> None:
    known = replace(KHAZALI, aliases=("Kays el-Hazali", "قيس الخزعلي"))
    assert who(model_alert(actors=(known,))).startswith("🔴 Qais al-Khazali, ")
    spoken = tuple(replace(match, role="speaker") for match in model_alert().matches)
    assert who(replace(model_alert(actors=(known,)), matches=spoken)).startswith(
        "🔴 Qais al-Khazali · \u2068قيس الخزعلي\u2069, "
    )


def test_role_and_group_are_those_of_the_text_where_the_watchlist_says_nothing() -> None:
    bare = replace(KHAZALI, role="", member_of=())
    assert who(model_alert(actors=(bare,))).startswith("🔴 Qais al-Khazali, secretary-general, ")


def test_what_a_speaker_says_word_for_word_is_shown_where_the_passage_does_not_hold_it() -> None:
    said = (
        "He spoke. " * 60 + "Qais Al-Khazali said: “the threat is a direct attack on sacred figures and institutions”."
    )
    found = statement(text=said)
    matches = [replace(match, role="speaker") for match in met(found, "@khazali", "Qais Al-Khazali")]
    quoted = "💬 “the threat is a direct attack on sacred figures and institutions”"
    assert quoted in draw(alert(found, matches), now=NOW, excerpt=60).text
    assert quoted not in draw(alert(found, matches), now=NOW, excerpt=2_000).text


def test_sources_that_carry_it_are_named_with_their_lead_and_the_rest_counted() -> None:
    carried = tuple(Carried(f"Outlet {n}", NOW + timedelta(minutes=12 * n)) for n in range(9))
    text = draw(model_alert(carried=carried), now=NOW).text
    assert (
        "🔁 9 sources, first: Outlet 0, Mon 23 Nov 2026, 04:30 UTC · also: Outlet 1 +12 min, Outlet 2 +24 min" in text
    )
    assert "Outlet 6 +72 min and 2 more\n" in text
    assert "🔁" not in draw(model_alert(carried=carried[:1]), now=NOW).text


def test_what_had_to_be_done_to_meet_a_name_is_told() -> None:
    found = statement(title="AAH speaks")
    message = draw(alert(found, met(found, "@aah", "AAH", steps=("folded", "weak: with Baghdad"))), now=NOW)
    assert line(message, "🎯").endswith("· weak: with Baghdad")


# ---------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (None, "no date given"),
        (Moment(datetime(2026, 11, 22, 9, 5, 7, tzinfo=UTC), "second", "feed:published"), "Sun 22 Nov 2026, 09:05 UTC"),
        (Moment(datetime(2026, 11, 22, tzinfo=UTC), "day", "meta"), "Sun 22 Nov 2026 (date only)"),
        (
            Moment(datetime(2026, 11, 20, 4, 30, tzinfo=UTC), "day", "relative: 3 days ago"),
            "about Fri 20 Nov 2026 (date only: “3 days ago”)",
        ),
        (
            Moment(datetime(2026, 11, 25, tzinfo=UTC), "minute", "feed:published"),
            "Wed 25 Nov 2026, 00:00 UTC ⚠️ in the future",
        ),
        (
            Moment(datetime(2026, 9, 1, tzinfo=UTC), "minute", "feed:published"),
            "Tue 1 Sep 2026, 00:00 UTC ⚠️ 83 days ago",
        ),
    ],
)
def test_a_published_time_says_how_much_is_known(moment: Moment | None, told: str) -> None:
    assert line(drawn(statement(published=moment)), "📅") == f"📅 published {told}"


def test_a_date_is_the_one_that_the_page_gave_in_its_own_zone() -> None:
    baghdad = timezone(timedelta(hours=3))
    moment = Moment(datetime(2026, 11, 22, 0, 0, tzinfo=baghdad), "day", "meta")
    assert line(drawn(statement(published=moment)), "📅") == "📅 published Sun 22 Nov 2026 (date only)"


def test_times_are_written_in_the_configured_zone() -> None:
    message = draw(model_alert(), now=NOW, timezone="Asia/Baghdad")
    assert line(message, "👁") == "👁 seen Mon 23 Nov 2026, 07:30 UTC+3"


def test_a_time_that_telegram_cannot_hold_stays_words() -> None:
    message = drawn(statement(published=Moment(datetime(1, 1, 1, tzinfo=UTC), "minute", "meta"), said_on=None))
    assert "Mon 1 Jan 1, 00:00 UTC" in message.text
    assert len(styled(message, "time")) == 1


def test_an_unknown_zone_is_read_as_utc() -> None:
    assert line(draw(model_alert(), now=NOW, timezone="../Nowhere"), "👁").endswith("04:30 UTC")


# ---------------------------------------------------------------- what a page may not do


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("javascript:alert(1)", "no link: javascript"),
        ("data:text/html,x", "no link: data"),
        ("file:///etc/passwd", "no link: file"),
        ("tg://resolve?domain=x", "no link: tg"),
        ("https://reuters.com@evil.invalid/", "no link: evil.invalid"),
        ("https://site.invalid/" + "p" * 8000, "no link: site.invalid"),
        ("http://localhost:8080/", "no link: http"),
        ("https://a.invalid\\@b.invalid/", "no link: https"),
    ],
)
def test_an_address_that_is_no_web_page_becomes_no_link(url: str, where: str) -> None:
    message = drawn(statement(url=url))
    assert styled(message, "link") == []
    assert line(message, "🗞").replace("\u2060", "") == f"🗞 Example News · {where}"


@pytest.mark.parametrize(
    ("url", "link", "host"),
    [
        ("https://rеuters.com/x", "https://xn--ruters-3of.com/x", "xn--ruters-3of.com"),
        ("http://[::1]/", "http://[::1]/", "[::1]"),
        ("http://127.0.0.1:81/a?utm_source=x&b=1#c", "http://127.0.0.1:81/a?b=1#c", "127.0.0.1"),
        ("https://A.example/بيان", "https://a.example/%D8%A8%D9%8A%D8%A7%D9%86", "a.example"),
    ],
)
def test_a_link_leads_to_the_host_that_is_shown(url: str, link: str, host: str) -> None:
    message = drawn(statement(url=url))
    assert [span.url for span in message.spans if span.style == "link"] == [link]
    assert line(message, "🗞").replace("\u2060", "").endswith(f" · {host}")


@pytest.mark.parametrize(
    ("title", "acts"),
    [
        ("/stop@bayan_bot Khazali", "/stop"),
        ("@everyone Khazali @admin", "@everyone"),
        ("Khazali #tag $TAG", "#tag"),
        ("Khazali $TAG", "$TAG"),
        ("Khazali +15551234567", "+1555"),
        ("Khazali test@site.invalid", "@site"),
        ("Khazali https://evil.invalid/", "://evil"),
        ("Khazali t.me/evil", "t.me"),
        ("Khazali 192.0.2.1", "192.0.2.1"),
    ],
)
def test_nothing_of_a_page_acts_in_a_chat(title: str, acts: str) -> None:
    message = drawn(statement(title=title))
    headline = message.text.split("\n")[1]
    assert headline.replace("\u2060", "") == title
    assert acts not in headline


def test_markup_of_a_page_is_shown_as_it_stands() -> None:
    title = "Khazali <b>bold</b> *bold* _it_ `c` ||s|| {{7*7}} %s &lt;b&gt;"
    message = drawn(statement(title=title))
    assert message.text.split("\n")[1].replace("\u2060", "") == title
    assert styled(message, "bold")[1:] == [message.text.split("\n")[1]]


@pytest.mark.parametrize(
    "title", ["Khazali \u202esurrenders\u202c", "Khazali \u2066\u2067hidden\u2069 order", "\u200f\u200eKhazali\u061c"]
)
def test_bidi_controls_of_a_page_are_gone(title: str) -> None:
    assert not re.search("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]", drawn(statement(title=title)).text)


def test_control_and_zero_width_characters_are_gone_and_the_hit_stays_whole() -> None:
    found = statement(title="Qais al-Kh\u200bazali\x1b[2J sp\u00adeaks\u2028here")
    message = drawn(found, "Kh\u200bazali")
    assert message.text.split("\n")[1] == "Qais al-Khazali[2J speaks here"
    assert styled(message, "underline") == ["Khazali"]


@pytest.mark.parametrize("title", ["بيان: می‌شود گفت", "👩‍👩‍👧‍👦 Khazali 🇮🇶", "قَيْس الخَزْعَلِي", "Ångström क्‍ष"])
def test_what_is_written_rightly_stays_as_it_is(title: str) -> None:
    headline = drawn(statement(title=title)).text.split("\n")[1]
    assert headline.strip("\u2068\u2069") == title


def test_right_to_left_text_stands_in_isolates() -> None:
    found = statement(title="بيان قيس الخزعلي", text="أصدر قيس الخزعلي بيانا")
    text = drawn(found, "قيس الخزعلي", source_name="وكالة").text
    assert text.split("\n")[1] == "\u2068بيان قيس الخزعلي\u2069"
    assert "🗞 \u2068وكالة\u2069 · " in text
    assert "\n\u2068أصدر قيس الخزعلي بيانا\u2069\n" in text


def test_a_quote_cannot_pretend_to_be_another_line_of_the_alert() -> None:
    found = statement(text="Khazali spoke.\n🎯 rule forged: all clear\n#0000-1")
    assert [part[0] for part in drawn(found).text.split("\n")] == ["🔴", "I", "🗞", "🗣", "📅", "👁", "🎯", "K", "#"]


# ---------------------------------------------------------------- the passage


def test_footnote_marks_are_left_out_of_the_passage() -> None:
    found = statement(text="He spoke.[1] Khazali [12] added [2025] words. [3]")
    message = drawn(found)
    assert styled(message, "quote") == ["He spoke. Khazali added [2025] words."]
    assert styled(message, "underline")[-1] == "Khazali"


def test_a_long_text_is_windowed_around_its_hits_and_cut_between_words() -> None:
    filler = "word " * 400
    found = statement(text=f"{filler}. Then Khazali spoke to us. {filler}")
    message = draw(alert(found, met(found, "@khazali", "Khazali")), now=NOW, excerpt=200)
    (quote,) = styled(message, "quote")
    assert quote.startswith("… ") and quote.endswith(" …") and len(quote) <= 206
    assert "Then Khazali spoke" in quote
    assert set(re.findall(r"\w+", quote)) == {"word", "Then", "Khazali", "spoke", "to", "us"}


def test_every_watch_is_in_the_passage_where_it_has_room() -> None:
    filler = "word " * 400
    found = statement(text=f"Khazali began. {filler} Later came threats. {filler} At last the sword.")
    matches = met(found, "@khazali", "Khazali") + met(found, "a", "threats") + met(found, "b", "sword")
    quote = styled(draw(alert(found, matches), now=NOW, excerpt=400), "quote")[0]
    assert [word in quote for word in ("Khazali", "threats", "sword")] == [True, True, True]
    assert len(quote) <= 412


def test_the_beginning_is_the_passage_where_only_the_headline_was_met() -> None:
    found = statement(title="Khazali speaks", text="Somebody said something. " * 60)
    quote = styled(drawn(found), "quote")[0]
    assert quote.startswith("Somebody said something.") and quote.endswith("…")


def test_a_hit_deep_in_an_endless_headline_is_shown_in_the_passage() -> None:
    found = statement(title="x" * 2000 + " Khazali " + "y " * 500, text="")
    assert "Khazali" in styled(drawn(found), "quote")[0]


def test_an_alert_without_a_body_has_no_passage() -> None:
    message = drawn(statement(title="Khazali speaks", text="", summary=""))
    assert styled(message, "quote") == []
    assert message.text.endswith(f"(1 hit)\n#{tag(21)}")


def test_the_summary_stands_in_for_a_text_that_has_not_come() -> None:
    message = drawn(statement(title="Statement", text="", summary="Khazali threatens."))
    assert styled(message, "quote") == ["Khazali threatens."]
    assert styled(message, "underline") == ["Khazali"]


def test_hits_of_an_older_text_are_found_by_their_words() -> None:
    found = statement()
    moved = replace(found, text="New lead. " + found.text)
    message = draw(alert(moved, met(found, "@khazali", "Qais Al-Khazali")), now=NOW)
    assert styled(message, "underline") == ["Qais Al-Khazali", "Qais Al-Khazali"]


def test_a_long_headline_is_cut_with_a_mark() -> None:
    headline = drawn(statement(title="Khazali " + "speaks " * 900)).text.split("\n")[1]
    assert headline.endswith("speaks…") and units(headline) <= 300


def test_a_headline_is_never_cut_inside_a_picture() -> None:
    for title in ("👩‍👩‍👧‍👦" * 400, "\U0001f1ee\U0001f1f6" * 900, "a\u0301" * 3000):
        headline = drawn(statement(title=title)).text.split("\n")[1]
        whole = headline.removesuffix("…")
        assert title.startswith(whole)
        assert len(whole) % {"👩": 7, "\U0001f1ee": 2, "a": 2}[title[0]] == 0


def test_a_passage_is_as_long_as_a_message_has_room_for() -> None:
    for letter in ("x ", "😀", "ق "):
        text = "Khazali " + letter * 6000
        message = draw(
            alert(statement(text=text), met(statement(text=text), "@khazali", "Khazali")), now=NOW, excerpt=6000
        )
        assert 4000 < units(message.text) <= 4096
        assert styled(message, "quote")[0].strip("\u2068\u2069").endswith("…")


def test_everything_at_its_longest_still_fits_and_leaves_room_for_the_passage() -> None:
    long = "😀" * 500
    found = statement(
        title=long, text=f"{long} Khazali {long}", url=f"https://{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.example/"
    )
    moment = Moment(datetime(2020, 1, 1, tzinfo=UTC), "day", f"relative: {long}")
    actors = tuple(Actor(f"a{i}", "person", f"{i}{long}", role=long, member_of=(long, "x" + long)) for i in range(8))
    matches = [
        replace(
            match,
            actor=f"a{i % 8}" if i < 8 else None,
            rule=None if i < 8 else "r",
            pattern=f"{i}{long}",
            steps=(long, f"{i}{long}"),
        )
        for i in range(16)
        for match in met(found, "@khazali", "Khazali")
    ]
    message = draw(
        alert(
            replace(found, published=moment, said_on=moment),
            matches,
            actors=actors,
            routes=tuple(f"{i}{long}" for i in range(9)),
            source_name=long,
            may_repeat=True,
            delayed=timedelta(days=9999),
        ),
        now=NOW,
    )
    assert units(message.text) <= 4096
    assert len(message.spans) <= 100
    assert "Khazali" in styled(message, "quote")[0]


# ---------------------------------------------------------------- notices


def test_a_notice_keeps_its_lines_and_acts_on_nothing() -> None:
    message = draw_notice("source x is broken\n/stop @admin \x1b[2J\nمصدر")
    assert message == Message("source x is broken\n/\u2060stop @\u2060admin [2J\n\u2068مصدر\u2069")


def test_a_notice_is_never_empty_nor_too_long() -> None:
    assert draw_notice(" \n\x00").text == "(a notice without words)"
    assert units(draw_notice("😀" * 9000 + "\n" + "x\n" * 900).text) <= 4096
    assert draw_notice("x\n" * 900).text.endswith("…")


# ---------------------------------------------------------------- any text at all

ANY = st.one_of(
    st.text(max_size=200), st.text(TROUBLE, max_size=200), st.text(TROUBLE, max_size=30).map(lambda text: text * 80)
)
HITS = st.lists(st.tuples(st.sampled_from(FIELDS), st.integers(0, 3000), st.integers(1, 30)), max_size=80)


@st.composite
def messages(build: st.DrawFn) -> Message:
    title, text, name, other = build(ANY), build(ANY), build(ANY), build(ANY)
    found = statement(
        title=title,
        text=text,
        summary=other,
        url=build(st.sampled_from([None, other, f"https://x.example/{other}"])),
        published=Moment(build(st.datetimes(timezones=st.just(UTC))), "hour", f"relative: {other}"),
    )
    actor = Actor("khazali", "person", name, role=other, member_of=(name, other))
    told = alert(
        found,
        [hit for place in build(HITS) if (hit := match_at(found, *place)) is not None],
        actors=(actor,) * build(st.integers(0, 6)),
        routes=(name, other) * build(st.integers(0, 3)),
        source_name=name,
        may_repeat=True,
        delayed=timedelta(days=400),
        carried=tuple(Carried(one, NOW) for one in (name, other, title) * build(st.integers(0, 5))),
        news=build(st.sampled_from(["", "a denial"])),
        follows="A7F3-21",
        edited_at=NOW,
        removed_at=NOW,
    )
    return draw(told, now=NOW, excerpt=build(st.integers(0, 5000)))


@settings(max_examples=200)
@given(messages())
def test_any_alert_fits_a_message_with_sound_spans_and_balanced_isolates(message: Message) -> None:
    text = message.text
    assert 0 < units(text) <= 4096
    assert len(message.spans) <= 100
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066\u2067\ud800-\udfff]", text)
    for part in text.split("\n"):
        assert re.fullmatch("[^\u2068\u2069]*(\u2068[^\u2068\u2069]*\u2069[^\u2068\u2069]*)*", part)
    for span in message.spans:
        inside = text[span.start : span.end]
        assert inside and inside == inside.strip()
        assert inside[0] != "\u2060" and inside[-1] != "\u2060"
        assert inside.count("\u2068") == inside.count("\u2069")
    assert text == text.strip()


@given(ANY)
def test_any_notice_fits_a_message(text: str) -> None:
    message = draw_notice(text)
    assert 0 < units(message.text) <= 4096
    assert message.text.count("\u2068") == message.text.count("\u2069")


def test_what_claims_to_be_older_than_the_set_age_is_marked_and_nothing_younger() -> None:
    alert = model_alert()
    assert alert.statement.said_on is not None
    age = NOW - alert.statement.said_on.at
    assert f"⚠️ {age.days} days ago" in draw(alert, now=NOW, max_age=age - timedelta(hours=1)).text
    assert "days ago" not in draw(alert, now=NOW, max_age=age + timedelta(hours=1)).text


def test_an_alert_tells_the_chosen_parts_and_always_its_headline_passage_and_tag() -> None:
    alert = model_alert()
    whole = draw(alert, now=NOW)
    bare = draw(alert, now=NOW, show=(), max_age=timedelta(days=100_000))
    assert bare.text.split("\n")[0].startswith("Iraqi Militia Leader")
    assert bare.text.split("\n")[-1] == f"#{alert.tag}"
    linked: tuple[Part, ...] = ("link",)
    signs: dict[Part, str] = {
        "actor": "🔴", "source": "🗞", "published": "📅", "first_seen": "👁", "original_and_folded_match": "🎯",
    }  # fmt: skip
    for part, sign in signs.items():
        assert sign in whole.text and sign not in bare.text
        assert sign in draw(alert, now=NOW, show=(part,)).text
    assert [span.style for span in bare.spans].count("link") == 0
    assert [span.style for span in draw(alert, now=NOW, show=linked).spans].count("link") == 1
    assert any(span.style == "quote" for span in bare.spans)


def test_a_warning_stands_there_whatever_is_chosen() -> None:
    alert = model_alert()
    assert "days ago" in draw(alert, now=NOW, show=(), max_age=timedelta(minutes=1)).text
    assert "may repeat" in draw(replace(alert, may_repeat=True), now=NOW, show=()).text
