"""The title of an article among all the names that its page gives itself."""

from __future__ import annotations

import pytest

from scraper.parsers.article import _tree
from scraper.parsers.headline import headline
from scraper.parsers.metadata import gather

URL = "https://www.morningpost.example/a/1"


def title(*, window: str = "", head: str = "", body: str = "") -> str:
    markup = f"<html><head><title>{window}</title>{head}</head><body>{body}<p>Text.</p></body></html>"
    return headline(gather(_tree(markup)), URL)


def shared(text: str) -> str:
    return f'<meta property="og:title" content="{text}">'


def in_json(text: str, kind: str = "NewsArticle") -> str:
    return f'<script type="application/ld+json">{{"@type": "{kind}", "headline": "{text}"}}</script>'


def test_the_headline_over_the_text_beats_a_title_for_search_engines() -> None:
    found = title(
        window="Spring gift guide 2025 | Discover now", body="<h1>My cosy guide to presents for the garden</h1>"
    )
    assert found == "My cosy guide to presents for the garden"


def test_a_short_heading_that_agrees_with_nothing_is_a_section() -> None:
    assert title(window="The river rose by two metres overnight", body="<h1>Weather</h1>") == (
        "The river rose by two metres overnight"
    )


def test_two_long_headings_leave_the_title_of_the_window() -> None:
    body = "<h1>All about our town and its people</h1><h1>Write a letter to the whole staff</h1>"
    assert title(window="The river rose by two metres overnight", body=body) == "The river rose by two metres overnight"


def test_json_ld_with_the_shared_title_outweighs_one_other_heading() -> None:
    head = in_json("River rises overnight in the old town") + shared("River rises overnight in the old town")
    found = title(
        window="River rises overnight in the old town", head=head, body="<h1>What everybody should take along now</h1>"
    )
    assert found == "River rises overnight in the old town"


def test_json_ld_that_describes_instead_of_naming_does_not_win() -> None:
    head = in_json("matrix equal to its conjugate transpose")
    assert title(window="Hermitian tables", head=head, body="<h1>Hermitian tables</h1>") == "Hermitian tables"


def test_the_steady_title_of_a_running_report_is_taken() -> None:
    head = in_json("Flood in the old town: the running report", "LiveBlogPosting") + shared(
        "Pumps arrive at last from abroad"
    )
    body = "<h1 class='headline'>Pumps arrive at last from abroad</h1>"
    assert title(window="Pumps arrive at last from abroad", head=head, body=body) == (
        "Flood in the old town: the running report"
    )


@pytest.mark.parametrize(
    ("window", "wanted"),
    [
        ("The river rose by two metres – Morning Post", "The river rose by two metres"),
        ("Morning Post » Blog Archive » The river rose by two metres", "The river rose by two metres"),
        ("morningpost.example // » Jane Weaver", "Jane Weaver"),
        ("23.01.2022 - The river rose by two metres", "The river rose by two metres"),
        ("2022-01-23: The river rose by two metres", "The river rose by two metres"),
        ("1.2.3 released", "1.2.3 released"),
    ],
)
def test_site_name_section_and_date_are_taken_off(window: str, wanted: str) -> None:
    assert title(window=window) == wanted


def test_a_site_name_that_only_the_page_itself_tells_is_no_title() -> None:
    body = "<h1>Society for the Care of Wells</h1><h2>Clean water from the sea</h2>"
    assert title(window="Clean water from the sea | Society for the Care of Wells", body=body) == (
        "Clean water from the sea"
    )


def test_a_kicker_in_the_heading_is_left_out() -> None:
    body = "<h1><span>Old town</span> The river rose by two metres overnight</h1>"
    assert title(window="The river rose by two metres overnight", body=body) == "The river rose by two metres overnight"


def test_a_quotation_that_only_one_other_title_leaves_out_stays() -> None:
    whole = "'Never seen before': the river rose by two metres"
    head = in_json(whole) + shared(whole)
    assert title(window="The river rose by two metres", head=head, body=f"<h1>{whole}</h1>") == whole


def test_the_readings_over_characters_are_not_part_of_the_title() -> None:
    body = "<h1><ruby>子<rp>(</rp><rt>こ</rt><rp>)</rp></ruby>どもへの<ruby>体罰<rt>たいばつ</rt></ruby>を禁止する</h1>"
    assert title(window="子どもへの体罰を禁止する", body=body) == "子どもへの体罰を禁止する"


def test_a_page_without_any_title_has_none() -> None:
    assert title() == ""


