"""Replies to an alert: any two texts give a message within the limits, with sound spans and balanced isolates."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.followup import draw_edit, draw_removal, fingerprint
from alerts.model import Message
from alerts.shown import units
from tests.alert_values import NOW, TROUBLE, alert, model_alert, statement

WORDS = st.one_of(
    st.text(max_size=200),
    st.text(TROUBLE, max_size=200),
    st.lists(
        st.sampled_from(["threat", "قيس", "קול", "كلمة،", "😀", "\u2067x\u2069", "@name", "2026"]), max_size=900
    ).map(" ".join),
)


def sound(message: Message) -> None:
    """Within Telegram's limits, every span on something, every isolate closed on its own line."""
    text = message.text
    assert 0 < units(text) <= 4096
    assert len(message.spans) <= 100
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066\u2067\ud800-\udfff]", text)
    for part in text.split("\n"):
        assert re.fullmatch("[^\u2068\u2069]*(\u2068[^\u2068\u2069]*\u2069[^\u2068\u2069]*)*", part)
    for span in message.spans:
        inside = text[span.start : span.end]
        assert inside and inside == inside.strip()
        assert inside.count("\u2068") == inside.count("\u2069")
    assert text == text.strip()


@settings(max_examples=150)
@given(title=WORDS, before=WORDS, after=WORDS, other=WORDS, context=st.integers(0, 400))
def test_any_edit_fits_a_message_with_sound_spans_and_balanced_isolates(
    title: str, before: str, after: str, other: str, context: int
) -> None:
    told = alert(statement(title=title, text=before), ())
    sound(draw_edit(told, (title, before), (other, after), at=NOW, timezone="UTC", context=context))


@settings(max_examples=100)
@given(title=WORDS, text=WORDS)
def test_any_removal_fits_a_message_with_sound_spans_and_balanced_isolates(title: str, text: str) -> None:
    found = replace(statement(title=title, text=text * 9), removed_at=NOW)
    sound(draw_removal(alert(found, ()), timezone="Asia/Baghdad"))


def styled(message: Message, style: str) -> list[str]:
    return [message.text[span.start : span.end] for span in message.spans if span.style == style]


def edit(before: str, after: str, **more: Any) -> Message:
    return draw_edit(model_alert(), ("The headline", before), ("The headline", after), at=NOW, timezone="UTC", **more)


def test_what_went_is_struck_out_and_what_came_is_underlined() -> None:
    message = edit("He condemned the threats of Friday.", "He condemned the words of Friday.")
    assert (styled(message, "strike"), styled(message, "underline")) == (["threats"], ["words"])
    assert "The headline" not in message.text


def test_a_changed_headline_stands_on_a_line_of_its_own() -> None:
    message = draw_edit(model_alert(), ("Old headline", "text"), ("New headline", "text"), at=NOW, timezone="UTC")
    assert "headline: Old New headline" in message.text
    assert styled(message, "quote") == []


def test_more_changes_than_a_message_can_hold_are_cut_with_the_way_to_see_them_all() -> None:
    message = edit(" ".join(f"a{n} same" for n in range(900)), " ".join(f"b{n} same" for n in range(900)))
    assert "bayan statements diff 21" in message.text
    sound(message)


def test_both_texts_are_named_by_their_digests() -> None:
    message = edit("one", "two")
    assert styled(message, "code")[1:] == [fingerprint("The headline", "one"), fingerprint("The headline", "two")]


def test_what_was_stored_is_in_the_removal_up_to_what_a_message_holds() -> None:
    found = replace(statement(text="The whole text of it. " * 500), removed_at=NOW)
    message = draw_removal(alert(found, ()), timezone="UTC")
    assert styled(message, "quote")[0].startswith("The whole text of it.")
    assert styled(message, "quote")[0].endswith("…")
    assert styled(message, "link") == [found.title]
