"""The words of alerts in French: the names of `en.py`."""

from __future__ import annotations

from datetime import date, timedelta

WEEKDAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

RIGHT_TO_LEFT = False
COMMA = ", "
SAID = "a déclaré"
SAID_ON = "dit le"
MENTIONS = "mentionne"
PUBLISHED = "publié"
SEEN = "vu"
ABOUT = "vers"
DATE_ONLY = "date seule"
TO_THE_HOUR = "à l'heure près"
NO_DATE = "sans date"
IN_THE_FUTURE = "dans l'avenir"
NO_HEADLINE = "(sans titre)"
NO_RULE = "liste de suivi"
OWN_WATCHLIST = "la liste de cette discussion"
MAY_REPEAT = "peut-être en double : un essai précédent est peut-être arrivé"
FIRST = "d'abord"
ALSO = "aussi"
EDITED = "modifié depuis,"
REMOVED = "retiré depuis,"
IN_THE_STORY_OF = "dans l'histoire de"
THROUGH_FALLBACK = "par un canal de secours, car le canal"
UNREACHED_SINCE = "ne prend pas de messages depuis"
UNREACHED = "ne prend pas de messages"
SENT_MEANWHILE = "envoyé entre-temps par"
STATEMENT_EDITED = "Modifié"
STATEMENT_REMOVED = "Retiré"
TITLE = "titre"
FINGERPRINTS = "SHA-256 du texte, avant et maintenant"
FINGERPRINT = "SHA-256 du texte tel qu'il a été conservé"
GONE_FROM = "n'est plus chez sa source depuis"
ARCHIVED = "Tel qu'il a été conservé :"
NO_TEXT = "(seul son titre a été conservé)"
EMPTY_NOTICE = "(un avis sans mots)"

_NEWS = {"a denial": "un démenti", "a new quotation": "une nouvelle citation"}
_DIGESTS = {
    "quiet": "Retenu pendant les heures calmes",
    "mute": "Retenu pendant le silence",
    "storm": "Trop à la fois, donc dit ensemble",
    "late": "Dû quand rien ne pouvait partir, donc dit ensemble",
    "relay": "Pour un canal qui ne prend pas de messages, donc dit ici",
}


def day(at: date) -> str:
    """A date."""
    return f"{WEEKDAYS[at.weekday()]} {at.day}{'er' if at.day == 1 else ''} {MONTHS[at.month - 1]} {at.year}"


def rules(count: int) -> str:
    """What stands before the names of the routes that rang."""
    return "règle" if count == 1 else "règles"


def hits(count: int) -> str:
    """How often something was met."""
    return f"{count} fois"


def more(count: int) -> str:
    """What stands for names that were left out."""
    return f"et {count} de plus"


def written(surface: str) -> str:
    """How the statement writes a watched name, where that differs."""
    return f"écrit « {surface} »"


def old(days: int) -> str:
    """A time long past."""
    return f"il y a {days} jours"


def no_link(what: str) -> str:
    """The address of an item cannot be a link: `what` is its scheme or host."""
    return f"pas de lien : {what}"


def delayed(by: timedelta) -> str:
    """How late an alert is: whole minutes below two hours, hours below two days, then days."""
    minutes = max(1, round(by.total_seconds() / 60))
    if minutes < 120:
        return f"en retard de {minutes} min"
    if minutes < 48 * 60:
        rest = f" {minutes % 60} min" if minutes % 60 else ""
        return f"en retard de {minutes // 60} h{rest}"
    days, rest_hours = divmod(minutes // 60, 24)
    return f"en retard de {days} j {rest_hours} h" if rest_hours else f"en retard de {days} j"


def first_look(count: int) -> str:
    """What a message about the first look at `count` sources begins with."""
    what = "une nouvelle source" if count == 1 else f"{count} nouvelles sources"
    return f"Premier regard sur {what} : ce qui y est déjà est conservé et ne sonne pour personne. Ce qui est nouveau désormais sonne."


def begun(source: str, stored: int, matched: int) -> str:
    """What the first look at one source stored, and how much of it matches what is watched."""
    return f"{source} : {stored} conservées, dont {matched} auraient sonné. Les plus récentes :"


def sources(count: int) -> str:
    """How many sources carry a statement."""
    return f"{count} sources"


def lead(after: timedelta) -> str:
    """How much later than the first a source had it: minutes below two hours, then hours, then days."""
    minutes = max(0, round(after.total_seconds() / 60))
    if minutes < 120:
        return f"+{minutes} min"
    return f"+{minutes // 60} h" if minutes < 48 * 60 else f"+{minutes // (24 * 60)} j"


def news(what: str) -> str:
    """What a copy says that its story did not say yet: `what` in the words of `scraper/likeness.py`."""
    return _NEWS.get(what, what)


def left_out(statement: int) -> str:
    """Where the rest of a change can be read."""
    return f"(le reste de ce qui a changé : bayan statements diff {statement})"


def digest(kind: str, count: int) -> str:
    """What a digest is, by why its alerts waited: "quiet", "digest", "mute", "storm"."""
    return f"{_DIGESTS.get(kind, 'Résumé')} : {count} alerte{'' if count < 2 else 's'}"


def in_the_file(count: int) -> str:
    """What stands for alerts that are told in the file only."""
    return f"et {count} de plus, dans le fichier"


def mute_over(subject: str, held_back: int) -> str:
    """That a silence ended."""
    what = f" sur {subject}" if subject else ""
    return f"Le silence{what} est terminé ; il a retenu {held_back} alerte{'' if held_back < 2 else 's'}."


def canary(at: str, number: int) -> str:
    """That bayan's own statement came through: `at` is when, `number` how many there were today."""
    return (
        f"🐤 bayan veille : le canari n° {number} du jour est passé le {at}.\nCe message est mis à jour à chaque fois."
    )