def test_the_heading_that_is_also_shared_beats_what_json_ld_and_the_window_say_to_search_engines() -> None:
    head = in_json("Harbour suggests it will continue to close the bridge") + shared("Harbour defiant over the bridge")
    found = title(
        window="Harbour suggests it will continue to close the bridge",
        head=head,
        body="<h1>Harbour defiant over the bridge</h1>",
    )
    assert found == "Harbour defiant over the bridge"


def test_a_kicker_that_only_the_shared_title_lacks_is_left_out() -> None:
    whole = "Party day on the harbour: Mayor calls for resistance to the new bridge"
    head = in_json(whole) + shared("Mayor calls for resistance to the new bridge")
    assert title(window=whole, head=head, body=f"<h1>{whole}</h1>") == "Mayor calls for resistance to the new bridge"


def test_words_that_are_quoted_before_the_title_are_no_kicker() -> None:
    whole = '"We will answer": Mayor calls for resistance to the new bridge'.replace('"', "“", 1).replace('"', "”")
    found = title(
        window="Mayor calls for resistance to the new bridge",
        head=shared("Mayor calls for resistance to the new bridge"),
        body=f"<h1>{whole}</h1>",
    )
    assert found == whole


def test_a_site_whose_name_ends_a_longer_word_loses_no_word_of_the_title() -> None:
    window = "Earlymorningpost: what the letter carriers of the town have to say"
    assert title(window=window, body=f"<h1>{window}</h1>") == window


def test_a_title_that_is_cut_is_taken_whole_from_where_it_is_whole() -> None:
    whole = "The harbour board explains at length why the old bridge has to be closed again"
    cut = "The harbour board explains at length why the old bridge ..."
    assert title(window=cut, head=shared(cut), body=f"<h1>{whole}</h1>") == whole


@pytest.mark.parametrize(
    ("window", "body"),
    [
        (
            "Morning Post - Press releases - The minister receives the ambassador of the islands",
            "<h1>Press releases</h1>",
        ),
        (
            "Press office » The minister receives the ambassador of the islands",
            "<h1>Ministry</h1><h2>The minister receives the ambassador of the islands</h2>",
        ),
    ],
)
def test_the_name_of_a_section_before_the_title_is_left_out(window: str, body: str) -> None:
    assert title(window=window, body=body) == "The minister receives the ambassador of the islands"


def test_a_short_title_with_the_sites_motto_after_it_stays_short() -> None:
    window = "A small science of sheep - Everything worth knowing about wool and its people"
    assert title(window=window, body="<h1>A small science of sheep</h1>") == "A small science of sheep"


def test_the_title_that_the_page_shows_beats_one_that_it_shows_nowhere() -> None:
    head = in_json("Landing place beside the palace planned") + shared(
        "President plans a place to land while the hall waits"
    )
    found = title(
        window="Landing place beside the palace planned",
        head=head,
        body='<h2 class="headline">Works at the palace: President plans a place to land while the hall waits</h2>',
    )
    assert found == "President plans a place to land while the hall waits"


def test_a_headline_after_a_menu_of_headings_is_found() -> None:
    menu = "".join(f"<h2>Department number {n} of the ministry</h2>" for n in range(80))
    assert title(window="x", body=f"{menu}<h1>The minister receives the ambassador</h1>") == (
        "The minister receives the ambassador"
    )


def test_a_heading_that_says_more_than_a_window_of_one_word_is_the_title() -> None:
    assert title(window="بيان", body="<h1>بيان رقم 12</h1>") == "بيان رقم 12"
    assert title(window="Statement", body="<h1>Statement no. 12 on the bridge</h1>") == "Statement no. 12 on the bridge"


@pytest.mark.parametrize(
    "body",
    [
        "<h3 class='post-title'>The minister receives the ambassador of the islands</h3>",
        "<span id='ctl00_lblTitle'>The minister receives the ambassador of the islands</span>",
        "<td class='news_title'>The minister receives the ambassador of the islands</td>",
    ],
)
def test_where_a_page_has_no_headings_what_it_calls_a_title_is_one(body: str) -> None:
    body = f"<table><tr>{body}</tr></table>" if body.startswith("<td") else body
    assert title(window="Ministry of Bridges", body=body) == "The minister receives the ambassador of the islands"


def test_a_short_heading_before_the_sites_name_is_the_title() -> None:
    assert title(window="הודעת הדובר | משרד הגשרים", body="<h1>הודעת הדובר</h1>") == "הודעת הדובר"
