"""What the words before a date say that it is the date of: that something was published, or that it was changed. Pure.

Shared by the readers of articles ("Published: 20 June 2025") and of lists. A word that is only "date" says nothing of the kind.
"""

from __future__ import annotations

import re
from typing import Literal

Claim = Literal["published", "modified", ""]

_AT = r"(?: (?:on|at|am|le|el|il|ב))?"
_MODIFIED = (
    r"updated|modified|edited|aktualisiert|stand|mis à jour|actualizado|обновлен[оа]|обновлено|изменено|güncelleme(?: tarihi)?"
    r"|آخر (?:تحديث|تعديل)|تاريخ التحديث|بروزرسانی|به‌?روز ?رسانی|עודכן(?: בתאריך)?|תאריך עדכון"
)
_PUBLISHED = (
    r"published|posted|publication date|date published|release date|veröffentlicht|erschienen|publié|publicado|pubblicato"
    r"|опубликован[оа]?|дата публикации|размещено|yayın(?:lan?ma)?(?: tarihi)?|giriş(?: tarihi)?|eklenme(?: tarihi)?"
    r"|تاريخ (?:النشر|الإضافة|الاضافة|الخبر)|(?:تم النشر|نشر|نُشر)(?:ت)?(?: في| بتاريخ| يوم)?|تاریخ انتشار|انتشار|زمان انتشار"
    r"|פורסם(?: בתאריך| ביום)?|תאריך(?: ה)? ?פרסום"
)
_BEFORE: tuple[tuple[re.Pattern[str], Claim], ...] = (
    (re.compile(rf"(?:{_MODIFIED}){_AT}\W*$", re.IGNORECASE), "modified"),
    (re.compile(rf"(?:{_PUBLISHED}){_AT}\W*$", re.IGNORECASE), "published"),
)
_OPENING: tuple[tuple[re.Pattern[str], Claim], ...] = (
    (re.compile(rf"\W*(?:{_MODIFIED}){_AT}[\W_]*(?=\d|\w+,? \d)", re.IGNORECASE), "modified"),
    (re.compile(rf"\W*(?:{_PUBLISHED}){_AT}[\W_]*(?=\d|\w+,? \d)", re.IGNORECASE), "published"),
)


def before(label: str) -> Claim:
    """What `label`, which stands right before a date, says that it is the date of."""
    return next((claim for pattern, claim in _BEFORE if pattern.search(label)), "")


def opening(text: str) -> Claim:
    """What the words at the start of `text` say of the date behind them."""
    return next((claim for pattern, claim in _OPENING if pattern.match(text)), "")


def stripped(text: str) -> str:
    """`text` without words at its start that say that what follows is the day of publication."""
    pattern, _ = _OPENING[1]
    return pattern.sub("", text, count=1)
