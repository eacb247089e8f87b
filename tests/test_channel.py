"""The public preview of a Telegram channel: what a message says, when, in whose words; and when there is no preview."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.config import load
from scraper import endpoint, sources, store
from scraper.errors import ParseError
from scraper.model import Item, Listed
from scraper.parsers.channel import parse
from tests.answers import answer, asking, recorded
from tests.configurations import ENVIRON
from tests.fake_site import FakeSite
from tests.street import configuration, house, local

SOURCE = asking("channel", "https://t.me/s/example_channel", language="ar")
MESSAGE = (
    '<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="{post}">'
    '<div class="tgme_widget_message_text js-message_text">{text}</div><span class="tgme_widget_message_meta">{mark}'
    '<a class="tgme_widget_message_date" href="https://t.me/{post}"><time datetime="2026-06-20T09:{at:02d}:00+00:00">x</time></a>'
    "</span></div></div>"
)


def preview(*messages: tuple[str, str], mark: str = "") -> str:
    """A preview with messages of (guid, HTML), a minute apart."""
    said = "".join(MESSAGE.format(post=post, text=text, mark=mark, at=at) for at, (post, text) in enumerate(messages))
    return f'<html><body><section class="tgme_channel_history">{said}</section></body></html>'


@pytest.fixture(scope="module")
def listed() -> Listed:
    return parse(answer(recorded("channel.html"), SOURCE.url), SOURCE)


def one(text: str) -> Item:
    return parse(answer(preview(("c/1", text)), SOURCE.url), SOURCE).items[0]


def refused(body: bytes | str) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(answer(body, SOURCE.url), SOURCE)
    return caught.value


def test_every_message_is_an_item_and_service_messages_are_none(listed: Listed) -> None:
    assert [item.guid for item in listed.items] == [f"example_channel/{n}" for n in (2, 3, 4, 6)]
    assert listed.title == "Example Channel"


def test_a_message_has_its_own_address_and_the_second_it_was_posted(listed: Listed) -> None:
    item = listed.items[0]
    assert item.url == "https://t.me/example_channel/2"
    assert item.published is not None
    assert item.published.at.isoformat() == "2026-06-20T09:12:30+00:00"
    assert (item.published.precision, item.published.confident) == ("second", True)


def test_the_text_keeps_its_line_breaks_and_loses_its_markup_and_the_link_card(listed: Listed) -> None:
    item = listed.items[0]
    assert item.text == "بيان صادر عن الشيخ قيس الخزعلي\n\nنرفض التهديدات.\nSecond line & 🟢 end"
    assert item.title == "بيان صادر عن الشيخ قيس الخزعلي"
    assert item.author == "Example Channel"


def test_a_forwarded_message_names_whose_words_it_holds(listed: Listed) -> None:
    item = listed.items[1]
    assert item.forwarded_from == "Another Channel"
    assert item.author == "Another Channel"


def test_a_reply_names_what_it_answers_and_does_not_repeat_it(listed: Listed) -> None:
    item = listed.items[1]
    assert item.reply_to == "example_channel/2"
    assert item.text == "Words of another\nand a quotation\nafter it"


def test_an_edited_message_says_so(listed: Listed) -> None:
    assert [item.edited for item in listed.items] == [False, True, False, False]


def test_the_caption_of_an_album_is_said_once_and_the_clock_of_a_video_is_not_its_time(listed: Listed) -> None:
    item = listed.items[2]
    assert item.text == "A caption said once"
    assert item.author == "The Editor"
    assert item.published is not None
    assert item.published.at.hour == 10


def test_a_message_of_pictures_alone_is_an_item_without_words(listed: Listed) -> None:
    assert (listed.items[3].title, listed.items[3].text) == ("", None)


@pytest.mark.parametrize(
    ("brought", "title"),
    [
        (
            '<div class="tgme_widget_message_document_title accent_color" dir="auto">بيان رقم 12.pdf</div>',
            "بيان رقم 12.pdf",
        ),
        ('<div class="tgme_widget_message_poll_question">من يمثلكم؟</div>', "من يمثلكم؟"),
    ],
)
def test_a_message_without_words_is_called_what_it_brings(brought: str, title: str) -> None:
    page = preview(("c/1", "")).replace('<div class="tgme_widget_message_text js-message_text"></div>', brought)
    item = parse(answer(page, SOURCE.url), SOURCE).items[0]
    assert (item.title, item.text) == (title, None)


def test_a_preview_that_is_switched_off_is_no_empty_channel() -> None:
    off = refused(recorded("channel-preview-off.html"))
    assert off.outcome == "suspect"
    assert "preview off" in off.detail
    assert "Closed Channel" in off.detail
    assert parse(answer(recorded("channel-empty.html")), SOURCE).items == ()


def test_the_page_of_a_message_that_was_removed_says_that_it_is_gone() -> None:
    body = '<div class="tgme_widget_message"><div class="tgme_widget_message_error">{}</div></div>'
    assert refused(body.format("Post not found")).outcome == "gone"
    assert refused(body.format("Please open Telegram to view this post")).detail.startswith("preview off")


def test_the_page_of_a_message_that_stands_shows_it_alone() -> None:
    found = parse(answer(recorded("channel-post.html"), SOURCE.url), SOURCE)
    assert [item.guid for item in found.items] == ["example_channel/2"]
    assert refused(recorded("channel-post-gone.html")).outcome == "gone"


def test_older_messages_are_offered_where_there_are_any(listed: Listed) -> None:
    assert listed.next_page == "https://t.me/s/example_channel?before=1"
    assert parse(answer(preview(("c/1", "first"))), SOURCE).next_page is None


def test_a_page_that_is_no_channel_is_suspect_and_named() -> None:
    wall = refused("<html><head><title>Just a moment</title></head><body>Checking</body></html>")
    assert (wall.outcome, "Just a moment" in wall.detail) == ("suspect", True)


def test_an_answer_without_a_body_is_empty() -> None:
    assert refused(b" \n").outcome == "empty"


def test_a_page_built_to_hurt_is_refused_before_a_tree_is_built() -> None:
    assert refused("<div>" * 5_000).outcome == "too_complex"


def test_line_feeds_inside_a_paragraph_are_spaces_and_those_of_code_stay() -> None:
    assert one("a\n   b<br/>c<pre>x\n y</pre>d").text == "a b\nc\nx\ny\nd"


def test_a_break_before_a_quotation_ends_one_line_and_two_leave_one_empty() -> None:
    assert one("a<br><blockquote>b</blockquote>c").text == "a\nb\nc"
    assert one("a<br><br><blockquote>b</blockquote>c").text == "a\n\nb\nc"


def test_edited_is_a_mark_beside_the_time_and_no_part_of_a_name() -> None:
    signed = '<span class="tgme_widget_message_from_author">{}</span>'
    marks = ("edited ", signed.format("Editor") + ",&nbsp;edited ", signed.format("Edited Volume"), "")
    pages = [preview(("c/1", "words"), mark=mark) for mark in marks]
    assert [parse(answer(page), SOURCE).items[0].edited for page in pages] == [True, True, False, False]


def test_a_long_first_line_makes_a_title_that_ends_at_a_word() -> None:
    title = one("word " * 100).title
    assert title.endswith("word…")
    assert len(title) <= 141


def test_a_message_whose_name_is_no_message_of_a_channel_is_left_out() -> None:
    page = preview(("c/1", "good"), ("../../x", "bad"), ("c/0x1", "bad"))
    assert [item.guid for item in parse(answer(page), SOURCE).items] == ["c/1"]


@given(st.text(alphabet=st.characters(exclude_characters="<>&\x00", exclude_categories=["Cs"]), max_size=200))
def test_whatever_a_message_says_is_text_and_never_markup(said: str) -> None:
    text = one(said).text
    assert text is None or "<" not in text


_PARTS = [
    *("<div>", "</div>", "<a>", "</a>", "<br>", "<pre>", "</pre>", "<time datetime='2026-06-20T10:00:00Z'>", "words"),
    "<div class='tgme_widget_message' data-post='c/1'>", "<div class='tgme_widget_message_text'>", "<template>",
    "<a class='tgme_widget_message_date' href='http://[x'>", "<a class='tgme_widget_message_reply' href='/c/9'>",
    "<section class='tgme_channel_history'>", "<svg>", "<table><td>", "<!--", "&#0;",
]  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), max_size=40))
def test_whatever_order_a_page_has_its_parts_in_it_is_items_or_a_parse_error(parts: list[str]) -> None:
    try:
        found = parse(answer("".join(parts)), SOURCE)
    except ParseError:
        return
    assert all(item.guid == "c/1" for item in found.items)


def test_the_address_of_the_preview_follows_from_the_name_and_may_be_another(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    channel = '[sources.{0}]\nkind = "channel"\nchannel = "{1}"\n{2}\n'
    text = channel.format("a", "example_channel", "") + channel.format(
        "b", "@other_one", 'url = "https://m.example/s/o"'
    )
    path.write_text(text + '[channels.screen]\nkind = "console"\n')
    first, second = load(path, ENVIRON).sources
    assert endpoint.address(first) == "https://t.me/s/example_channel"
    assert (second.channel, endpoint.address(second)) == ("other_one", "https://m.example/s/o")


# ------------------------------------------------------------------------------------------------------ end to end


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        yield running


async def test_a_new_message_rings_an_edit_is_a_revision_and_preview_off_is_told(
    tmp_path: Path, site: FakeSite
) -> None:
    old, new = ("c/1", "An old message"), ("c/2", "Qais al-Khazali speaks<br>on two lines")
    site.pages["/s/c"] = preview(old)
    source = local("tg", f"{site.origin}/s/c", kind="channel", channel="c", full_text=True)
    async with house(configuration(tmp_path, sources=(source,))) as bayan:

        async def poll() -> None:
            await bayan.service.once(only=["tg"], patience=timedelta())

        await poll()
        assert bayan.shown == ""
        site.pages["/s/c"] = preview(old, new)
        await poll()
        assert "Qais al-Khazali speaks" in bayan.shown
        site.pages["/s/c"] = preview(old, ("c/2", "Qais al-Khazali speaks<br>on two lines and a third"), mark="edited ")
        await poll()
        both = bayan.db.read_now(lambda conn: store.find(conn))
        edited = next(one for one in both if one.url == "https://t.me/c/2")
        assert len(both) == 2
        assert (edited.revision, edited.text) == (2, "Qais al-Khazali speaks\non two lines and a third")
        assert site.requests("/c/2") == 0, "a message is whole in the preview: its own page is not asked for"
        site.pages["/s/c"] = recorded("channel-preview-off.html")
        await poll()
        state = bayan.db.read_now(lambda conn: sources.state(conn, "tg"))
        assert state is not None
        assert state.outcome == "suspect"
        assert "preview off" in state.detail
