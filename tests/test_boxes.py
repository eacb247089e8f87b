"""What is taken out of a page before its text is read, and what is left in though its class sounds like a box."""

from __future__ import annotations

import time

import pytest

from scraper.parsers.article import _tree
from scraper.parsers.boxes import take_out

LINE = "<p>The harbour council has closed the old bridge to all traffic until the engineers have looked at it.</p>"


def left(body: str) -> str:
    tree = _tree(f"<html><body><article><h1>Old bridge closed</h1>{LINE * 6}{body}{LINE * 6}</article></body></html>")
    take_out(tree)
    return str(tree.text_content())


@pytest.mark.parametrize(
    "box",
    [
        '<div class="FactBox wide"><h3>BOX</h3><p>The bridge in figures: 1911, 400 metres.</p></div>',
        '<town-factbox class="fact-box"><p>BOX</p></town-factbox>',
        '<div class="infobox copytext"><p>BOX</p></div>',
        "<template><p>BOX</p></template>",
        '<div class="c-banner u-hide"><p>BOX: your browser is old.</p></div>',
        '<div style="color: red; display : none"><p>BOX</p></div>',
        "<p hidden>BOX</p>",
        '<div class="image_image-widget__x1"><p>BOX: the bridge at dawn</p></div>',
        '<div class="photo-caption">BOX</div>',
        '<div id="registration-wall-1"><h2>BOX: log in to go on</h2></div>',
        '<aside class="newsletter-signup"><p>BOX</p></aside>',
    ],
)
def test_a_box_is_taken_out_and_what_follows_it_stays(box: str) -> None:
    found = left(f"<div>{box} after it</div>")
    assert "BOX" not in found
    assert "after it" in found


@pytest.mark.parametrize(
    "text",
    [
        f'<div class="hidden">{LINE * 9} KEPT</div>',
        "".join(f'<div class="regwall">KEPT {n} {LINE}</div>' for n in range(9)),
        '<div class="modal"><h1>KEPT</h1></div>',
        '<p class="boxer">KEPT</p>',
        '<p><a class="newsletter" href="/n">KEPT</a></p>',
        '<p style="border: none">KEPT</p>',
    ],
)
def test_what_much_of_the_text_goes_by_is_no_box(text: str) -> None:
    assert "KEPT" in left(text)


def test_a_page_of_many_boxes_inside_each_other_costs_little() -> None:
    body = ('<div class="modal">' * 400 + LINE + "</div>" * 400) + '<div class="tooltip">x</div>' * 20_000
    tree = _tree(f"<html><body>{LINE * 40}{body}</body></html>")
    begun = time.process_time()
    take_out(tree)
    assert time.process_time() - begun < 5
