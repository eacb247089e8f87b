"""What a rule is written with: its text cut into terms, operators and brackets; each term read, or refused with its place.

The specification is `docs/rules.md`. What looks like a slip is refused with what to write instead, never guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from alerts.model import Role
from alerts.watch.tree import Exact, Filter, Named, Phrase, Regex, Word, Words
from scraper.errors import one_line
from scraper.text import fold, spell_rule

if TYPE_CHECKING:
    from alerts.model import Field

MOST_SLOP = 50
"""Words between, for slop and NEAR: farther apart, two words have nothing to do with each other."""
SHORTEST_STAR = 3
"""Letters before a star: a shorter beginning rings for nearly everything."""
MOST_PATTERN = 500
_QUOTES = '"“”„«»'
_CLOSING = {**dict.fromkeys('"“”„', '"“”'), **dict.fromkeys("«»", "«»")}
_BARE = re.compile(rf"[^\s{_QUOTES}()]+")
_COLON = re.compile(rf"[^\s{_QUOTES}():]*:")
_PATTERN = re.compile(r"/((?:[^/\\]|\\.)*)/([^\s()]*)", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,9}")
_NEAR_LIKE = re.compile(r"(?i:near)[/~]?[0-9]+|NEAR|(?i:near)/|NEAR[/~].*")
_STARRED = re.compile(r"(\*+)")
_TAG = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_ID = re.compile(r"[\w.-]+")
_LABEL = re.compile(r"[^\W_][\w.:-]{0,63}")
_FIELDS: dict[str, Field] = {"title": "title", "body": "body"}
_FILTERS: dict[str, Literal["lang", "source", "tag", "site"]] = {
    "lang": "lang",
    "source": "source",
    "tag": "tag",
    "site": "site",
}
_ROLES: dict[str, Role] = {"said": "speaker", "about": "mentioned"}
_SIGNS = {
    "||": "write OR in capitals, with spaces around it",
    "|": "write OR in capitals, with spaces around it",
    "&&": "write AND in capitals, with spaces around it, or only a space",
    "&": "write AND in capitals, with spaces around it, or only a space",
    "+": "leave it out: every word must be there unless OR stands between",
    "-": "write it directly before what must not be there, or write NOT",
    "!": "write NOT, or - directly before the word",
}


Names: TypeAlias = Callable[[str], str | None]
"""The id of the actor that is meant by what a rule has behind @, None where there is none."""


class Refused(Exception):
    """Why a rule is none: at which of its characters (from 0), in one sentence, and what to write instead."""

    def __init__(self, at: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.at, self.message, self.hint = at, message, hint


Mark = Literal["(", ")", "AND", "OR", "NOT", "-", "NEAR", "field", "term", "end"]


class Token(NamedTuple):
    """One piece of a rule. `value` is the term, the name of the field, or the number of NEAR."""

    mark: Mark
    at: int
    end: int
    value: Any = None


def tokens(text: str, actor_of: Names) -> Iterator[Token]:
    """The pieces of a rule in order, an "end" last. Raises `Refused`."""
    at, before = 0, None
    while True:
        while at < len(text) and (text[at].isspace() or _is_unseen(text[at])):
            at += 1
        if at == len(text):
            yield Token("end", at, at)
            return
        token = _token(text, at, before, actor_of)
        if before is not None and before.end == at and _ends(before) and _begins(token):
            raise Refused(at, "there is no space between two terms", "put a space, AND or OR between them")
        yield token
        at, before = token.end, token


def entry(text: str) -> Phrase | None:
    """An entry of a list's `any` or `none`: a word or phrase, with stars that are taken as they come; None without a word."""
    found: list[Word] = []
    pieces = text.split("*")
    for place, piece in enumerate(pieces):
        words = [spell_rule(word) for word in fold(piece).words]
        starred = place + 1 < len(pieces) and bool(words) and len(words[-1]) >= SHORTEST_STAR
        found += [Word(word, starred and number == len(words)) for number, word in enumerate(words, 1)]
    return Phrase(tuple(found), text) if found else None


def _ends(token: Token) -> bool:
    return token.mark in ("term", ")")


