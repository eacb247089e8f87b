"""Near copies and what is none: small texts of our own in the scripts that bayan reads, and properties that hold for any text."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.likeness import MOST_KEYS, keys, likeness, news, quotations, read


class Said(NamedTuple):
    title: str
    body: str = ""


ENGLISH = Said(
    "Militia leader Hamid al-Rawi condemns the strike on the harbour and calls for an inquiry",
    "Hamid al-Rawi, the secretary-general of the Southern League, condemned on Friday the strike on the harbour of Umm Salam, in"
    " which 14 dock workers were killed. In a statement published by the movement he called the attack “a crime against people who"
    " carry bread and not weapons” and asked the government to open an inquiry within ten days. The families of the dead were"
    " received in his office in the evening, the statement said.",
)
OTHER_DAY = Said(
    "Hamid al-Rawi meets the mayor of Umm Salam about the new water line",
    "Hamid al-Rawi, the secretary-general of the Southern League, met the mayor of Umm Salam on Friday evening to speak about the"
    " new water line, which is to reach the eastern quarters before the summer. He promised that the bloc would vote for the"
    " supplementary budget, and thanked the engineers who had worked through the holidays.",
)
ARABIC = Said(
    "حامد الراوي يدين قصف ميناء أم سلام ويطالب بفتح تحقيق عاجل",
    "أدان حامد الراوي، الأمين العام لرابطة الجنوب، يوم الجمعة القصف الذي استهدف ميناء أم سلام وأدى إلى مقتل 14 عاملاً من عمال"
    " الرصيف. وفي بيان نشرته الحركة وصف الهجوم بأنه «جريمة بحق من يحملون الخبز ولا يحملون السلاح»، وطالب الحكومة بفتح تحقيق خلال"
    " عشرة أيام. واستقبل في مكتبه مساءً عائلات الضحايا بحسب البيان الذي حمل توقيعه.",
)
PERSIAN = Said(
    "حامد راوی حمله به بندر ام‌سلام را محکوم کرد و خواستار تحقیق فوری شد",
    "حامد راوی، دبیرکل اتحادیه جنوب، روز جمعه حمله به بندر ام‌سلام را که در آن ۱۴ کارگر اسکله کشته شدند محکوم کرد. او در بیانیه‌ای که"
    " جنبش منتشر کرد این حمله را «جنایتی علیه کسانی که نان می‌برند نه سلاح» خواند و از دولت خواست ظرف ده روز تحقیقات را آغاز کند. بر"
    " اساس بیانیه، خانواده‌های قربانیان شامگاه در دفتر او پذیرفته شدند.",
)
HEBREW = Said(
    "חמיד אל-ראווי גינה את התקיפה בנמל אום סלאם וקרא לפתוח בחקירה",
    'חמיד אל-ראווי, מזכ"ל ליגת הדרום, גינה ביום שישי את התקיפה בנמל אום סלאם שבה נהרגו 14 עובדי רציף. בהודעה שפרסמה התנועה הוא כינה את'
    " המתקפה „פשע נגד אנשים הנושאים לחם ולא נשק” ודרש מהממשלה לפתוח בחקירה בתוך עשרה ימים. משפחות ההרוגים התקבלו בערב בלשכתו, כך נמסר"
    " בהודעה שנשאה את חתימתו.",
)
TURKISH = Said(
    "Hamid er-Ravi liman saldırısını kınadı ve acil soruşturma çağrısı yaptı",
    "Güney Birliği Genel Sekreteri Hamid er-Ravi, Cuma günü Ümmü Selam limanına düzenlenen ve 14 işçinin öldüğü saldırıyı kınadı."
    " Hareketin yayımladığı açıklamada saldırıyı “silah değil ekmek taşıyan insanlara karşı bir suç” olarak nitelendirdi ve"
    " hükümetten on gün içinde soruşturma başlatmasını istedi. Açıklamaya göre ölenlerin aileleri akşam makamında kabul edildi.",
)
ALL = {"English": ENGLISH, "Arabic": ARABIC, "Persian": PERSIAN, "Hebrew": HEBREW, "Turkish": TURKISH}
BEFORE = " ".join(f"before{number}" for number in range(40))
BEHIND = " ".join(f"behind{number}" for number in range(250))
ROUNDUP = Said(
    "Morning papers: markets, floods and football",
    " ".join(f"first{number}" for number in range(30))
    + " The mayor opened a new bridge over the river on Friday and thanked the"
    " many workers who built it. " + " ".join(f"last{number}" for number in range(60)),
)
BRIDGE = Said(
    "Mayor opens a new bridge",
    "The mayor opened a new bridge over the river on Friday and thanked the many workers who built it.",
)


def alike(a: Said, b: Said, *, same_source: bool = False) -> str:
    one, other = read(*a), read(*b)
    there, back = (likeness(*pair, same_source=same_source) for pair in ((one, other), (other, one)))
    assert there == back
    return there.why


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize(
    ("what", "title", "body"),
    [
        ("the same text", "{title}", "{body}"),
        ("another headline", "Something else altogether stands above it here", "{body}"),
        ("a kicker before the headline, and no body", "News from the south: {title}", ""),
        ("an introduction and background around it", "{title}", "{before} {body} {behind}"),
        ("its first half", "{title}", "{half}"),
        ("capital letters", "{title_upper}", "{upper}"),
    ],
    ids=lambda value: None if "{" in value else value,
)
def test_a_copy_is_one_in_every_script(language: str, what: str, title: str, body: str) -> None:
    one = ALL[language]
    words = one.body.split()
    parts = {
        "title": one.title, "body": one.body, "title_upper": one.title.upper(), "upper": one.body.upper(), "before": BEFORE,
        "behind": BEHIND, "half": " ".join(words[: len(words) // 2]),
    }  # fmt: skip
    assert alike(one, Said(title.format(**parts), body.format(**parts)))


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize("share", [0.05, 0.1])
def test_a_copy_with_some_words_changed_is_one(language: str, share: float) -> None:
    one, chance = ALL[language], random.Random(5)
    body = " ".join(f"other{n}" if chance.random() < share else word for n, word in enumerate(one.body.split()))
    assert alike(one, Said("Another headline of an editor's own making above it", body))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (ENGLISH, OTHER_DAY),
        (ENGLISH, ARABIC),
        (Said("Al-Rawi condemns the strike on the harbour"), Said("Al-Rawi condemns the strike on the airport")),
        (Said("The army says 24 soldiers were killed in Khan Yunis"), Said("The army says 21 soldiers were killed in Khan Yunis")),
        (Said("Daily news bulletin"), Said("Daily news bulletin")),
        (Said("حامد الراوي يدين قصف ميناء أم سلام"), Said("حامد الراوي يدين قصف مطار أم سلام")),
        (BRIDGE, ROUNDUP),
        (
            Said("Fire in a flat in Malmo", "Police and rescue services were called to a fire in a flat on road 908 in the evening."),
            Said("Fire in a flat in Lund", "Police and rescue services were called to a fire in a flat on road 348 in the evening."),
        ),
        (
            Said("Rawi: the inquiry must be opened", BEHIND[:900]),
            Said("Council votes on the budget today", f"{BEFORE} {BEFORE.upper()}x {BEFORE[::-1]} {BEHIND}"),
        ),
        (Said(""), Said("")),
    ],
    ids=["another statement of the day", "a translation", "another place", "another number", "a headline of every day",
         "another place in Arabic", "a round-up", "a formula", "background at the end", "nothing"],
)  # fmt: skip
def test_what_is_no_copy_is_not_joined(a: Said, b: Said) -> None:
    assert not alike(a, b)


def test_two_items_of_one_source_are_joined_only_where_their_texts_say_the_same() -> None:
    assert alike(ENGLISH, ENGLISH, same_source=True)
    assert not alike(Said(ENGLISH.title), Said(ENGLISH.title), same_source=True)
    assert not alike(ENGLISH, Said(ENGLISH.title, f"{BEFORE} {ENGLISH.body} {BEHIND}"), same_source=True)


def test_notices_of_one_source_that_differ_in_a_number_or_a_name_of_the_headline_are_two() -> None:
    told = "What was said about the matter is told here at some length, and calmly, by people who were there. " * 3
    for one, other in (("S00001", "S00002"), ("4", "5"), ("of the harbour", "of the airport")):
        titles = [f"Somebody in particular spoke about matter number {name} at some length" for name in (one, other)]
        assert not alike(Said(titles[0], told), Said(titles[1], told), same_source=True)


def test_a_text_that_only_repeats_itself_is_no_evidence() -> None:
    assert not alike(
        Said("One headline of some length today", "The body of it. " * 50),
        Said("Quite another headline", "The body of it. " * 50),
    )


# ----------------------------------------------------------------------------------------------- what is new in a copy


def test_a_quotation_that_no_member_has_is_news_and_one_that_is_told_is_none() -> None:
    more = f"{ENGLISH.body} He added: “we shall not leave this place before every family has an answer”."
    (first, second) = quotations(more)
    assert news(read(ENGLISH.title, more), (first, second), [read(*ENGLISH)]) == "a new quotation"
    assert news(read(ENGLISH.title, more), (first,), [read(*ENGLISH)]) == ""


def test_quotations_of_a_full_text_are_no_news_where_only_a_headline_was_told() -> None:
    assert news(read(*ENGLISH), quotations(ENGLISH.body), [read(ENGLISH.title, "")]) == ""


@pytest.mark.parametrize(
    "title",
    [
        "Office of al-Rawi denies the statement",
        "مكتب الراوي ينفي صدور البيان",
        "دفتر راوی بیانیه را تکذیب کرد",
        "לשכת אל-ראווי הכחישה את ההודעה",
        "Er-Ravi'nin ofisi açıklamayı yalanladı",
        "Büro von al-Rawi dementiert",
        "Офис ар-Рави опроверг заявление",
    ],
)
def test_a_denial_is_news_once(title: str) -> None:
    denial = read(title, ENGLISH.body)
    assert news(denial, (), [read(*ENGLISH)]) == "a denial"
    assert news(denial, (), [read(*ENGLISH), denial]) == ""


@pytest.mark.parametrize("marks", ["“{}”", "«{}»", '"{}"', "„{}“", "״{}״"])
def test_passages_in_marks_of_every_kind_are_quotations(marks: str) -> None:
    passage = "seven words that somebody said word for word"
    assert quotations("He said: " + marks.format(passage) + " and left.") == (passage,)


# ----------------------------------------------------------------------------------------------------- properties

_SOME = ("a", "b", "c", "قال", "في", "של", "14", "۱۴", "«q»", "“w”")
TEXTS = st.text(max_size=300) | st.lists(st.sampled_from(_SOME), max_size=80).map(" ".join)


@given(title=TEXTS, body=TEXTS)
def test_any_text_has_a_print_and_few_keys_within_bounds(title: str, body: str) -> None:
    found = keys(read(title, body))
    assert len(found) <= MOST_KEYS
    assert all(0 <= key < 2**62 for key in found)
    assert list(found) == sorted(set(found))


@given(a=TEXTS, b=TEXTS, c=TEXTS, d=TEXTS)
def test_likeness_is_the_same_in_either_order(a: str, b: str, c: str, d: str) -> None:
    one, other = read(a, b), read(c, d)
    assert likeness(one, other) == likeness(other, one)


@settings(max_examples=50)
@given(before=st.integers(0, 60), behind=st.integers(0, 800), language=st.sampled_from(sorted(ALL)))
def test_a_text_inside_a_longer_one_is_offered_by_the_index_and_joined(before: int, behind: int, language: str) -> None:
    one = ALL[language]
    around = " ".join(f"a{n}" for n in range(before)), " ".join(f"z{n}" for n in range(behind))
    first, longer = read(*one), read(one.title, f"{around[0]} {one.body} {around[1]}")
    assert set(keys(first)) & set(keys(longer))
    assert likeness(first, longer)
