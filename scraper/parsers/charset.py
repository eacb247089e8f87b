"""Bytes to text, as the web decodes them: only the web's labels, in the web's order, and never against the bytes.

The order is: byte-order mark, the header's charset, the declaration inside (XML declaration or `meta`), a guess. Labels are
those of the WHATWG Encoding Standard (section 4.2); Python's own codecs (`unicode_escape`, `utf-7`, `zlib`) do not exist here.
A label is a claim: bytes that are valid UTF-8 are UTF-8 whatever is claimed, and a claim that the bytes contradict is passed
over for the next one. What cannot be read is replaced by U+FFFD, never refused. Pure functions; nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scraper.errors import ParseError

_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i "
    "iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
    "iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i iso-ir-138 iso8859-8 "
    "iso88598 iso_8859-8 iso_8859-8:1988 logical visual",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
    "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 "
    "x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb18030 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022-jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
}
CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
"""Every label of the web and the Python codec that reads it. Left out on purpose: the standard's `replacement` encodings."""

_MANY_BYTES = frozenset({"gb18030", "big5hkscs", "euc-jp", "iso2022-jp", "cp932", "cp949"})
_LATIN = frozenset({"cp1250", "cp1252", "cp1254", "cp1257", "iso8859-2", "iso8859-15", "iso8859-16", "mac-roman"})
_GUESSABLE = sorted({*_LABELS} - {"utf-8", "utf-16-le", "utf-16-be", "iso2022-jp"})
_BY_LANGUAGE = {
    "ar": "cp1256", "fa": "cp1256", "ur": "cp1256", "ru": "cp1251", "uk": "cp1251", "bg": "cp1251", "el": "cp1253",
    "tr": "cp1254", "he": "cp1255", "pl": "cp1250", "cs": "cp1250", "hu": "cp1250", "zh": "gb18030", "ja": "cp932", "ko": "cp949",
}  # fmt: skip

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']\s*([A-Za-z0-9._:-]{1,40})""")
_META = re.compile(rb"""<meta\s[^>]{0,500}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_LANGUAGE = re.compile(rb"""<(?:html|rss|feed)\b[^>]{0,500}?\slang\s*=\s*["']?([A-Za-z]{2})""", re.IGNORECASE)
_RSS_LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([A-Za-z]{2})", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]+")
_GOOD_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_TURKISH = b"\xfd\xfe\xf0\xfc\xf6\xe7\xdd\xde\xd0\xdc\xd6\xc7\xe2\x92\x93\x94\x91\x96\x97\xa0\xab\xbb"
"""ı ş ğ ü ö ç, their capitals, â, and marks that stand in any text."""
_HEAD = 4096
_SAMPLE = 65_536

_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
)