def _begins(token: Token) -> bool:
    return token.mark in ("term", "(", "field", "-")


def _is_unseen(char: str) -> bool:
    """Bidi controls and the like, which come along when a rule is copied; not what parts or joins letters."""
    return unicodedata.category(char) == "Cf" and char not in "\u200b\u200c"


def _token(text: str, at: int, before: Token | None, actor_of: Names) -> Token:
    char = text[at]
    if before is not None and before.mark == "field":
        _check_behind_field(text, at, before)
    if char in "()":
        return Token("(" if char == "(" else ")", at, at + 1)
    if char in _QUOTES:
        return _quoted(text, at)
    if char == "=":
        return _exact(text, at)
    if char == "/":
        return _regex(text, at)
    if char == "-":
        return _minus(text, at)
    if (colon := _COLON.match(text, at)) is not None:
        return _field(text, at, colon[0], actor_of)
    bare = _BARE.match(text, at)
    assert bare is not None  # anything else was taken above
    return _bare(bare[0], at, bare.end(), actor_of)


def _check_behind_field(text: str, at: int, field: Token) -> None:
    if field.end != at or text[at] == ")":
        hint = f"write {field.value}:word or {field.value}:(one OR other), without a space"
        raise Refused(field.at, f"nothing stands directly behind “{field.value}:”", hint)
    if text[at] == "-":
        raise Refused(at, "a minus cannot stand behind a field", f"write -{field.value}:word")


def _quoted(text: str, at: int) -> Token:
    inside, end = _inside(text, at)
    words = _words(inside, at + 1, quoted=True)
    slop = 0
    if text.startswith("~", end):
        number = _BARE.match(text, end + 1)
        said = number[0] if number else ""
        if not _NUMBER.fullmatch(said) or int(said) > MOST_SLOP:
            raise Refused(end, f"~ takes a number from 0 to {MOST_SLOP}", f"for example {text[at:end]}~3")
        slop, end = int(said), end + 1 + len(said)
    return Token("term", at, end, Phrase(words, text[at:end], slop))


def _inside(text: str, at: int) -> tuple[str, int]:
    """What stands in the quotes that open at `at`, and the place behind them."""
    end = next((place for place in range(at + 1, len(text)) if text[place] in _CLOSING[text[at]]), -1)
    if end < 0:
        raise Refused(at, "these quotes are never closed", "write the second quotation mark, or leave this one out")
    return text[at + 1 : end], end + 1


def _exact(text: str, at: int) -> Token:
    if at + 1 >= len(text) or text[at + 1] not in _QUOTES:
        raise Refused(at, "= needs quotes behind it", 'write ="AAH" to find it exactly as written')
    inside, end = _inside(text, at + 1)
    letters = " ".join(unicodedata.normalize("NFC", inside).split())
    if not any(_is_said(letter) for letter in letters):
        raise Refused(at, "there is no letter or digit in it", 'write what shall be found, such as ="AAH"')
    return Token("term", at, end, Exact(letters, text[at:end]))


def _regex(text: str, at: int) -> Token:
    found = _PATTERN.match(text, at)
    if found is None:
        raise Refused(at, "this regular expression is never closed", "end it with /, and write \\/ for a slash in it")
    if found[2] not in ("", "i"):
        hint = "the only flag is i; write \\/ for a slash in it, and quotes around a path"
        raise Refused(found.start(2), f"“{one_line(found[2], 20)}” cannot stand behind a regular expression", hint)
    pattern = re.sub(r"\\(.)", lambda pair: "/" if pair[1] == "/" else pair[0], found[1], flags=re.DOTALL)
    if len(pattern) > MOST_PATTERN:
        raise Refused(at, f"a regular expression has at most {MOST_PATTERN} characters", "write several, with OR")
    ignores_case = bool(found[2])
    try:
        can_be_empty = _can_be_empty(compiled(pattern, ignores_case))
    except ValueError as error:
        hint = "look-around and back references do not exist in RE2; write \\( for a bracket that is meant"
        raise Refused(at, f"RE2 refuses this pattern: {error}", hint) from error
    if can_be_empty:
        raise Refused(at, "this pattern matches nothing at all, so it would fire on everything", "write + instead of *")
    return Token("term", at, found.end(), Regex(pattern, ignores_case, found[0]))


