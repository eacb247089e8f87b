"""Knows pages that are no article: bot checks, consent and login walls, "not found", script shells. Pure.

An honest short article must pass, so a page is refused only for what its title says, or for a phrase in a text too short to
be anything else.
"""

from __future__ import annotations

import re

from scraper.errors import ParseError

_SHORT = 700
_VERY_SHORT = 350

_TITLE_SAYINGS = (
    r"just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|robot check|verify(?:ing)? you are human",
    r"security check|ddos-guard|checking your browser|one moment,? please|before you continue|consent required|please wait",
    r"pardon our interruption|bot verification|human verification|you have been blocked|request rejected|not found|forbidden",
    r"(?:error )?40[34]\b.{0,40}|(?:the )?page (?:was |is )?(?:not found|introuvable|unavailable)|page (?:does not|doesn.t) exist",
    r"unauthorized|(?:50[0234]|internal server error|bad gateway|service (?:temporarily )?unavailable).{0,30}|site maintenance",
    r"seite nicht gefunden|page introuvable|p[aá]gina no encontrada|pagina non trovata|sayfa bulunamad[ıi]|страница не найдена",
    r"الصفحة غير موجودة|لم يتم العثور على الصفحة|صفحه (?:مورد نظر )?(?:یافت|پیدا) نشد|הדף לא נמצא",
)
_TITLES = re.compile(rf"^\W*(?:{'|'.join(_TITLE_SAYINGS)})\W*(?:[-|–—:].{{0,60}})?$", re.IGNORECASE)

_SAYINGS = (
    r"enable javascript|javascript is (?:disabled|required|not enabled)|requires javascript|aktivieren sie javascript|captcha",
    r"verify (?:that )?you.{0,5} (?:are )?(?:a )?human|unusual traffic|checking your browser|cf-ray|ray id|incapsula",
    r"access (?:to this page has been |is )?denied|not a robot|are a robot|404 (?:error|not found)",
    r"page (?:you requested |you(?:.re| are) looking for )?(?:was not|could not be|cannot be|couldn.t be|can.t be) found",
    r"(?:accept|allow|manage|use of) (?:all )?cookies|cookie (?:consent|settings|policy)|your privacy choices|gdpr|einwilligung",
    r"seite (?:wurde|konnte) nicht gefunden|page (?:demandée|que vous).{0,40}(?:introuvable|n.existe)|страница не найдена",
    r"الصفحة غير موجودة|لم يتم العثور|تفعيل (?:ال)?جافا|صفحه (?:مورد نظر )?(?:شما )?(?:یافت|پیدا) نشد|sayfa bulunamad",
)
_PHRASES = re.compile("|".join(_SAYINGS), re.IGNORECASE)


def refuse(title: str, text: str) -> None:
    """Raise ParseError("suspect") where title and text are those of a wall or an error page; return for an article."""
    if len(text) < 3 * _SHORT and _TITLES.match(title.strip()):
        raise ParseError("suspect", f"the page is no article but says: {title or text}")
    if len(text) < _SHORT:
        found = _PHRASES.findall(text)
        if len(found) >= 2 or (found and len(text) < _VERY_SHORT):
            raise ParseError("suspect", f"the page is no article but says: {text}")