How = Literal["byte-order mark", "header", "declaration", "bytes", "guess", "default"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` as it was read with the Python codec `codec`, chosen for the reason `how`. Control characters are still in it."""

    text: str
    codec: str
    how: How


def decode(body: bytes, charset: str = "", language: str | None = None) -> Decoded:
    """The text of `body`. `charset` is the header's claim ("" where it made none), `language` a hint for old encodings (BCP 47).

    Raises ParseError("parse_error") for what is no text at all: a picture, an archive, random bytes.
    """
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(codec, "replace"), codec, "byte-order mark")
    wide = _wide(body)
    if wide:
        return Decoded(body.decode(wide, "replace"), wide, "bytes")
    _refuse_binary(body)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(body, charset, language)
    return _valid_utf8(body, text, charset)


def _valid_utf8(body: bytes, text: str, charset: str) -> Decoded:
    """Valid UTF-8. Only an encoding of many bytes a letter may say otherwise, and only where the text is too short to tell."""
    sample = text[:_SAMPLE]
    high = len(sample) - len(sample.encode("ascii", "ignore"))
    for codec, how in _claims(body, charset):
        if codec == "utf-8":
            return Decoded(text, codec, how)
        if codec == "iso2022-jp" and b"\x1b$" in body and not high:
            return Decoded(body.decode(codec, "replace"), codec, how)
        if codec in _MANY_BYTES and 0 < high < 6:
            try:
                return Decoded(body.decode(codec), codec, how)
            except UnicodeDecodeError:
                continue
    return Decoded(text, "utf-8", "bytes" if high else "default")


def _not_utf8(body: bytes, charset: str, language: str | None) -> Decoded:
    """An old encoding, or UTF-8 with a few broken bytes."""
    good, bad = _utf8_evidence(body)
    if good > 2 * bad:
        return Decoded(body.decode("utf-8", "replace"), "utf-8", "bytes")
    utf8_claimed = False
    for codec, how in _claims(body, charset):
        if codec == "utf-8":
            utf8_claimed = True
            continue
        text = body.decode(codec, "replace")
        if _plausible(text, codec):
            return Decoded(text, codec, how)
    if _turkish(body):
        return Decoded(body.decode("cp1254", "replace"), "cp1254", "guess")
    if utf8_claimed and _accented(body):
        return Decoded(body.decode("cp1252", "replace"), "cp1252", "guess")
    found = _guess(body, language, few_is_enough=not utf8_claimed)
    if found:
        return Decoded(body.decode(found, "replace"), found, "guess")
    if utf8_claimed:
        return Decoded(body.decode("utf-8", "replace"), "utf-8", "declaration")
    return Decoded(body.decode("cp1252", "replace"), "cp1252", "default")


def _claims(body: bytes, charset: str) -> Iterator[tuple[str, How]]:
    """The codecs that the header and then the document claim; labels that the web does not know are no claims."""
    codec = CODECS.get(charset.strip().strip("\"'").lower())
    if codec:
        yield codec, "header"
    head = body[:_HEAD]
    found = _XML_DECLARATION.search(head) or _META.search(head)
    codec = CODECS.get(found[1].decode("ascii").lower()) if found else None
    if codec:
        # HTML Standard 13.2.3.2: what was read as single bytes so far cannot be UTF-16, so the declaration meant UTF-8.
        yield ("utf-8" if codec.startswith("utf-16") else codec), "declaration"


def _wide(body: bytes) -> str:
    """UTF-16 without a mark: markup or JSON has an ASCII character at its start, so one byte of two is zero (XML 1.0, appendix F)."""
    first = body[:4]
    if len(first) == 4 and first[0] and not first[1] and first[2] and not first[3]:
        return "utf-16-le"
    if len(first) == 4 and not first[0] and first[1] and not first[2] and first[3]:
        return "utf-16-be"
    return ""


def _refuse_binary(body: bytes) -> None:
    for magic, what in _MAGIC:
        if body.startswith(magic):
            raise ParseError("parse_error", f"{what}, not a page")
    head = body[:_HEAD]
    if len(_CONTROLS.findall(head)) * 20 > len(head):
        raise ParseError("parse_error", "binary data, not a page")


def _utf8_evidence(body: bytes) -> tuple[int, int]:
    """How many letters of the body are whole UTF-8 sequences, and how many high bytes are in none."""
    good = bad = 0
    for run in _HIGH.findall(body):
        whole = _GOOD_UTF8.findall(run)
        good += len(whole)
        bad += len(run) - sum(map(len, whole))
    return good, bad


def _plausible(text: str, codec: str) -> bool:
    """Whether `text` reads like something that people write, so that the claim may stand."""
    letters = [c for c in text if c > "\x7f"][:_SAMPLE]
    if not letters:
        return True
    if text.count("\ufffd") * 50 > len(letters):
        return False
    if codec not in _LATIN:
        return True
    # No language in Latin letters writes long runs of accented ones; another script read as Latin is nothing else.
    runs = re.findall("[\u0080-\u02ff\u2013-\u2122]{4,}", text[: _SAMPLE * 8])
    return sum(map(len, runs)) * 2 < len(letters)


def _accented(body: bytes) -> bool:
    """Whether the high bytes are the odd accented letter or quotation mark of a text in Latin letters, as windows-1252 has them."""
    runs = _HIGH.findall(body)
    alone = sum(len(run) <= 2 for run in runs)
    letters = "".join(run.decode("cp1252", "replace") for run in runs[:_SAMPLE])
    fit = sum(c.isalpha() or c in "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u20ac\xa0\xab\xbb\xb0" for c in letters)
    return alone == len(runs) and fit * 20 >= len(letters) * 19


def _turkish(body: bytes) -> bool:
    """Whether the high bytes are the letters of Turkish as windows-1254 has them: others in their places have more beside them."""
    letters = b"".join(_HIGH.findall(body))[:_SAMPLE]
    own = sum(letters.count(c) for c in _TURKISH)
    return own * 20 >= len(letters) * 19 and b"\xfd" in letters and (b"\xfe" in letters or b"\xf0" in letters)


def _guess(body: bytes, language: str | None, *, few_is_enough: bool) -> str | None:
    """The codec that the bytes look like, or None where there is too little to tell."""
    runs = b" ".join(_HIGH.findall(body))
    if len(runs) < 24 and not few_is_enough:
        return None
    hint = (language or _language(body) or "")[:2].lower()
    codec = _BY_LANGUAGE.get(hint)
    if codec and _plausible(body.decode(codec, "replace"), codec) and _one_script(body.decode(codec, "replace")):
        return codec
    from charset_normalizer import from_bytes  # only here: it loads tables that nearly no page needs

    best = from_bytes(_sample(body), cp_isolation=_GUESSABLE, preemptive_behaviour=False).best()
    if best is None:
        return None
    return next((c for c in CODECS.values() if _same_codec(c, best.encoding)), None)


def _language(body: bytes) -> str | None:
    found = _LANGUAGE.search(body[:_HEAD]) or _RSS_LANGUAGE.search(body[:_HEAD])
    return found[1].decode("ascii") if found else None


def _one_script(text: str) -> bool:
    """Whether nearly all letters outside ASCII belong together: neighbours in Unicode, as the letters of one script are."""
    letters = [c for c in text if c > "\x7f" and c.isalpha()]
    if not letters:
        return False
    blocks: dict[int, int] = {}
    for c in letters:
        blocks[ord(c) >> 8] = blocks.get(ord(c) >> 8, 0) + 1
    middle = max(blocks, key=lambda block: blocks[block])
    return middle > 0x2F or blocks[middle] * 10 >= len(letters) * 9


def _sample(body: bytes) -> bytes:
    """The parts of the body that hold high bytes, with what stands around them, so that markup does not drown them."""
    parts, size = [], 0
    for part in re.split(rb"[<>]", body):
        if part.isascii():
            continue
        parts.append(part)
        size += len(part)
        if size > _SAMPLE:
            break
    return b"\n".join(parts)[:_SAMPLE]


def _same_codec(ours: str, theirs: str) -> bool:
    import codecs

    return codecs.lookup(ours).name == codecs.lookup(theirs).name
