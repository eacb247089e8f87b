"""Whether the words of a watched name stand for something else: written small, in the name of a thing, in another surname. Pure.

    the Islamic state      Mahdi Army Museum      مسجد سيد الشهداء      Hassan Rouhani Nejad

Only what the words beside the name show; who is meant where they show nothing is not asked here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from alerts.watch.names import is_article
from alerts.watch.namewords import is_common, is_filler, is_title
from alerts.watch.patterns import Pattern
from alerts.watch.tokens import name_readings
from alerts.watch.translated import kinds, translations
from scraper.letters import NON_JOINER
from scraper.text import Folded, fold

_TIED = re.compile(r"[\s_\u200c\u00ad‐‑-]*")
_SURNAME_ENDS = frozenset({
    "nejad", "nezhad", "nezad", "zadeh", "zade", "zada", "pour", "poor", "نژاد", "نجاد", "زاده", "پور", "منش", "تبار",
})  # fmt: skip
"""What makes another surname of the one before it: Rouhani, Rouhani Nejad."""
_THINGS = frozenset({
    "museum", "street", "road", "avenue", "square", "bridge", "park", "lake", "river", "mountain", "hill", "hospital", "school",
    "university", "college", "mosque", "church", "shrine", "stadium", "arena", "airport", "station", "library", "hotel",
    "restaurant", "cafe", "theatre", "theater", "club", "fc", "cup", "league", "prize", "award", "medal", "memorial", "cemetery",
    "building", "tower", "festival", "day", "week", "agreement", "convention", "treaty", "act", "charter", "programme",
    "program", "conference", "summit", "exhibition", "newspaper", "magazine", "daily", "orchestra", "choir", "band",
})  # fmt: skip
"""What is named after somebody, right behind the name."""
_PLACES = frozenset({
    "مسجد", "جامع", "شارع", "ساحه", "ميدان", "مدرسه", "مستشفي", "حي", "مرقد", "ضريح", "حسينيه", "معركه", "غزوه", "جامعه", "ملعب",
    "نادي", "مقبره", "جسر", "مطار", "مكتبه", "مقام", "خيابان", "بيمارستان", "ورزشگاه", "دانشگاه", "فرودگاه",
})  # fmt: skip
"""The same in Arabic and Persian, right before it."""
_NAMED_AFTER = _THINGS - {
    "day", "week", "agreement", "convention", "treaty", "act", "charter", "programme", "program", "conference", "summit", "exhibition",
    "band", "club", "memorial", "daily",
}  # fmt: skip
"""Those of them that are named after people, too."""
_TURKISH_THINGS = (
    "universitesi",
    "havalimani",
    "stadyumu",
    "stadi",
    "camii",
    "hastanesi",
    "caddesi",
    "sokagi",
    "bulvari",
    "koprusu",
    "parki",
)
_STREETS = frozenset({
    "شارع", "جامعه", "مستشفي", "مدرسه", "ملعب", "مطار", "جسر", "مكتبه", "مسجد", "جامع", "ميدان", "ساحه", "مرقد", "ضريح",
    "خيابان", "بلوار",
    "بيمارستان", "ورزشگاه", "دانشگاه", "فرودگاه", "улица", "улице", "улицы", "проспект", "проспекте", "площадь", "площади", "мечеть",
    "мечети", "имени", "רחוב", "שדרות", "כיכר", "גשר",
})  # fmt: skip
"""What stands before the person that it is named after."""
_LATIN_STREETS = frozenset({"rue", "avenue", "boulevard", "lycee", "stade", "calle", "avenida", "via", "piazza"})
_FATHERS = frozenset({"abu", "abou", "abi", "ابو", "ابي"})
_SONS = frozenset({"bin", "ben", "ibn", "بن", "ابن"})
_KUNYA = 2
_BODIES = frozenset({
    "state", "republic", "emirate", "government", "army", "guard", "guards", "council", "front", "union", "bank", "brotherhood",
})  # fmt: skip
_PLAIN_WORDS = """
    action alliance assembly authority banner battle bloc block bureau call camp campaign coalition commission
    congress coordination cooperation dawn day decisive defenders den dignity endurance fist flag framework
    freedom future glory guardians hope house iron justice law light lion lions movement muslim muslims nation
    national new of operation order path peace power pride progress promise rally rapid reform resolve rights rule
    security shadow solidarity spring storm strength support sword the throne tomorrow transitional southern
    northern eastern western central true truth united victory vision voice wall watch will wolves workers
