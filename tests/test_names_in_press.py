"""Watched names in sentences of the press: endings, prefixes, titles, other forms; and what is named after them."""

from __future__ import annotations

import pytest

from alerts.model import Actor
from alerts.watch.match import compile_watchlist


def rings(name: str, text: str, *aliases: str, group: bool = False) -> list[str]:
    watched = Actor("it", "group" if group else "person", name, aliases)
    return [match.surface for match in compile_watchlist([watched], ()).match("", text)]


@pytest.mark.parametrize(
    ("name", "text", "surface"),
    [
        ("Vladimir Putin", "وأعلن الرئيس الروسي فلاديمير بوتين عن هدنة.", "فلاديمير بوتين"),
        ("Volodymyr Zelensky", "رئيس أوكرانيا فلاديمير زيلينسكي يصل إلى الرياض.", "فلاديمير زيلينسكي"),
        ("Volodymyr Zelensky", "كما التقى بفولوديمير زيلينسكي في كييف.", "بفولوديمير زيلينسكي"),
        ("Volodymyr Zelensky", "О встрече с Владимиром Зеленским сообщили.", "Владимиром Зеленским"),
        ("Benjamin Netanyahu", "שבנימין נתניהו יטוס לוושינגטון.", "שבנימין נתניהו"),
        ("Benjamin Netanyahu", "С Биньямином Нетаньяху говорил Трамп.", "Биньямином Нетаньяху"),
        ("Benjamin Netanyahu", "وقال بنيامين نتنياهو إن الحرب مستمرة.", "بنيامين نتنياهو"),
        ("Yahya Saree", "Пресс-секретарь Яхья Сари заявил.", "Яхья Сари"),
        ("Kais Saied", "استقبل قيس سعيد رئيسة الحكومة.", "قيس سعيد"),
        ("Ali Khamenei", "המנהיג העליון עלי ח'אמנאי אמר.", "עלי ח'אמנאי"),
    ],
)
def test_a_person_is_found_in_the_sentences_of_a_language(name: str, text: str, surface: str) -> None:
    assert rings(name, text) == [surface]


def test_a_kunya_is_found_in_its_three_cases() -> None:
    for kunya in ("أبو", "أبي", "أبا"):
        assert rings("Abu Obeida", f"وبحسب {kunya} عبيدة فإن الأسرى", "أبو عبيدة") == [f"{kunya} عبيدة"]


def test_behind_a_case_ending_no_name_goes_on() -> None:
    assert rings("Recep Tayyip Erdoğan", "Cumhurbaşkanı Erdoğan'dan Şam'a mesaj geldi.") == [
        "Cumhurbaşkanı Erdoğan'dan"
    ]


@pytest.mark.parametrize(
    ("name", "text", "surface"),
    [
        ("Russian Defense Ministry", "قالت وزارة الدفاع الروسية إنها أسقطت مسيرات.", "وزارة الدفاع الروسية"),
        ("Russian Defense Ministry", "Министерство обороны России сообщило.", "Министерство обороны России"),
        ("Russian Defense Ministry", "Rusya Savunma Bakanlığı'nın açıklaması.", "Rusya Savunma Bakanlığı'nın"),
        ("Rapid Support Forces", "Les Forces de soutien rapide ont dit.", "Forces de soutien rapide"),
        ("Rapid Support Forces", "Силы быстрой поддержки заявили.", "Силы быстрой поддержки"),
    ],
)
def test_ministries_and_forces_are_found_translated(name: str, text: str, surface: str) -> None:
    assert rings(name, text, group=True) == [surface]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Recep Tayyip Erdoğan", "Recep Tayyip Erdoğan Üniversitesi'nde sınav haftası başladı."),
        ("Mohammed bin Salman", "The Mohammed bin Salman Mosque opened on Friday."),
        ("Abu Obeida", "شارع أبو عبيدة في القاهرة مزدحم"),
        ("Vladimir Putin", "Улица Владимира Путина в Грозном перекрыта."),
        ("Abu Obeida", "أبو عبيدة بن الجراح صحابي جليل"),
        ("Mohammed bin Salman", "Salman bin Mohammed, a clerk, opened a shop."),
        ("Mohamed Hamdan Dagalo", "Mohamed Hamdan, a goalkeeper from Alexandria, retired."),
    ],
)
def test_what_is_named_after_a_person_and_his_namesakes_stay_silent(name: str, text: str) -> None:
    assert rings(name, text, *(("أبو عبيدة",) if name == "Abu Obeida" else ())) == []


def test_a_group_of_general_words_loses_none_of_them() -> None:
    assert rings("Russian Defense Ministry", "The Russian Ministry of Culture opened a fair.", group=True) == []
