"""What stands around words that may be a watched name: another part of somebody's name, capitals, punctuation. Pure."""

from __future__ import annotations

import re

from alerts.watch.attested import names_of
from alerts.watch.likeness import heard_as
from alerts.watch.names import is_article
from alerts.watch.namewords import is_common, is_filler, is_particle, is_title, no_names
from alerts.watch.parts import Text
from alerts.watch.translated import translations
from scraper.text import Folded

_BREAK = re.compile(r"[;:!?|\n\[\]{}،؛؟]|(?<!\b\w)(?<!\b\w\w)\.\s")
"""What no name goes across: punctuation, but for the full stop of an initial. A comma stands only behind a surname first."""
_LONGEST_TAG = 100
_NO_NAME = re.compile(r"[^\w\s'’‘ʿʾ`-]")


def has_capitals(text: Text, at: int) -> bool:
    return text.folded.original[text.folded.starts()[at]].isupper() or "a" <= text.words[at][0] <= "\u04ff"


def stands_in_a_name(text: Text, first: int, behind: int) -> bool:
    """Whether a name word stands right before or behind: "Muhammad Abbas" is not who "Muhammad Abbas Turkmani" is."""
    return name_before(text, first) or name_behind(text, first, behind)


def goes_on(text: Text, behind: int) -> bool:
    """Whether "of" and a name follow: the Revolutionary Guard of Grenada is another."""
    words = text.words
    return (
        behind + 1 < len(words)
        and words[behind] in ("of", "for", "in", "de", "du")
        and words[behind].isascii()
        and text.folded.original[text.folded.span(behind + 1, behind + 2)[0]].isupper()
    )


def name_before(text: Text, first: int) -> bool:
    """Whether a word of a name stands right before: a hashtag and punctuation part it from one."""
    if _begins_hashtag(text, first):
        return False
    before, folded = first - 1, text.folded
    while before > 0 and is_particle(text.words[before]):
        before -= 1
    return (
        before >= 0
        and not is_title(text.words[before])
        and not _adds_nothing(text.words[before])
        and _is_of_name(text, before)
        and not _NO_NAME.search(folded.original[folded.span(before, before + 1)[1] : folded.starts()[first]])
    )


def name_behind(text: Text, first: int, behind: int) -> bool:
    """The same right behind, an article or a particle between; in scripts without capitals, a word like a surname."""
    folded = text.folded
    if _ends_hashtag(text, first, behind):
        return False
    while behind < len(text.words) - 1 and (
        is_particle(text.words[behind]) or is_article(text.words[behind], text.words[behind + 1])
    ):
        behind += 1
    if (
        behind < len(text.words)
        and not is_title(text.words[behind])
        and not _adds_nothing(text.words[behind])
        and (_is_of_name(text, behind) or _is_nisba(text.words[behind]))
    ):
        return not _NO_NAME.search(folded.original[folded.span(first, behind)[1] : folded.starts()[behind]])
    return False


def _begins_hashtag(text: Text, first: int) -> bool:
    folded = text.folded
    return folded.original[max(0, folded.starts()[first] - 1)] == "#"


def _ends_hashtag(text: Text, first: int, behind: int) -> bool:
    """Whether words that are tied by underscores or capitals (#ahmad_salem) end where no further one is tied to them."""
    folded = text.folded
    if any(one == behind for _, one in folded.wholes):
        return True
    start, end = folded.span(first, behind)
    _, sign, tag = folded.original[max(0, start - _LONGEST_TAG) : end].rpartition("#")
    return bool(sign) and "_" in tag and " " not in tag and folded.original[end : end + 1] != "_"


def _is_of_name(text: Text, at: int) -> bool:
    """Whether a word can be of a name: in a headline, where capitals say nothing, only one that is known."""
    if not text.is_name_like(at):
        return False
    word = text.words[at]
    if word >= "\u0590":
        return any(names_of(heard.form) or (word < "\u0600" and is_common(heard.form, 0.0)) for heard in heard_as(word))
    return not text.is_headline() or not word.isascii() or is_common(word) or bool(names_of(word))


def _adds_nothing(word: str) -> bool:
    """Whether a word only says that a group is one, in any language (الجماعة, Foundation)."""
    if word.isascii():
        return is_filler(word)
    return any(is_filler(other) for heard in heard_as(word) for other in translations(heard.form))


def _is_nisba(word: str) -> bool:
    if word in no_names() or is_title(word):
        return False
    return (len(word) > 4 and word.endswith("ي")) or (word.startswith("ال") and len(word) > 4)


def is_broken(folded: Folded, first: int, behind: int, *, turned: bool) -> bool:
    """Whether punctuation parts the words."""
    surface = folded.original[slice(*folded.span(first, behind))]
    return bool(_BREAK.search(surface)) or (not turned and "," in surface)