def compiled(pattern: str, ignores_case: bool) -> Any:
    """The pattern in RE2, to be asked with UTF-8 bytes. Raises `ValueError` with RE2's reason."""
    import re2

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignores_case
    try:
        return re2.compile(pattern.encode("utf-8"), options)
    except (re2.error, UnicodeEncodeError) as error:
        said = error.args[0] if isinstance(error, re2.error) else "it holds a lone surrogate"
        raise ValueError(one_line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said, 80)) from None


def _can_be_empty(pattern: Any) -> bool:
    """Whether the pattern matches no character at all somewhere: at an end, beside a word, between words or lines."""
    return any(
        pattern.fullmatch(around, place, place)
        for around in (b"", b"a", b" ", b"a ", b" a", b"aa", b"\n", b"a\nb")
        for place in range(len(around) + 1)
    )


def _minus(text: str, at: int) -> Token:
    behind = text[at + 1] if at + 1 < len(text) else " "
    if behind.isspace() or behind == ")":
        raise Refused(at, "a minus with nothing directly behind it excludes nothing", _SIGNS["-"])
    if behind == "-":
        raise Refused(at, "two minus signs stand together", "write one before what must not be there, none elsewhere")
    return Token("-", at, at + 1)


def _field(text: str, at: int, written: str, actor_of: Names) -> Token:
    name = "".join(char for char in written[:-1] if not _is_unseen(char)).lower()
    end = at + len(written)
    if name in _FIELDS:
        if end == len(text):
            raise Refused(at, f"nothing stands directly behind “{name}:”", f"write {name}:word")
        return Token("field", at, end, name)
    if name in _ROLES:
        said = "".join(char for char in found[0] if not _is_unseen(char)) if (found := _BARE.match(text, end)) else ""
        if not said.startswith("@"):
            raise Refused(at, f"an actor stands directly behind “{name}:”", f"write {name}:@dawn-brigade")
        actor = _named(said, end, actor_of)
        return Token(
            "term", at, end + len(found[0] if found else ""), replace(actor, text=written + said, role=_ROLES[name])
        )
    if name not in _FILTERS:
        fields = "title:, body:, lang:, source:, tag:, site:, said: and about:"
        hint = f'the fields are {fields}; a colon in a text stands in quotes, as in "12:30"'
        raise Refused(at, f"there is no field “{one_line(written, 30)}”", hint)
    value = found[0] if (found := _BARE.match(text, end)) else ""
    about = _FILTERS[name]
    plain = "".join(char for char in value if not _is_unseen(char)).lower()
    if not plain:
        raise Refused(
            at, f"nothing stands directly behind “{name}:”", f"write {_EXAMPLES[about]}, without a space or quotes"
        )
    if "*" in plain or "?" in plain:
        raise Refused(at, f"there is no star or question mark in {name}:", "write it whole, or several with OR")
    if not {"lang": _TAG, "source": _ID, "tag": _LABEL, "site": _HOST}[about].fullmatch(plain):
        raise Refused(at, f"“{one_line(value, 40)}” is no {_WHAT[about]}", f"write for example {_EXAMPLES[about]}")
    if about == "site":
        plain = host_form(plain)
    return Token("term", at, end + len(value), Filter(about, plain, written + value))


_EXAMPLES = {"lang": "lang:ar", "source": "source:ina-ar", "tag": "tag:iraq", "site": "site:example.org"}
_WHAT = {"lang": "language", "source": "source", "tag": "tag", "site": "host"}


