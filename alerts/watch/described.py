"""What the text itself says a person is: "the secretary-general of Asa'ib Ahl al-Haqq, NAME", "NAME, head of ...". Pure.

before the name:  [the] ROLE [of [the] GROUP][,] NAME        GROUP ROLE NAME        ROLE-of GROUP NAME (Arabic, Persian)
behind the name:  NAME, [the] ROLE [of [the] GROUP],
"""

from __future__ import annotations

import re
from typing import NamedTuple

_REACH = 140
"""Code points on either side of the name that are read."""
_LONGEST_GROUP = 60

_ROLES = {
    "latin": """secretary[- ]general|deputy secretary[- ]general|supreme leader|spiritual leader|prime minister|foreign minister|
        defen[cs]e minister|(?:[a-z]+ )?minister|president|
        vice[- ]president|chairman|chairwoman|chair|chief of staff|commander-in-chief|commander|
        commander general|leader|deputy leader|head|founder|co-founder|director|spokesman|spokeswoman|spokesperson|governor|mayor|
        ambassador|secretary|imam|grand mufti|mufti|general|
        secrétaire général|chef|dirigeant|président|ministre|porte-parole|commandant|fondateur|
        secretario general|líder|jefe|presidente|ministro|portavoz|comandante|
        generalsekretär|anführer|führer|chef|präsident|vorsitzender|vorsitzende|minister|sprecher|kommandeur|
        genel sekreteri|lideri|başkanı|komutanı|sözcüsü|bakanı""",
    "arabic": """الأمين العام|الامين العام|نائب الأمين العام|زعيم|رئيس|قائد|القيادي|مؤسس|المتحدث باسم|
        المتحدث الرسمي باسم|الناطق باسم|وزير|مرشد|نائب رئيس|
        رئيس المكتب السياسي|عضو المكتب السياسي|دبیرکل|دبیر کل|رهبر|رئیس|فرمانده|سخنگوی|وزیر|بنیانگذار|نخست‌وزیر""",
    "cyrillic": """генеральный секретарь|лидер|глава|президент|председатель|командир|
        командующий|министр|основатель|представитель|премьер-министр""",
}
_ROLE = {
    script: "|".join(sorted("".join(text.split("\n")).replace("        ", "").split("|"), key=len, reverse=True))
    for script, text in _ROLES.items()
}
_OF = r"(?:\s+(?:of|de la|del|de|du|des|der|von)\s+(?:the\s+)?|\s+d['’])"
_GROUP = rf"[^,;:.()«»“”\"\n،؛]{{2,{_LONGEST_GROUP}}}"

_BEFORE = (
    re.compile(rf"(?<!\w)(?P<role>{_ROLE['latin']}){_OF}(?P<group>{_GROUP}?),?\s*$", re.IGNORECASE),
    re.compile(rf"(?P<group>(?:[A-ZÀ-Þ][\w'’-]*\s+){{1,5}})(?P<role>(?i:{_ROLE['latin']}))\s*$"),
    re.compile(rf"(?<!\w)(?P<role>{_ROLE['latin']})\s*$", re.IGNORECASE),
    re.compile(
        rf"(?<!\w)[وف]?(?P<role>{_ROLE['arabic']})\s+(?:لل|ل|في\s+)?ـ?(?P<group>{_GROUP}?)[،,]?\s*(?:(?:الشيخ|السيد)\s*)?$"
    ),
    re.compile(rf"(?<!\w)(?P<role>{_ROLE['cyrillic']})\s+(?P<group>{_GROUP}?)?,?\s*$", re.IGNORECASE),
)
_BEHIND = (
    re.compile(
        rf"\s*[,(–—-]\s*(?:(?:the|le|la|el|der|die)\s+)?(?P<role>{_ROLE['latin']})(?:{_OF}(?P<group>{_GROUP}?))?(?=[,;.)\n–—]|$)",
        re.IGNORECASE,
    ),
    re.compile(rf"\s*[،,(]\s*(?P<role>{_ROLE['arabic']})\s+(?:لل|ل|في\s+)?ـ?(?P<group>{_GROUP}?)(?=[،,؛.)\n]|$)"),
    re.compile(rf"\s*[,(]\s*(?P<role>{_ROLE['cyrillic']})\s+(?P<group>{_GROUP}?)(?=[,;.)\n]|$)", re.IGNORECASE),
)


class Described(NamedTuple):
    """A role and a group as the text writes them; "" for what it does not say."""

    role: str
    group: str


def described(text: str, around: tuple[int, int]) -> Described | None:
    """What the text says the person whose name stands at `around` (code points) is; None where it does not say."""
    start, end = around
    before = text[max(0, start - _REACH) : start].rpartition("\n")[2]
    behind = text[end : end + _REACH]
    found = [hit for one in _BEHIND if (hit := one.match(behind))]
    found = found or [hit for one in _BEFORE if (hit := one.search(before))]
    if not found:
        return None
    best = max(found, key=lambda hit: (len(hit["role"]), len(hit.groupdict().get("group") or "")))
    group = (best.groupdict().get("group") or "").strip()
    return Described(" ".join(best["role"].split()), " ".join(group.split()))
