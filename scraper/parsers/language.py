"""Decides the language of a text from what its page declares and what its letters allow: None where that is not sure. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from scraper.parsers.metadata import Said

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}(?![a-z0-9])")
_SAMPLE = 4_000
_ENOUGH = 20

_CODES = {
    "ARABIC": "ar fa ur ku ckb ps sd ug prs azb kmr arz ary ks bal lrc glk mzn",
    "HEBREW": "he iw yi",
    "CYRILLIC": "ru uk be bg sr mk kk ky tg mn uz az tt ba ce cv os bs sah",
    "GREEK": "el", "ARMENIAN": "hy", "GEORGIAN": "ka", "THAI": "th", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja",
    "BENGALI": "bn as", "TAMIL": "ta", "TELUGU": "te", "GUJARATI": "gu", "KANNADA": "kn", "MALAYALAM": "ml", "GURMUKHI": "pa",
    "MYANMAR": "my", "KHMER": "km", "LAO": "lo", "SINHALA": "si", "ETHIOPIC": "am ti",
}  # fmt: skip
_SCRIPTS = {script: frozenset(codes.split()) for script, codes in _CODES.items()}
"""Scripts that tell much about the language, and the languages written in them."""

_ALSO_LATIN = frozenset({"ku", "kmr", "uz", "az", "sr", "bs", "kk", "ky", "tg", "tt", "mn", "ug"})

# Letters that one language of a script has and its neighbours have not.
_LETTERS = (
    ("ARABIC", "ckb", "ڕڵێۆە"),
    ("ARABIC", "ur", "ٹڈڑےں"),
    ("ARABIC", "ps", "ځڅډړښټۍې"),
    ("ARABIC", "fa", "پچژگک"),
    ("ARABIC", "ar", "ةىأإ"),
    ("CYRILLIC", "uk", "їєґ"),
    ("CYRILLIC", "be", "ў"),
    ("CYRILLIC", "sr", "ђћџ"),
    ("CYRILLIC", "ru", "ыэё"),
    ("LATIN", "tr", "ğış"),
)

_COMMON = {
    "en": "the of and to in that is was for with on by from as has have not are be this which",
    "fr": "le la les des et est dans que pour une qui sur par plus avec au aux du ce pas",
    "de": "der die und das den von zu mit ist im für auf nicht ein eine dem des sich auch als",
    "es": "el la los las que del por con una para es se su al lo como más pero sus fue",
    "it": "il di che la per un del della non con una le dei sono alla nel ha gli si anche",
    "pt": "o que do da em um para com não uma os no se na por mais as dos foi ao",
    "nl": "de het een van en in dat op is te voor met zijn niet aan er om ook door bij",
    "tr": "ve bir bu için ile da de olarak olan çok daha gibi sonra kadar ise ancak değil olduğunu tarafından dedi",
    "ku": "û li ku ji bi de jî di ev bo ser xwe wê vê hat kir dibe heye ne yê",
}
"""The commonest words of languages in Latin letters; some are shared, so one must be clearly ahead."""
_COMMON_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_WORD = re.compile(r"[^\W\d_]+")


def language(said: Said, text: str, configured: str | None) -> str | None:
    """The primary subtag ("ar") of the language of `text`: declared by the page, else `configured`, else by its letters.

    A declaration that the letters rule out (templates say "en" over Arabic) does not count.
    """
    script, guess = _by_letters(text or said.sample)
    for tag in _declared(said, configured):
        code = tag.partition("-")[0]
        if _allows(script, code):
            return code
    return guess


def declared(said: Said, configured: str | None) -> str | None:
    """The whole tag ("pa-guru") that the page declares, else `configured`: what its dates are written in, whatever the text is."""
    return next(_declared(said, configured), None)


def _declared(said: Said, configured: str | None) -> Iterator[str]:
    inside = next((node.language for node in said.nodes if node.is_article and node.language), "")
    for tag in (
        said.language,
        inside,
        said.meta("content-language", "og:locale", "language", "dc.language"),
        configured,
    ):
        match = _TAG.match((tag or "").strip().lower().replace("_", "-"))
        if match is not None:
            yield match[0]


def _allows(script: str, code: str) -> bool:
    """Whether a text mostly in `script` can be in the language `code`."""
    if script in ("", "CJK"):
        return True
    if script in _SCRIPTS:
        return code in _SCRIPTS[script]
    only = next((name for name, codes in _SCRIPTS.items() if code in codes), None)
    return script != "LATIN" or only is None or code in _ALSO_LATIN


def _by_letters(text: str) -> tuple[str, str | None]:
    """The script of most letters ("" if there are too few) and the language they point to, if one."""
    letters = Counter({c: n for c, n in Counter(text[:_SAMPLE].lower()).items() if c.isalpha()})
    scripts: Counter[str] = Counter()
    for letter, count in letters.items():
        scripts[unicodedata.name(letter, "?").partition(" ")[0]] += count
    if not scripts or letters.total() < _ENOUGH:
        return "", None
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > letters.total() / 10:
        return "HIRAGANA", "ja"
    script, count = scripts.most_common(1)[0]
    if count < letters.total() / 2:
        return "", None
    for name, code, marks in _LETTERS:
        if name == script and sum(letters[c] for c in marks) > max(2, letters.total() / 100):
            return script, code
    if script == "LATIN":
        return script, _by_words(text)
    codes = _SCRIPTS.get(script, frozenset())
    return script, next(iter(codes)) if len(codes) == 1 else "he" if script == "HEBREW" else None


def _by_words(text: str) -> str | None:
    """The language whose commonest words fill a sixth of the text, and half as much again as any other's."""
    words = _WORD.findall(text[:_SAMPLE].lower())
    if len(words) < _ENOUGH:
        return None
    counts = sorted(
        ((sum(word in common for word in words), code) for code, common in _COMMON_WORDS.items()), reverse=True
    )
    (most, code), (next_most, _) = counts[:2]
    return code if most * 6 > len(words) and most > 1.5 * next_most else None