def host_form(host: str) -> str:
    """A host in the one form that comparing takes: lower case, no dot at the end, international names in ASCII."""
    plain = host.lower().rstrip(".")
    if plain.isascii():
        return plain
    import idna

    try:
        return idna.encode(plain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return plain


def _bare(written: str, at: int, end: int, actor_of: Names) -> Token:
    plain = "".join(char for char in written if not _is_unseen(char))
    if plain in ("AND", "OR", "NOT"):
        return Token(plain, at, end)  # type: ignore[arg-type]  # one of the three marks
    if _NEAR_LIKE.fullmatch(plain):
        number = plain[5:]
        if not plain.startswith("NEAR/") or not _NUMBER.fullmatch(number) or int(number) > MOST_SLOP:
            hint = f'for example bomb NEAR/3 market; the word itself is "{plain[:4].lower()}" in quotes'
            raise Refused(at, f"NEAR stands in capitals with / and a number from 0 to {MOST_SLOP}", hint)
        return Token("NEAR", at, end, int(number))
    if plain.startswith("@"):
        return Token("term", at, end, _named(plain, at, actor_of))
    for sign, message, hint in _STRAY:
        if sign in plain:
            raise Refused(at + written.find(sign), message, hint)
    if plain[0] == "!" and any(map(_is_said, plain)):
        raise Refused(at, "! is no NOT here", _SIGNS["!"])
    if not any(map(_is_said, plain)):
        hint = _SIGNS.get(plain) or "leave it out, or find signs with a regular expression such as /🚨/"
        raise Refused(at, f"there is no letter or digit in “{one_line(plain, 20)}”", hint)
    if "|" in plain or "&&" in plain:
        raise Refused(at, "words are not joined by signs", _SIGNS["|" if "|" in plain else "&&"])
    if plain.endswith("/"):
        raise Refused(end - 1, "this slash ends no regular expression", "write one before it too, or leave it out")
    return Token("term", at, end, Phrase(_words(plain, at, quoted=False), written))


_STRAY = (
    ("=", "= needs quotes behind it, and a space before it", 'write ="AAH" to find it exactly as written'),
    ("?", "a question mark stands for nothing here", "write the word whole, or a star at its end, as in missil*"),
    ("~", "~ stands only behind a phrase in quotes", 'write "one other"~3'),
    ("[", "only round brackets group", "write ( and )"),
    ("]", "only round brackets group", "write ( and )"),
    ("{", "only round brackets group", "write ( and )"),
    ("}", "only round brackets group", "write ( and )"),
)


def _named(written: str, at: int, actor_of: Names) -> Named:
    if not written[1:]:
        raise Refused(at, "no actor stands behind @", "write @ and the actor's id, as in @dawn-brigade")
    actor = actor_of(written[1:])
    if actor is None:
        hint = "write the id that stands in [actors.ID]"
        raise Refused(at, f"there is no actor “{one_line(written, 60)}” in this watchlist", hint)
    return Named(actor, written)


def _words(text: str, at: int, *, quoted: bool) -> Words:
    """The words of a phrase, or of one that punctuation makes out of a word; stars only where they may be."""
    found: list[Word] = []
    pieces = _STARRED.split(text)
    for place in range(0, len(pieces), 2):
        words = [spell_rule(word) for word in fold(pieces[place]).words]
        found += map(Word, words)
        if place + 1 == len(pieces):
            break
        here = at + sum(map(len, pieces[: place + 1]))
        before, behind = pieces[place][-1:], pieces[place + 2][:1]
        if len(pieces[place + 1]) > 1:
            raise Refused(here, "a star stands alone", "write one star, at the end of a word")
        is_end = bool(words) and _is_said(before) and not _is_said(behind)
        if not is_end or not (quoted or (place + 3 == len(pieces) and not any(map(_is_said, pieces[-1])))):
            raise Refused(here, "a star stands only at the end of a word", "write miss*; to find a sign, write /\\*/")
        if len(words[-1]) < SHORTEST_STAR:
            hint = "write more of the word, or the words themselves with OR"
            raise Refused(here, f"a star needs at least {SHORTEST_STAR} letters before it", hint)
        found[-1] = Word(words[-1], star=True)
    if not found:
        raise Refused(at, "there is no letter or digit in this", "write the words that shall be found")
    return tuple(found)


def _is_said(char: str) -> bool:
    """Whether a character belongs to words."""
    return char != "" and unicodedata.category(char)[0] in "LMN"


def known(actors: Collection[str] | Names) -> Names:
    """Which actor is meant by what stands behind @: one of `actors`, or who `actors` says it is."""
    return actors if callable(actors) else lambda written: written if written in actors else None
