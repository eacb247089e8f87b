"""What a rule will do, told before it runs: that it can never match, or that it matches nearly everything.

Pure, and careful rather than complete: what is said is so; not all that is so is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alerts.watch.required import frequency, required
from alerts.watch.rules import Rule, Rulebook, Statement
from alerts.watch.tree import And, Exact, Filter, Leaf, Named, Near, Not, Or, Phrase, Regex, Tree
from scraper.text import fold

SAMPLES: dict[str, tuple[str, str, str]] = {
    "English": (
        "The minister opened a new bridge on Monday and thanked the workers for finishing it in time.",
        "Rain is expected in most parts of the country from the evening on, the weather office said.",
        "Two of the schools in the old town will get a library, and a hall for the pupils to meet in.",
    ),
    "Arabic": (
        "افتتح الوزير الجسر الجديد في المدينة يوم الاثنين وشكر العمال على انجازه من دون تأخير.",
        "من المتوقع هطول امطار في معظم مناطق البلاد ابتداء من مساء اليوم، وفق ما ذكرته دائرة الارصاد.",
        "ستحصل مدرستان من مدارس البلدة القديمة على مكتبة وقاعة يجتمع في داخلها التلاميذ.",
    ),
    "Persian": (
        "وزیر روز دوشنبه پل تازه را در شهر افتتاح کرد و از کارگران به خاطر پایان به موقع آن تشکر کرد.",
        "اداره هواشناسی اعلام کرد که از امشب در بیشتر نقاط کشور باران به زمین می‌رسد.",
        "دو مدرسه در محله قدیمی به زودی کتابخانه و تالاری را برای دیدار دانش‌آموزان به دست می‌آورند.",
    ),
    "Hebrew": (
        "השר פתח ביום שני את הגשר החדש בעיר והודה לפועלים על סיום העבודה בזמן.",
        "גשם צפוי ברוב חלקי הארץ החל משעות הערב, כך מסר השירות המטאורולוגי.",
        "שני בתי ספר בעיר העתיקה יקבלו ספרייה ואולם שבו ייפגשו התלמידים של האזור.",
    ),
    "Russian": (
        "Министр открыл в понедельник новый мост в городе и поблагодарил рабочих за работу в срок.",
        "Дождь ожидается в большей части страны с вечера, сообщили в службе погоды.",
        "Две школы в старом городе получат библиотеку и зал, где будут встречаться ученики.",
    ),
    "Turkish": (
        "Bakan pazartesi günü yeni köprüyü açtı ve işçilere işi bir an önce bitirdikleri için teşekkür etti.",
        "Akşam saatlerinden itibaren ülkenin büyük bir bölümünde yağmur bekleniyor ve hava serin olacak.",
        "Eski şehirdeki iki okul bir kütüphane ve öğrencilerin buluşacağı geniş bir salon kazanacak.",
    ),
}
"""Statements about nothing in particular: what fires on all of a language fires on nearly everything in it."""
_COMMON = 4.0**-5


def never(tree: Tree) -> str:
    """Why a settled tree cannot be true, "" where nothing speaks against it."""
    return _never(tree, (), ())


def everywhere(rules: Sequence[Rule]) -> dict[str, tuple[str, ...]]:
    """The rules that fire on nearly everything, by id, each with the languages of `SAMPLES` in which it does so."""
    suspects = [rule for rule in rules if (keys := required(rule.tree)) is None or frequency(keys) >= _COMMON]
    if not suspects:
        return {}
    book = Rulebook(suspects)
    found: dict[str, list[str]] = {}
    for language, texts in SAMPLES.items():
        fired = [{match.rule for match in book.judge(Statement((None, (fold(text), {}))), 1)} for text in texts]
        for id_ in set.intersection(*fired):
            found.setdefault(str(id_), []).append(language)
    return {id_: tuple(languages) for id_, languages in found.items()}


def _never(tree: Tree, wanted: tuple[Leaf, ...], barred: tuple[Leaf, ...]) -> str:
    """`never` where all of `wanted` and none of `barred` hold besides."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    wanted += tuple(part for part in parts if not isinstance(part, And | Or | Not))
    barred += tuple(part.part for part in parts if isinstance(part, Not) and not isinstance(part.part, And | Or | Not))
    for leaf in wanted:
        for other in barred:
            if _implies(leaf, other):
                both = f"“{leaf.text}” must be there and " if leaf.text != other.text else ""
                return f"{both}“{other.text}” must {'not' if both else 'be there and must not'}"
        for other in wanted:
            if isinstance(leaf, Filter) and isinstance(other, Filter) and _clash(leaf, other):
                return f"“{leaf.text}” and “{other.text}” never hold together"
    for part in parts:
        if isinstance(part, And):
            reason = _never(part, wanted, barred)
        elif isinstance(part, Or):
            reasons = [_never(choice, wanted, barred) for choice in part.parts]
            reason = next(iter(reasons), "there is nothing to be found") if all(reasons) else ""
        else:
            continue
        if reason:
            return reason
    return ""


def _implies(one: Leaf, other: Leaf) -> bool:
    """Whether `other` is true wherever `one` is."""
    match one, other:
        case Filter(), Filter():
            return one.about == other.about and _is_within(one, other)
        case Near(), Phrase() | Exact() | Named():
            sides = [side[0] for side in (one.left, one.right) if len(side) == 1]
            return other.field in (None, one.field) and any(_implies(side, other) for side in sides)
        case Named(), Named(role=None) if one.actor == other.actor:
            return other.field in (None, one.field)
        case Phrase(), Phrase():
            return other.field in (None, one.field) and _holds(one, other)
        case ((Exact() | Named() | Regex() | Near()), (Exact() | Named() | Regex() | Near())):
            return other.field in (None, one.field) and _essence(one) == _essence(other)
    return False


def _essence(leaf: Exact | Named | Regex | Near) -> Leaf:
    """The term without its field and the way it was written."""
    return replace(leaf, field=None, text="")


def _holds(one: Phrase, other: Phrase) -> bool:
    """Whether the words of `other` follow each other in `one`."""
    size = len(other.words)
    if size > 1 and one.slop > other.slop:
        return False
    return any(
        all(
            mine.form.startswith(theirs.form) if theirs.star else mine == theirs
            for mine, theirs in zip(one.words[at : at + size], other.words, strict=True)
        )
        for at in range(len(one.words) - size + 1)
    )


def _is_within(one: Filter, other: Filter) -> bool:
    match one.about:
        case "lang":
            return one.value == other.value or one.value.startswith(other.value + "-")
        case "site":
            return one.value == other.value or one.value.endswith("." + other.value)
    return one.value == other.value


def _clash(one: Filter, other: Filter) -> bool:
    if "tag" in (one.about, other.about):
        return False  # a source has several
    return one.about == other.about and not _is_within(one, other) and not _is_within(other, one)
