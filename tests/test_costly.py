"""Pages that cost whoever reads them: time grows with their length, and not with its square. Measured as ratios of processor time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from scraper.model import Page, Source
from scraper.parsers import channel
from scraper.parsers.article import parse

SAID = "<p>" + "The committee read the annual report aloud and thanked everyone who had helped with it. " * 3 + "</p>"
SOURCE = Source(id="s", kind="listing", url="https://site.example/")
PREVIEW = Source(id="c", kind="channel", url="https://t.me/s/example")


def page(html: str) -> Page:
    at = datetime(2025, 6, 20, 12, 40, tzinfo=UTC)
    url = "https://site.example/a/1"
    return Page(url=url, asked=url, body=html.encode(), fetched_at=at, media_type="text/html", charset="utf-8")


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("dress", ["<span>{}</span> ", "<b>{}</b> ", "<font color=red>{}</font> ", "{}<sup>1</sup> "])
def test_a_paragraph_whose_every_word_is_dressed_is_read_in_little_time(dress: str) -> None:
    """As converters of office files write them. Twenty thousand words took half a minute; now less than a tenth of that."""
    words = "".join(dress.format(f"word{number}") for number in range(20_000))
    read = []
    took = seconds(
        lambda: read.append(parse(page(f"<html><body><h1>Report</h1>{SAID}<p>{words}</p></body></html>"), SOURCE))
    )
    assert "word0" in read[0].text
    assert "word19999" in read[0].text
    assert took < 10


def test_a_page_with_a_little_dress_keeps_it() -> None:
    dressed = f"<html><body><h1>Report</h1>{SAID}<p>It <b>will</b> meet <span>again</span> in the large hall, in May.</p></body></html>"
    assert "It will meet again in the large hall, in May." in parse(page(dressed), SOURCE).text


def test_a_message_of_very_many_parts_says_each_once_in_little_time() -> None:
    """Each was compared with all before it: 60,000 took over ten seconds."""
    parts = "".join(f'<div class="tgme_widget_message_text">Words {i % 30_000}</div>' for i in range(31_000))
    whole = f'<html><body><div class="tgme_widget_message" data-post="a/1">{parts}</div></body></html>'
    found = []
    took = seconds(lambda: found.append(channel.parse(page(whole), PREVIEW)))
    text = found[0].items[0].text or ""
    assert text.split("\n")[:2] == ["Words 0", "Words 1"]
    assert len(text.split("\n")) == len(set(text.split("\n")))
    assert took < 10


def test_a_message_is_named_by_figures_that_everybody_reads() -> None:
    whole = '<html><body><div class="tgme_widget_message" data-post="a/\u0661"><div class="tgme_widget_message_text">x</div></div>'
    good = '<div class="tgme_widget_message" data-post="a/2"><div class="tgme_widget_message_text">y</div></div></body></html>'
    assert [item.guid for item in channel.parse(page(whole + good), PREVIEW).items] == ["a/2"]
