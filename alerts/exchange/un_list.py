"""Reads the consolidated list of the UN Security Council in XML: INDIVIDUALS/INDIVIDUAL and ENTITIES/ENTITY.

A name is FIRST_NAME to FOURTH_NAME; NAME_ORIGINAL_SCRIPT is an alias, and an alias whose QUALITY is Low is a weak one (the
list's technical note). The file is read piece by piece. What declares a document type is refused before anything of it is
read: entities that grow or that open files cannot be declared otherwise (XML 1.0, section 4.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from alerts.exchange.listed import MAX_BYTES, LeftOut, Listed, Type, Unreadable
from scraper.errors import one_line

_PIECE = 64 * 1024
_DEEPEST = 16
_LONGEST_TEXT = 64 * 1024
_MOST_ELEMENTS = 20_000
"""In one entry."""
_RECORDS: dict[str, Type] = {"INDIVIDUAL": "person", "ENTITY": "group"}
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_COUNTRIES = (("NATIONALITY", "VALUE"), ("INDIVIDUAL_ADDRESS", "COUNTRY"), ("ENTITY_ADDRESS", "COUNTRY"))
_ALIASES = ("INDIVIDUAL_ALIAS", "ENTITY_ALIAS")


def read(stream: BinaryIO) -> Iterator[Listed | LeftOut]:
    """The entries of a list, one at a time. Raises `Unreadable` for what is no such list, or goes past a bound."""
    gathered = _Gathered()
    size = 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > MAX_BYTES:
            raise Unreadable(gathered.line, f"the file is larger than {MAX_BYTES // 1024**3} GiB", "is it the list?")
        gathered.feed(piece)
        yield from gathered.take()
    gathered.feed(b"", last=True)
    yield from gathered.take()
    if not gathered.records:
        raise Unreadable(0, "no INDIVIDUAL and no ENTITY stands in it", "give the UN consolidated list in XML")


class _Gathered:
    """The entry that is being read: what expat calls while a file is fed to it."""

    def __init__(self) -> None:
        self.records = 0
        self._done: list[Listed | LeftOut] = []
        self._way: list[str] = []
        self._texts: list[tuple[tuple[str, ...], str]] = []
        self._words: list[str] = []
        self._size = self._elements = self._begun = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.CharacterDataHandler = self._read

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as error:
            said = expat.errors.messages.get(error.code, "no XML")
            raise Unreadable(error.lineno, said, "the file is cut or no XML: download it again") from None
        except (ValueError, LookupError) as error:  # a charset that nobody knows, or one of several bytes
            raise Unreadable(self.line, str(error), "save the file as UTF-8") from None

    def take(self) -> list[Listed | LeftOut]:
        done, self._done = self._done, []
        return done

    def _refuse(self, *_: object) -> None:
        message = "the file declares a document type or entities, which no such list does"
        raise Unreadable(self.line, message, "take the list from its publisher")

    def _open(self, name: str, _: object) -> None:
        if len(self._way) >= _DEEPEST:
            raise Unreadable(self.line, f"nested more than {_DEEPEST} deep", "is it the list?")
        if name in _RECORDS and len(self._way) == 2:
            self._texts, self._elements, self._begun = [], 0, self.line
        self._elements += 1
        if self._elements > _MOST_ELEMENTS and len(self._way) > 2:
            raise Unreadable(self.line, f"an entry of more than {_MOST_ELEMENTS:,} elements", "is it the list?")
        self._way.append(name)
        self._words, self._size = [], 0

    def _read(self, text: str) -> None:
        self._size += len(text)
        if self._size > _LONGEST_TEXT:
            raise Unreadable(self.line, "an element holds more than 64 Ki characters", "is it the list?")
        if len(self._way) > 3:
            self._words.append(text)

    def _close(self, name: str) -> None:
        if len(self._way) > 3 and (text := "".join(self._words).strip()):
            self._texts.append((tuple(self._way[3:]), text))
        elif len(self._way) == 4 and name in _ALIASES:
            self._texts.append(((name,), ""))  # where one alias ends and the next begins
        self._words = []
        self._way.pop()
        if name in _RECORDS and len(self._way) == 2:
            self.records += 1
            self._done.append(_entry(_RECORDS[name], self._texts, self._begun))
            self._texts = []


def _entry(type_: Type, texts: list[tuple[tuple[str, ...], str]], line: int) -> Listed | LeftOut:
    """What the texts of an entry say; each stands with its way below the entry."""
    single = {way[0]: text for way, text in reversed(texts) if len(way) == 1}
    name = " ".join(single[part] for part in _NAMES if single.get(part))
    original = [part.strip() for part in single.get("NAME_ORIGINAL_SCRIPT", "").split(";") if part.strip()]
    good, low = _aliases(texts)
    key = single.get("DATAID", "")
    if not name and not original:
        what = one_line(single.get("REFERENCE_NUMBER", "") or key or "?", 60)
        return LeftOut(line, what, "has no FIRST_NAME", "add it by hand")
    role = next((text for way, text in texts if way in (("DESIGNATION", "VALUE"), ("TITLE", "VALUE"))), "")
    return Listed(
        line=line,
        key=key,
        type=type_,
        names=(name,) if name else tuple(original),
        aliases=(*original, *good),
        weak=tuple(low),
        role=role,
        note=single.get("REFERENCE_NUMBER", "") or key,
        countries=tuple(text for way, text in texts if way in _COUNTRIES),
        topics=tuple(text for way, text in texts if way in (("UN_LIST_TYPE",), ("LIST_TYPE", "VALUE"))),
    )


def _aliases(texts: list[tuple[tuple[str, ...], str]]) -> tuple[list[str], list[str]]:
    """Full and weak aliases. In an entry of the list QUALITY stands before ALIAS_NAME; here either may come first."""
    full: list[str] = []
    weak: list[str] = []
    quality, names = "", list[str]()
    for way, text in texts:
        if way[0] not in _ALIASES:
            continue
        if way[1:] == ("QUALITY",):
            quality = text.lower()
        elif way[1:] == ("ALIAS_NAME",):
            names += [part.strip() for part in text.split(";") if part.strip()]
        elif len(way) == 1:
            (weak if quality == "low" else full).extend(names)
            quality, names = "", []
    return full, weak