"""
_PLAIN = frozenset(_PLAIN_WORDS.split())
"""Words of English names that are not in `translated.py`, because nothing is looked for in their place."""


def namesake(folded: Folded, first: int, behind: int, pattern: Pattern) -> str:
    """Why words `[first, behind)`, found by a pattern, mean something else; "" where nothing beside them says so."""
    name = pattern.text
    if pattern.person:
        return (
            _other_surname(folded, behind, name)
            or _of_another(folded, behind, name)
            or _named_after(folded, first, behind)
        )
    if _is_written_small(folded, first, behind, name):
        return "written small, it is a thing and no name"
    if folded.words[first].isascii():
        return _thing(folded, behind, name)
    return _arabic_thing(folded, first, behind, name)


def _other_surname(folded: Folded, behind: int, name: str) -> str:
    """The surname that the last word of a person's name goes on to be."""
    words = folded.words
    head, tied, tail = words[behind - 1].partition(NON_JOINER)
    if fold(name).words[-1].endswith(tuple(_SURNAME_ENDS)):
        return ""
    if tied and tail in _SURNAME_ENDS:
        return f"“{head}” goes on as another surname"
    if behind < len(words) and words[behind] in _SURNAME_ENDS and _follows(folded, behind):
        return f"“{words[behind - 1]} {words[behind]}” is another surname"
    return ""


def _of_another(folded: Folded, behind: int, name: str) -> str:
    """Whose son somebody is, known by his own son's name alone: أبو عبيدة بن الجراح is not أبو عبيدة."""
    words = folded.words
    own = fold(name).words
    if len(own) != _KUNYA or own[0] not in _FATHERS or behind + 1 >= len(words) or not _follows(folded, behind):
        return ""
    return f"“{' '.join(words[behind : behind + 2])}” is another" if words[behind] in _SONS else ""


def _named_after(folded: Folded, first: int, behind: int) -> str:
    """What bears a person's name: a street before it, a university behind it."""
    words = folded.words
    if behind < len(words) and _follows(folded, behind) and _is_large(folded, behind):
        head = words[behind].partition("'")[0]
        if head in _NAMED_AFTER or head.endswith(_TURKISH_THINGS):
            return f"in the name of a thing: {words[behind]}"
    if first and _follows(folded, first):
        forms = _forms(words[first - 1])
        if not _STREETS.isdisjoint(forms) or words[first - 1] in _LATIN_STREETS:
            return f"in the name of a place: {words[first - 1]}"
    return ""


def _is_written_small(folded: Folded, first: int, behind: int, name: str) -> bool:
    """Whether a group's name of general words alone stands in the text in small letters: all, where the text has capitals;
    or some."""
    surface = folded.original[slice(*folded.span(first, behind))]
    if " " not in name or not surface.isascii() or not _is_plain(name):
        return False
    long = [word for word in surface.split() if len(word) > 3]
    own = set(_english(fold(name).words))
    if 2 * sum(form not in own for form in _english(fold(" ".join(long)).words)) > len(long):
        return False  # other languages write them small
    if surface[:1].isupper():
        return any(word[:1].islower() for word in long)
    small = all(word[:1].islower() for word in long)
    return small and sum(1 for _ in re.finditer(r"(?<![^\W\d_])[A-Z]", folded.original[:4_000])) > 1


