"""What counts as an edit of a text, and what is only furniture around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.revising import Version, compare, contradicts, essence, even

BODY = """The secretary-general spoke in Baghdad on Friday, and condemned the threats in the strongest words.
He said that 15 people were wounded, and that silence encourages more violations.
A spokesman later confirmed the number to reporters who had gathered there."""

COSMETIC = {
    "a counter of views": "1,234 views",
    "a counter behind its word": "Views: 18.2K",
    "an Arabic counter": "١٢٣٤ مشاهدة",
    "a Turkish counter": "3.210 görüntülenme",
    "an age": "2 hours ago",
    "an Arabic age": "منذ 3 ساعات",
    "a Persian age": "۵ ساعت پیش",
    "a Turkish age": "3 saat önce",
    "a Russian age": "5 минут назад",
    "the time of an update": "Last updated: 14:05, 20/06/2025",
    "a share bar": "Share on Facebook | Tweet | WhatsApp | Copy link",
    "an Arabic share bar": "شارك على فيسبوك",
    "an advertisement": "Advertisement",
    "an Arabic advertisement": "إعلان",
    "related news": "Related: Minister visits the north",
    "related news in Arabic": "اقرأ أيضا: الوزير يزور الشمال",
}


@pytest.mark.parametrize("line", COSMETIC.values(), ids=COSMETIC)
@pytest.mark.parametrize("where", ["before", "between", "behind"])
def test_what_comes_and_goes_around_a_text_is_no_edit(line: str, where: str) -> None:
    first, *rest = BODY.split("\n")
    with_it = {"before": [line, first, *rest], "between": [first, line, *rest], "behind": [first, *rest, line]}[where]
    assert compare(BODY, "\n".join(with_it)) == "same"
    assert compare("\n".join(with_it), BODY) == "same"


def test_a_block_of_related_headlines_may_change_altogether() -> None:
    one = f"{BODY}\nRead more\nMinister visits the north\nFloods in the south"
    other = f"{BODY}\nRead more\nParliament adjourns\nA new bridge is opened"
    assert compare(one, other) == "same"


def test_links_beside_a_text_may_change_without_a_heading() -> None:
    assert compare(f"{BODY}\nMinister visits the north", f"{BODY}\nParliament adjourns") == "same"


def test_typographic_quotes_dashes_spaces_and_case_are_no_edit() -> None:
    assert compare('He said: "no - never..."\n' + BODY, "He said:  “No – never…”\n" + BODY) == "same"
    assert essence("a\u200cb \u00abc\u00bb") == essence('ab "c"')


def test_paragraphs_that_are_split_or_joined_are_no_edit() -> None:
    assert compare(BODY, BODY.replace("\n", " ")) == "same"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("15 people", "17 people"),
        ("condemned", "welcomed"),
        ("in Baghdad", "in Basra"),
        ("He said that", "He denied that"),
        ("on Friday, and", "on Friday and"),
        ("more violations.", "more violations. He named no names."),
    ],
)
def test_a_word_a_number_a_name_a_sentence_is_an_edit(was: str, now: str) -> None:
    assert compare(BODY, BODY.replace(was, now)) == "edited"


def test_a_paragraph_that_was_taken_out_is_an_edit() -> None:
    assert compare(BODY, "\n".join(BODY.split("\n")[:2])) == "edited"


def test_an_edit_of_right_to_left_text_is_one() -> None:
    text = "أدان الأمين العام التهديدات بأشد العبارات.\nوقال إن الصمت يشجع على مزيد من الانتهاكات في المنطقة كلها اليوم وغدا."
    assert compare(text, text.replace("أدان", "رحب")) == "edited"
    assert compare(text, f"منذ ساعتين\n{text}\n12 مشاهدة") == "same"


def test_a_text_of_which_next_to_nothing_is_left_is_doubtful() -> None:
    assert compare(BODY, "We value your privacy. Please accept all cookies to read on with us here.") == "doubtful"


def test_a_short_message_without_full_stops_is_not_taken_for_a_link() -> None:
    assert compare("Martyrdom operation in the north", "Martyrdom operation in the south") == "edited"


def test_a_list_that_says_less_contradicts_nothing() -> None:
    whole = Version("Minister denies everything he was asked about", "A teaser that stands below.")
    assert not contradicts(whole, Version(whole.title, ""))
    assert not contradicts(whole, Version("Minister denies everything…", whole.text))
    assert contradicts(whole, Version("Minister denies nothing", whole.text))
    assert contradicts(whole, Version(whole.title, "Another teaser that stands below."))
    assert contradicts(Version(whole.title), whole)
    assert contradicts(whole, Version(whole.title, text=BODY))
    assert not contradicts(Version(whole.title, text=BODY), Version(whole.title, text=f"{BODY}\n17 views"))


texts = st.text(alphabet=st.sampled_from("ab1٣ .,\n\u00a0“”-—؟و"), max_size=120)


@given(texts)
def test_what_counts_of_what_counts_is_the_same(text: str) -> None:
    assert essence(essence(text)) == essence(text)
    assert even(even(text)) == even(text)


@given(texts)
def test_a_text_is_no_edit_of_itself(text: str) -> None:
    assert compare(text, text) == "same"
    assert not contradicts(Version(text, text), Version(text, text))


@given(texts, texts)
def test_whether_something_is_the_same_does_not_hang_on_what_came_first(one: str, other: str) -> None:
    assert (compare(one, other) == "same") == (compare(other, one) == "same")


@given(st.text(max_size=3_000))
def test_any_text_at_all_can_be_compared(text: str) -> None:
    assert compare(text, BODY) in ("same", "edited", "doubtful")
