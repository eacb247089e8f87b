"""What a name's spellings are, past what folding makes equal: parts left out, other orders, other languages, disguises, near misses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from alerts.model import Actor, Match
from alerts.watch.match import Explanation, compile_watchlist


def found(name: str, text: str, *, group: bool = False) -> list[Match]:
    watched = Actor("it", "group" if group else "person", name)
    return list(compile_watchlist([watched], ()).match("", text))


def explained(text: str, *actors: Actor) -> Explanation:
    return compile_watchlist(actors, ()).explain("", text)


QAIS = Actor("khazali", "person", "Qais al-Khazali")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ahmed Khalfan Ghailani", "Ahmed Ghailani"),
        ("Othman Ahmed Othman Al-Ghamdi", "Uthman al-Ghamdi"),
        ("Akhmed Rajapovich Chataev", "Akhmad Chatayev"),
        ("Kamel Darraji", "Kamal Ben Mohamed Ben Ahmed Darraji"),
        ("Yahya Sinwar", "يحيى إبراهيم حسن السنوار"),
        ("Mohammed Karim Yusop Faiz", "Mohammad Yusuf Karim Faiz"),
        ("Ayadi Chafiq BIN Muhammad", "Muhammad Ayadi Shafiq"),
        ("Qais al-Khazali", "Khazali, Qais"),
        ("Mohammed Benhammedi", "Mohammed Ben Hammedi"),
        ("Seyed Mirahmad Nooshin", "Seid Mir Ahmad Nooshin"),
        ("Moussa Ben Omar Ben Ali Essaadi", "موسى بن عمر بن علي السعدي"),
        ("Rahmatullah Kakazada", "رحمت الله کاکا زاده"),
        ("Faycal Boughanemi", "فيصل بوغانمي"),
        ("Nasiruddin Haqqani", "Nassir Haqqani"),
        ("Abdul Reza Shahlai", "Abdul Reza Shala'i"),
        ("Maftah Mohamed Elmabruk", "Maftah El Mobruk"),
    ],
)
def test_a_person_is_found_by_what_tells_who_is_meant(name: str, text: str) -> None:
    assert [match.surface for match in found(name, f"«{text}»")] == [text]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Al-Quds Brigades", "سرايا القدس"),
        ("Islamic Resistance in Iraq", "المقاومة الإسلامية في العراق"),
        ("Mahdi Army", "جيش المهدي"),
        ("Mahdi Army", "Армия Махди"),
        ("Moroccan Islamic Combatant Group", "الجماعة الاسلامية المغربية المقاتلة"),
        ("Roshan Money Exchange", "صرافی روشان"),
    ],
)
def test_a_group_is_found_where_its_words_are_translated(name: str, text: str) -> None:
    assert found(name, f"«{text}»", group=True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ali Mamluk", "عاد إلى المملكة أمس"),
        ("Asim Umar", "ورد اسم يحيى عامر في القائمة"),
        ("Khalifa Muhammad Turki", "وقال خليفة في تركيا"),
        ("Ahmed Khalfan Ghailani", "Ahmed Khalfan Hussein spoke"),
        ("Mohamad Iqbal Abdurrahman", "N'aim Muhammed Abdulrahman spoke"),
        ("Abdulhafid Zlitni", "Abdulhafid Muhammed Alsaghir spoke"),
        ("Jan Mohammad Madani Ikram", "Engineer Sayed Ikram spoke"),
        ("Aisha Zeiniye", "وصل الرئيس الصيني"),
        ("Islamic State", "قمة الدول الإسلامية"),
    ],
)
def test_what_only_sounds_like_it_is_not_the_person(name: str, text: str) -> None:
    assert found(name, text) == []


def test_a_group_of_general_words_is_not_found_where_they_are_written_small() -> None:
    assert found("Islamic State", "the Islamic state funeral customs", group=True) == []
    assert found("Islamic State", "the Islamic State claimed it", group=True)
    (told,) = explained("the Islamic state funeral", Actor("is", "group", "Islamic State")).suppressed
    assert told.reason == "written small, it is a thing and no name"


@pytest.mark.parametrize(
    ("name", "text", "surface"),
    [
        ("Qais al-Khazali", "so Sheikh Qais al-Khazali said", "Sheikh Qais al-Khazali"),
        ("Qais al-Khazali", "the cleric Qais al-Khazali said", "Qais al-Khazali"),
        ("Qais al-Khazali", "God, Sheikh. Qais al-Khazali", "Sheikh. Qais al-Khazali"),
        ("قيس الخزعلي", "والحمد لله، السيد قيس الخزعلي", "السيد قيس الخزعلي"),
        ("Ijaz Safarash", "of Ijaz Safarash Ali on", "Ijaz Safarash Ali"),
        ("Ahmad Khalaf Shabib al-Dulaymi", "of Ahmad Khalaf Shabib al-Isawi on", "Ahmad Khalaf Shabib al-Isawi"),
    ],
)
def test_what_people_count_to_a_name_is_part_of_its_place(name: str, text: str, surface: str) -> None:
    (match,) = found(name, text)
    assert match.surface == surface == text[match.start : match.end]


@pytest.mark.parametrize(
    ("name", "text", "surface", "group"),
    [
        ("Asa'ib Ahl al-Haqq", "شاركت حركة العصائب في الموكب", "حركة العصائب", True),
        ("Izz ad-Din al-Qassam Brigades", "so Qassam Brigades said", "Qassam Brigades", True),
        ("قيس الخزعلي", "الخزعلي: موعدنا يوم الجمعة", "الخزعلي", False),
        ("Hassan Nasrallah", "وصل الوفد، والسيد نصر الله في الطريق", "والسيد نصر الله", False),
    ],
)
def test_one_part_is_enough_beside_a_title_a_kind_or_the_colon_of_a_headline(
    name: str, text: str, surface: str, group: bool
) -> None:
    aliases = ("عصائب أهل الحق",) if group else ()
    watched = Actor("it", "group" if group else "person", name, aliases)
    (match,) = compile_watchlist([watched], ()).match("", text)
    assert (match.surface, match.tier) == (surface, "C")


def test_a_part_that_two_of_the_watched_bear_is_enough_for_neither() -> None:
    watched = [Actor("one", "person", "Qais al-Khazali"), Actor("other", "person", "Laith al-Khazali")]
    assert compile_watchlist(watched, ()).match("", "Sheikh al-Khazali said") == ()
    assert compile_watchlist(watched[:1], ()).match("", "Khazali United won the cup") == ()


@pytest.mark.parametrize("text", ["Hezbollah", "Hizb Allah", "حزب الله", "حزبالله", "Hizbollah"])
def test_a_name_joined_with_gods_is_found_apart_and_in_other_vowels(text: str) -> None:
    assert [match.surface for match in found("Hizballah", f"so {text} said", group=True)] == [text]


def test_legal_forms_and_kinds_belong_to_the_name_of_a_group() -> None:
    (match,) = found("Al-Bashair Trading", "of Al-Bashair Trading Company, Ltd on Tuesday", group=True)
    assert match.surface == "Al-Bashair Trading Company, Ltd"
    (match,) = found("حزب الله", "قال حزب الله اللبناني أمس", group=True)
    assert match.surface == "حزب الله اللبناني"


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Q a i s   K h a z a l i", "letters apart"),
        ("Q.a.i.s a.l-K.h.a.z.a.l.i", "letters apart"),
        ("Q-a-i-s K-h-a-z-a-l-i", "letters apart"),
        ("Qais al-Kh4z4l1", "signs for letters"),
        ("Q@is al-Kh@z@li", "signs for letters"),
        ("Q\u0336a\u0336i\u0336s\u0336 al-Khazali", "combining marks"),
    ],
)
def test_letters_apart_and_signs_for_letters_are_read_and_told(text: str, step: str) -> None:
    (match,) = found("Qais al-Khazali", f"so {text} said" if "." not in text else text)
    assert step in match.steps
    assert match.surface == text


def test_letters_one_by_one_are_read_in_arabic_too() -> None:
    (match,) = found("قيس الخزعلي", "ق ي س   ا ل خ ز ع ل ي")
    assert match.steps == ("folded", "letters apart")


@pytest.mark.parametrize(
    ("text", "surface", "reason"),
    [
        ("Qais Khazari said", "Qais Khazari", "“khazari” is not “khazali”: R for L"),
        ("Qais Khazal said", "Qais Khazal", "“khazal” is not “khazali”: other vowels"),
        (
            "a man, Khazali, said",
            "Khazali",
            "a surname alone: neither the full name nor a title before it is in this text",
        ),
        ("Kays; Hazali said", "Kays; Hazali", "punctuation parts the words"),
    ],
)
def test_a_near_miss_is_told_with_what_it_lacks(text: str, surface: str, reason: str) -> None:
    explanation = explained(text, QAIS)
    assert explanation.matches == ()
    assert [(one.match.surface, one.reason) for one in explanation.suppressed] == [(surface, reason)]


def test_where_a_name_rings_nothing_beside_it_is_called_a_near_miss() -> None:
    explanation = explained("Qais al-Khazali said", QAIS)
    assert len(explanation.matches) == 1
    assert explanation.suppressed == ()


def test_near_misses_are_few_however_many_there_are() -> None:
    text = " and ".join(f"Qais Khazari{'x' * (at % 3)} ab{at}" for at in range(3_000))
    assert 0 < len(explained(text, QAIS).suppressed) <= 50


def test_the_long_vowels_of_a_name_of_one_word_may_be_written_short() -> None:
    assert [match.tier for match in found("Al-Shabaab", "of Al-Shabab on Monday", group=True)] == ["A"]
    assert found("Al-Shabaab", "the youth of Shabab", group=True) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Fared Saal", "The coal-fired plant of Berlin and Paris closed."),
        ("Resit Tavan", "It is better than the rest, the Minister of Finance told Reuters."),
        ("Logarcheo S.A", "The Speech of Bob was logorrheic."),
        ("Bank Torgovoy Kapital ZAO", "Capitals of Europe met in Bonn."),
    ],
)
def test_small_letters_are_no_name_where_names_have_capitals(name: str, text: str) -> None:
    assert found(name, text) == []


def test_in_a_text_all_in_small_letters_names_are_small_too() -> None:
    assert [match.surface for match in found("Qais al-Khazali", "today kais el hazali said")] == ["kais el hazali"]


def test_a_text_made_of_common_names_hides_no_other_name() -> None:
    watched = [Actor("common", "person", "Muhammad Hasan Ali Turki"), QAIS]
    text = "Muhammad Hasan Ahmad " * 2_000 + "Kays el-Hazali"
    assert {match.actor for match in compile_watchlist(watched, ()).match("", text)} == {"khazali"}


def test_a_part_is_looked_for_behind_particles_but_not_behind_a_row_without_end() -> None:
    near, far = ("Qais Hadi " + "bin " * count + "Khazali" for count in (5, 100))
    assert [match.surface for match in found("Qais Hadi al-Khazali", near)] == [near]
    assert [match.surface for match in found("Qais Hadi al-Khazali", far)] != [far]


def test_a_text_of_nothing_but_fathers_names_costs_with_its_length_and_not_with_the_square_of_it() -> None:
    """Counted in calls of functions, which are the same on every machine."""
    watch = compile_watchlist([Actor("it", "person", "Sergei Ivanovich Petrovich Sidorov")], ())
    assert calls(lambda: watch.match("", "Ivanovich Petrovich " * 200)) < 3 * calls(
        lambda: watch.match("", "Ivanovich Petrovich " * 100)
    )


def calls(work: Callable[[], object]) -> int:
    """The functions that `work` calls, the second time."""
    work()
    counted = 0

    def count(frame: FrameType, event: str, detail: object) -> None:
        nonlocal counted
        counted += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


MOMIN = Actor("momin", "person", "Hassan Karimi", ("Hasan Karimi", "Hassan Karimi Shirazi", "Hassan Kareemi"))


def test_beside_a_name_as_written_a_longer_one_of_the_same_person_is_still_found_by_its_sound() -> None:
    watchlist = compile_watchlist([MOMIN], ())
    text = "They met Hassan Karimi Shiraazi, and later Hassan Karimi alone."
    assert [match.surface for match in watchlist.match("", text)] == ["Hassan Karimi Shiraazi", "Hassan Karimi"]


def test_the_other_spellings_of_a_name_that_is_written_are_not_told_beside_it() -> None:
    watchlist = compile_watchlist([MOMIN], ())
    (match,) = watchlist.match("", "They met Hasan Karimi in the old town.")
    assert (match.pattern, match.tier) == ("Hasan Karimi", "A")


@pytest.mark.parametrize(
    "text", ["They met Hassen Karimy.", "They met Hassan Karimi Shiraazi.", "the old town, hasan karimi"]
)
def test_what_is_explained_is_what_rings(text: str) -> None:
    watchlist = compile_watchlist([MOMIN, Actor("other", "person", "Hassan Karim", ("Hasan Kareem",))], ())
    assert watchlist.explain("", text).matches == watchlist.match("", text)


def test_a_spelling_that_is_refused_hides_no_other_one() -> None:
    """Without an article "Islamic State" is words; the same place is "Dawla al-Islamiya", whichever is looked for first."""
    text = "من شعبنا في كل بلد عربي ودولة إسلامية أن يهبّ لنجدة"
    watched = [
        Actor("it", "group", "Dawla AL Islamiya", ("Islamic State",)),
        Actor("it", "group", "Islamic State", ("Dawla AL Islamiya",)),
    ]
    assert [[one.pattern for one in compile_watchlist([each], ()).match("", text)] for each in watched] == [
        ["Dawla AL Islamiya"]
    ] * 2
