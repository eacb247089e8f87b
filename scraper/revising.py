"""What of a text counts: whether two readings of one statement say the same, whatever stands around the words. Pure.

A page changes with every look: views are counted, "2 hours ago" becomes "3 hours ago", other headlines stand under "Related",
an advertisement comes and goes, quotation marks are curled. None of that is an edit; a word, a number or a name is.

    text -> quotes, dashes, spaces and case made even -> without counters, ages and furniture -> the words that count
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

MOSTLY = 0.3
"""Of the old words: where less of them is left, it may be a wall, and is believed when it is seen twice."""
LINK_WORDS = 20
"""A line of at most so many words that does not end as a sentence does may be a link to something else."""
LONGEST_FURNITURE = 160
"""Code points of a line that may be a share bar or a stamp: what is longer is text."""
TELLING_WORDS = 12
"""A text is trusted to be prose from so many words in lines that end as sentences do."""

_EVEN = str.maketrans({
    **dict.fromkeys("“”„‟«»″‹›＂", '"'), **dict.fromkeys("‘’‚‛′ʼ`´", "'"), **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...", "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u200e": "", "\u200f": "", "\u2060": "", "\ufeff": "",
    "\u0640": "",
})  # fmt: skip
_NUMBER = r"\d[\d.,\u066b\u066c ]{0,14}(?: ?[km])?"
_COUNTED = (
    r"views?|reads?|shares?|likes?|comments?|replies|reposts?|retweets?|followers?|minutes? read|min read|"
    r"مشاهدة|مشاهدات|قراءة|قراءات|تعليق|تعليقات|مشاركة|مشاركات|اعجاب|إعجاب|"
    r"بازدید|بازديد|نظر|دیدگاه|لایک|görüntülenme|okunma|yorum|paylaşım|beğeni|"
    r"просмотр\w*|комментари\w*|репост\w*|aufrufe|kommentare?|vues?|commentaires?|partages?|visitas?|comentarios?|צפיות|תגובות"
)
_COUNTERS = re.compile(
    rf"(?<!\w)(?:{_NUMBER}[ \xa0]?(?:{_COUNTED})(?!\w)|(?:{_COUNTED})[ \xa0]*[:(][ \xa0]*{_NUMBER}\)?)", re.IGNORECASE
)
_AGES = re.compile(
    r"(?<!\w)(?:"
    r"(?:\d+|an?|one|few) ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?|years?) ago|just now|"
    r"(?:منذ|قبل) (?:\d+ )?(?:ثانية|ثوان|ثواني|دقيقة|دقيقتين|دقائق|ساعة|ساعتين|ساعات|يوم|يومين|أيام|ايام|أسبوع|اسبوع|شهر|أشهر)|"
    r"(?:\d+|یک) (?:ثانیه|دقیقه|ساعت|روز|هفته|ماه) (?:پیش|قبل)|"
    r"\d+ (?:saniye|dakika|dk|saat|sa|gün|hafta|ay) önce|"
    r"vor (?:\d+|einer|einem) (?:sekunden?|minuten?|stunden?|tag(?:en)?|wochen?)|"
    r"il y a (?:\d+|une?) (?:secondes?|minutes?|min|heures?|h|jours?|semaines?)|"
    r"hace (?:\d+|una?) (?:segundos?|minutos?|horas?|días?|semanas?)|"
    r"(?:\d+ )?(?:секунд\w*|минут\w*|час\w*|дн\w*|день|недел\w*) назад|"
    r"לפני (?:\d+ )?(?:שניות|דקה|דקות|שעה|שעתיים|שעות|יום|יומיים|ימים)"
    r")(?!\w)",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"(?:last )?(?:updated|modified|published|posted|آخر تحديث|تحديث|نشر في|به روزرسانی|güncelleme|обновлено|aktualisiert|mis à jour)"
    r"(?: (?:on|at|am|le))?[ :]*(?:[\d/.: ,-]|\b(?:am|pm|utc|gmt|at)\b)*",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(?:\W|\d|\b(?:share|tweet|post|send|save|print|copy|copied|link|url|email|e-mail|mail|facebook|twitter|x|whatsapp|telegram|"
    r"linkedin|pinterest|reddit|viber|instagram|messenger|threads|bluesky|follow|subscribe|us|on|via|by|this|article|story|to|"
    r"with|and|or|now|click|here|شارك|مشاركة|المشاركة|نسخ|الرابط|طباعة|فيسبوك|تويتر|واتساب|تلغرام|تليغرام|عبر|على|"
    r"اشتراک|گذاری|چاپ|ارسال|paylaş|yazdır|kopyala|поделиться|печать|teilen|drucken|partager|imprimer|compartir|imprimir)\b)+",
    re.IGNORECASE,
)
_AD = re.compile(
    r"\W*(?:advertisements?|advertising|sponsored(?: content)?|ad|promoted|skip ad|إعلان|اعلان|إعلانات|آگهی|تبلیغات|reklam|"
    r"реклама|anzeige|werbung|publicité|publicidad|פרסומת)\W*",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"\W*(?:related|read (?:more|also|next)|see also|more (?:on|from|news|stories)|also read|most read|trending|recommended|"
    r"you may also like|اقرأ (?:أيضا|أيضاً|المزيد)|إقرأ|اقرا ايضا|مواضيع ذات صلة|أخبار ذات صلة|ذات صلة|المزيد|"
    r"بیشتر بخوانید|مطالب مرتبط|اخبار مرتبط|ilgili haberler?|bunları da|çok okunanlar|"
    r"читайте также|по теме|lesen sie auch|mehr zum thema|à lire aussi|lire aussi|lea también|ver también|קראו גם)\b",
    re.IGNORECASE,
)
_ENDS_A_SENTENCE = re.compile(r"[.!?؟。۔:;؛…][\"'»”’)\]]*$")

Likeness = Literal["same", "edited", "doubtful"]


@dataclass(frozen=True, slots=True)
class Version:
    """What a statement said at one time; what is not known is ""."""

    title: str
    summary: str = ""
    text: str = ""


def essence(text: str) -> str:
    """The words of `text` that count, in even form: equal for two readings that say the same."""
    return "\n".join(_lines(text))


def even(text: str) -> str:
    """`text` with quotes, dashes, spaces, invisible signs and case made even."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_EVEN)).translate(_EVEN).casefold().split())


