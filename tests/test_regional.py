"""Names as their regions write them: French and Maghrebi, Turkish, Somali, Slavic; with and without "son of"."""

from __future__ import annotations

import pytest

from alerts.model import Actor
from alerts.watch.match import compile_watchlist
from alerts.watch.regional import also_written


def rings(name: str, text: str) -> list[str]:
    return [match.surface for match in compile_watchlist([Actor("it", "person", name)], ()).match("", text)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Houssine Kharja", "حسين خرجه"),
        ("Maher Labidi", "ماهر العبيدي"),
        ("Ibtissam Laaroussi", "ابتسام العروسي"),
        ("Nadir al-Arbawi", "Nadir Larbaoui"),
        ("Fouad Elkaam", "Fouad el-Kaam"),
        ("Sami ElAdl", "سامي العدل"),
        ("Mustapha Allouch", "مصطفى علوش"),
        ("Abdelaziz Mansouri", "عبد العزيز منصوري"),
        ("Driss El Ganbouri", "إدريس الكنبوري"),
        ("Davut Karaoglu", "Dawud Karaoglu"),
        ("Hassan Cumar Xaaji", "Hassan Omar Xaaji"),
        ("Munir Adanov", "Munir Adanof"),
        ("Sher Mohammad Stanekzai", "شیر محمد استانکزی"),
        ("Ahmed Abu Khattalah", "Ahmad Bukhattalah"),
        ("Said Ahmed Shahidkhel", "سعيد أحمد شهيد خيل"),
        ("Soliman al-Buthe", "Soliman H.S. al-Buthi"),
    ],
)
def test_a_name_is_found_as_its_region_writes_it(name: str, text: str) -> None:
    assert rings(name, f"«{text}»") == [text]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Abdelbaki Benziane", "Abdelbaqi Benziane"),
        ("Mustafa ibn Mansur", "Mostefa Benmansour"),
        ("Samir Benamar", "سمير بن عمار"),
        ("Naila Benchekor", "نائلة بنشكور"),
        ("Abdelaziz Ben Dhia", "عبد العزيز بن ضياء"),
    ],
)
def test_son_of_is_written_apart_or_joined(name: str, text: str) -> None:
    assert rings(name, f"«{text}»") == [text]


@pytest.mark.parametrize(
    ("name", "text"), [("Mohamed Benchaira", "محمد خير رمضان يوسف"), ("Samir Benamar", "Samir Amar")]
)
def test_a_surname_with_ben_is_no_surname_without(name: str, text: str) -> None:
    assert rings(name, f"«{text}»") == []


def test_a_well_known_name_loses_no_article() -> None:
    assert "atif" not in also_written("latif")
    assert rings("Ahmed Latif", "«أحمد عاطف»") == []


def test_a_fathers_name_that_stands_twice_may_stand_once() -> None:
    assert rings("Ali Abdul Karim Ali", "«Ali Abdulkarim»") == ["Ali Abdulkarim"]


@pytest.mark.parametrize(("alias", "text"), [("فلاديمير بوتين", "Vladimir Putin"), ("فيكتور أوربان", "Viktor Orban")])
def test_a_foreign_name_in_arabic_letters_is_found_with_its_v(alias: str, text: str) -> None:
    assert rings(alias, f"«{text}»") == [text]


def test_an_arabic_f_is_no_v_elsewhere() -> None:
    assert rings("محمد القذافي", "A letter was sent to Muhammed Gwady on Tuesday.") == []


def test_behind_the_arabic_for_a_name_is_no_maghrebi_one() -> None:
    """لأحمد is "for Ahmad": read as a name with its article, it made a speaker of whoever a statement was for."""
    watched = Actor("it", "group", "Asa'ib Ahl al-Haqq")
    text = "أصدر الأمين العام لعصائب أهل الحق الشيخ قيس الخزعلي بياناً أدان فيه كل تهديد."
    (match,) = compile_watchlist([watched], ()).match("", text, language="ar")
    assert (match.role, "clitic li-" in match.steps) == ("mentioned", True)
