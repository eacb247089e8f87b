"""What sounds like a watched person and is known to be another name or a noun; and names so short that they were missed."""

from __future__ import annotations

import pytest

from alerts.model import Actor
from alerts.watch.attested import is_other_name
from alerts.watch.match import compile_watchlist


def rings(name: str, text: str) -> list[str]:
    return [match.surface for match in compile_watchlist([Actor("it", "person", name)], ()).match("", text)]


def reasons(name: str, text: str) -> str:
    found = compile_watchlist([Actor("it", "person", name)], ()).explain("", text)
    assert not found.matches
    return " ".join(one.reason for one in found.suppressed)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Mahmoud Amini", "Yesterday a statement of Mohamed Amine Riahla was published."),
        ("Ali Larijani", "The page lists Ali Lahijani among the guests."),
        ("Mohamed Ghanem", "A letter was sent to Mahmoud Ghanim on Tuesday."),
        ("Ali Hammud", "التقى الوفد مع علي حامد قبل يومين."),
        ("Raed El Khazen", "صدر أمس بيان رياض حسين على الموقع."),
        ("Jehad Saud", "Yesterday a statement of Jihad Saad was published."),
        ("Muhammad Ayub", "صدر أمس بيان محمد أبو سبعان على الموقع."),
    ],
)
def test_two_well_known_names_are_two_names_however_alike_they_sound(name: str, text: str) -> None:
    assert rings(name, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Muhammad Larijani", "Mehmed Laricani"),
        ("Ahmed Nasser", "Ahmad Naser"),
        ("Kamel Djermane", "كمال جرمان"),
        ("Hocine Bouzid", "Hussein Bouzid"),
        ("Hamid Salemi", "Hamed Salemi"),
    ],
)
def test_two_spellings_of_one_well_known_name_are_one(name: str, text: str) -> None:
    assert rings(name, f"«{text}»") == [text]


@pytest.mark.parametrize(
    ("word", "part"), [("salim", "saleem"), ("amri", "omari"), ("hamed", "hamid"), ("kader", "qadir"), ("زاده", "saad")]
)
def test_what_one_spelling_may_stand_for_is_not_called_another_name(word: str, part: str) -> None:
    assert not is_other_name(word, part)


@pytest.mark.parametrize(
    ("name", "other"),
    [("Hassan Etezadi", "Hassan Etemadi"), ("Nabil Kamrani", "Nabil Karani"), ("Karim Shahbaz", "Karim Shahraz")],
)
def test_another_consonant_makes_another_surname(name: str, other: str) -> None:
    assert rings(name, f"The page lists {other} among the guests.") == []
    assert rings(other, f"The page lists {name} among the guests.") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("Adel Mahfouz", "Adel Mafouz"), ("Rania Nuzhat", "Rania Nuhzat"), ("Omar Shahjahan", "Omar Shajahan")],
)
def test_a_letter_left_out_or_turned_is_a_slip(name: str, text: str) -> None:
    assert rings(name, f"«{text}»") == [text]


def test_why_another_name_does_not_ring_is_told() -> None:
    assert "“lahijani” is another name" in reasons("Ali Larijani", "The page lists Ali Lahijani among the guests.")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Laila Mourad", "تخصيص للموارد في الموازنة"),
        ("Elaheh Koulaei", "العجز الهيكلي في الموازنة"),
        ("Said Fettah", "التقيا بالصدفة في المطار"),
        ("Firas Abiad", "Yesterday a statement of Mahmoud Firouzabad was published."),
        ("Samar Gul", "The contract is Commercial and final, he said on Tuesday."),
    ],
)
def test_a_noun_that_sounds_like_given_name_and_surname_at_once_is_nobody(name: str, text: str) -> None:
    assert rings(name, text) == []


def test_given_name_and_surname_in_one_word_are_found_where_all_sounds_agree() -> None:
    assert rings("Shahbaz Ahmed", "صدر أمس بيان شهبازاحمد على الموقع.") == ["شهبازاحمد"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Elie Azagury", "تحركت القوات بآلية عسكرية قرب الحدود"),
        ("Sari Nusseibeh", "جاءت الاستجابة سريعة نسبياً هذه المرة"),
        ("Ali Mazhar", "وإلى مشروع القانون أضيفت مادة"),
        ("Slaheddine Guiza", "أكدت السلطة القضائية ذلك"),
        ("Nazem El Sayed", "صعود سيد نظام جديد"),
    ],
)
def test_arabic_nouns_and_adverbs_are_no_names(name: str, text: str) -> None:
    assert rings(name, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Hamidul Huq Choudhury", "تحدثت الصحيفة عن عبد الحميد عبد الحق في صفحتها."),
        ("Sayed Nosseir", "وقال السيد نصر الله في كلمته"),
        ("Shazia Hassan", "Yesterday a statement of Shazia Abdul Hassan was published."),
    ],
)
def test_what_goes_on_or_begins_as_another_name_is_another(name: str, text: str) -> None:
    assert rings(name, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Mohammad Sharifi Moghaddam", "The author turns to Muhammad Ismail al-Muqaddam and then to the harvest."),
        ("Mohammad Naeem", "A letter was sent to Muhammad Naim Yasin on Tuesday."),
        ("Mohamed Helal", "تحدثت الصحيفة عن محمد هلال النعيمي أمس."),
        ("Hafiz Abdul Karim", "A letter was sent to Abd al-Karim al-Jundi on Tuesday."),
    ],
)
def test_a_weak_name_inside_somebody_elses_longer_one_is_not_meant(name: str, text: str) -> None:
    assert rings(name, text) == []


def test_a_fathers_name_less_well_written_does_not_make_another_person() -> None:
    assert rings("Mohammed Karim Yusop Faiz", "«Mohammad Yusuf Karim Faiz»") == ["Mohammad Yusuf Karim Faiz"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ali Fayad", "علي فياض"),
        ("Yasser Rayyan", "ياسر ريان"),
        ("Ayman al-Fayed", "أيمن الفايد"),
        ("Sara Al-Hani", "سارة الهاني"),
        ("Abu Ala al-Walai", "أبو آلاء الولائي"),
        ("Ali Choeib", "Ali Shoaib"),
    ],
)
def test_a_short_name_is_found_where_all_its_sounds_agree(name: str, text: str) -> None:
    assert rings(name, f"«{text}»") == [text]


@pytest.mark.parametrize("name", ["Ahmad Salem", "Nabil Swelim", "Abu Ali Mustafa"])
def test_a_word_behind_a_hashtag_or_a_day_is_not_counted_to_the_name(name: str) -> None:
    arabic = {"Ahmad Salem": "أحمد سالم", "Nabil Swelim": "نبيل سويلم", "Abu Ali Mustafa": "أبو علي مصطفى"}[name]
    tag = arabic.replace(" ", "_")
    assert rings(name, f"صور من الساحة #{tag} المركزي") == [tag]
    assert rings(name, f"استقبل {arabic} اليوم وفدا") == [arabic]


def test_in_a_headline_in_capitals_the_verb_behind_a_name_is_no_name() -> None:
    headline = "Aleppo Governor Mohammed Helal Condemns Threats Against Schools And Warns Teachers"
    assert rings("Mohamed Helal", headline) == ["Mohammed Helal"]