@lru_cache(maxsize=8_192)
def _is_plain(name: str) -> bool:
    """Whether a name, written large, has only words that are words as well."""
    words = [word for word in name.split() if len(word) > 3]
    forms = fold(name).words
    return all(word[:1].isupper() for word in words) and all(
        len(form) <= 3 or form in _PLAIN or is_filler(form) or bool(translations(form)) for form in _english(forms)
    )


def _english(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Words without the possessive: martyrs', lions'."""
    return tuple(form.split("'")[0] for form in forms)


@lru_cache(maxsize=8_192)
def _is_general(name: str) -> bool:
    """Whether nothing in a group's name is its own: general words, titles, given names."""
    forms = [form for form in fold(name).words if len(form) > 1 and not is_article(form, "")]
    return len(forms) > 1 and all(_is_general_word(form) for form in forms)


def _is_general_word(form: str) -> bool:
    if form.isascii():
        return form in _PLAIN or is_filler(form) or bool(translations(form)) or is_title(form) or is_common(form, 0.25)
    return any(
        bool(translations(one)) or is_title(one) or is_common(one, 0.25)
        for one in {form, *(reading.form for reading in name_readings(form) if not reading.first)}
    )


def _thing(folded: Folded, behind: int, name: str) -> str:
    """What is named after a group of general words alone, or is another of its kind."""
    words = folded.words
    if behind >= len(words) or not _is_general(name) or not _follows(folded, behind):
        return ""
    if words[behind] in _THINGS and _is_large(folded, behind):
        return f"in the name of a thing: {words[behind]}"
    last = fold(name).words[-1]
    if last in _BODIES and words[behind] == "of" and behind + 1 < len(words) and _is_large(folded, behind + 1):
        goes_on = words[behind + 2 : behind + 3] == ("and",)
        return "" if goes_on or words[behind + 1] in fold(name).words else f"another {last}: of {words[behind + 1]}"
    return ""


def _arabic_thing(folded: Folded, first: int, behind: int, name: str) -> str:
    words = folded.words
    written = fold(name).words
    if not "\u0600" <= words[first][0] <= "\u06ff" or not _is_general(name):
        return ""
    last = words[behind - 1]
    if written[0].isascii() and not any("ال" in form[:4] or form.startswith("لل") for form in words[first:behind]):
        return "" if _is_persian(folded, first, behind) else "without an article these are words and no name"
    bare = written[-1].startswith("ال") and not last.startswith(("ال", "لل")) and len(written) == behind - first
    if bare and not _is_persian(folded, first, behind):
        return f"without its article, “{last}” is a word and no name"
    if any(_is_kind(form) for word in (*words[first:behind], *written) for form in _forms(word)):
        return ""
    if first and not _PLACES.isdisjoint(_forms(words[first - 1])) and _follows(folded, first):
        return f"in the name of a place: {words[first - 1]}"
    titled = any(is_title(form) for form in _forms(words[first]))
    if titled and behind < len(words) and _follows(folded, behind):
        name_follows = words[behind] != "علي" and any(is_common(one, 0.0) for one in _forms(words[behind]))
        return f"a title of “{words[behind]}”" if name_follows else ""
    return ""


def _is_persian(folded: Folded, first: int, behind: int) -> bool:
    """Whether letters around say that the text is Persian, which leaves Arabic articles out."""
    start, end = folded.span(first, behind)
    return _PERSIAN.search(folded.original, max(0, start - _AROUND), end + _AROUND) is not None


_AROUND = 400
_PERSIAN = re.compile("[پچژگکیٹڈڑ]")


def _is_kind(form: str) -> bool:
    """Whether a word says that what it stands in is a group and nothing else."""
    return form in kinds() or form in ("حزب", "الله")


def _forms(word: str) -> set[str]:
    return {word, *(reading.form for reading in name_readings(word))}


def _follows(folded: Folded, at: int) -> bool:
    """Whether the word stands right behind the one before it."""
    return _TIED.fullmatch(folded.original, folded.span(at - 1, at)[1], folded.starts()[at]) is not None


def _is_large(folded: Folded, at: int) -> bool:
    return folded.original[folded.starts()[at]].isupper()