def compare(before: str, after: str) -> Likeness:
    """Whether the text behind a headline was edited. "doubtful": next to nothing is left of it, which may be a wall.

    Links to other news that stand beside a text and change with every look do not count.
    """
    old, new = _lines(before), _lines(after)
    if old == new:
        return "same"
    came, went = _other(new, old), _other(old, new)
    if _is_prose(old) and _is_prose(new) and all(_may_be_a_link(line) for line in (*came, *went)):
        return "same"
    if " ".join(old) == " ".join(new):  # paragraphs were split or joined
        return "same"
    words, left = " ".join(old).split(), set(" ".join(new).split())
    kept = sum(word in left for word in words)
    return "doubtful" if words and kept < MOSTLY * len(words) else "edited"


def contradicts(before: Version, after: Version) -> bool:
    """Whether a list says something else of a statement than before: less is no contradiction, nor is a headline cut short."""
    if not _agree(before.title, after.title) or not _agree(before.summary, after.summary):
        return True
    return bool(after.text) and compare(before.text, after.text) != "same"


def _agree(before: str, after: str) -> bool:
    old, new = essence(before), essence(after)
    if old == new or not new:
        return True
    for short, long in ((old, new), (new, old)):
        cut = re.sub(r"\s*(?:\.\.\.|\[\.\.\.\])$", "", short)
        if cut != short and len(cut) >= 16 and long.startswith(cut):
            return True
    return False


def _lines(text: str) -> list[str]:
    """The lines that count, each in even form. A text of nothing else is taken as it is."""
    kept: list[str] = []
    below_related = False
    for raw in text.splitlines():
        line = even(raw)
        if below_related and line and _may_be_a_link(line):
            continue
        below_related = below_related and not line
        if _RELATED.match(line) and _may_be_a_link(line):
            below_related = True
            continue
        bare = " ".join(_COUNTERS.sub(" ", _AGES.sub(" ", line)).split())
        if bare and not _is_furniture(bare):
            kept.append(bare)
    whole = even(text)
    return kept or ([whole] if whole else [])


def _is_furniture(line: str) -> bool:
    if len(line) > LONGEST_FURNITURE:
        return False
    return bool(_STAMP.fullmatch(line) or _AD.fullmatch(line) or not re.search(r"\w", line) or _is_share_bar(line))


def _is_share_bar(line: str) -> bool:
    return _SHARE.fullmatch(line) is not None and re.search(r"[^\W\d]", line) is not None


def _may_be_a_link(line: str) -> bool:
    return len(line.split()) <= LINK_WORDS and not _ENDS_A_SENTENCE.search(line)


def _is_prose(lines: Sequence[str]) -> bool:
    return sum(len(line.split()) for line in lines if _ENDS_A_SENTENCE.search(line)) >= TELLING_WORDS


def _other(lines: Sequence[str], than: Sequence[str]) -> Iterator[str]:
    there = set(than)
    return (line for line in lines if line not in there)
