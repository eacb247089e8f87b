"""The ways in which regions write a part of a name that its sounds do not show: French, Maghrebi, Turkish, joined articles. Pure.

Houssine is Husayn      Larbaoui is al-Arbawi      Elkaam is al-Kaam      Benali is bin Ali      Bou Ali is Abu Ali
"""

from __future__ import annotations

import re
from functools import lru_cache

from alerts.watch.attested import names_of

_SILENT = re.compile("(?<=[^aeiou])e$")
"""The e that French ends a word with, behind a consonant."""
_ARTICLE = re.compile(r"(?:al|el)(?=[^aeioul].{2}|[aeiou][^aeiou].)")
_ELIDED = re.compile(r"l(?=[aeiou]{1,2}[^aeiou].{2})")
_SLAVIC = re.compile(r"(?<=...[oe])(?:v|ff|w)$")
"""What Adanov ends in, where others write -of."""
_CLUSTER = re.compile("s[tpkm]")
"""What no word of Arabic or Persian begins with: Stanekzai is استانکزی."""
_GLIDE = re.compile("y[aou]")
"""What Cyrillic begins a word with in one letter: Yahya is Яхья."""
_FATHERS = frozenset({"abu", "abou", "abi", "abo", "aboo"})
_ALSO = {
    "volodymyr": ("vladimir",), "volodimir": ("vladimir",), "serhiy": ("sergei",), "serhii": ("sergei",), "mykola": ("nikolai",),
    "oleksandr": ("aleksandr",), "pavlo": ("pavel",), "dmytro": ("dmitri",), "andriy": ("andrei",), "andrii": ("andrei",),
    "petro": ("petr",), "mykhailo": ("mikhail",), "oleksiy": ("aleksei",), "oleksii": ("aleksei",),
}  # fmt: skip
"""What Ukrainians are called in Russian, and in the languages that follow it."""
_LONG_ENOUGH = 5


@lru_cache(maxsize=16_384)
def also_written(stem: str) -> tuple[str, ...]:
    """The other forms of a folded stem, for its sounds.

    A well-known name loses no article: Latif is no al-Atif. The v of Europe is ف in Arabic letters: Vladimir is فلاديمير.
    """
    if stem in _FATHERS:
        return "bu", "abi", "aba"
    if stem == "ابو":
        return "ابي", "ابا"
    if "\u0600" <= stem[:1] <= "\u06ff":
        foreign = stem[0] == "ف" and len(stem) > _LONG_ENOUGH and not names_of(stem)
        return (f"و{stem[1:]}",) if foreign else ()
    if not stem.isascii() or len(stem) < _LONG_ENOUGH:
        return ()
    forms = [_SILENT.sub("", stem), _SLAVIC.sub("f", stem)]
    if _CLUSTER.match(stem):
        forms.append(f"i{stem}")
    forms += _ALSO.get(stem, ())
    forms += [form.replace("v", "f") for form in (stem, *_ALSO.get(stem, ())) if "v" in form]
    if _GLIDE.match(stem):
        forms.append(f"i{stem[1:]}")
    if stem[0] in "ae" and not names_of(stem):
        forms.append(_ARTICLE.sub("", stem, count=1))
    if stem[0] == "l" and not names_of(stem):
        forms.append(_ELIDED.sub("", stem, count=1))
    if stem[0] in "aeiou":
        forms.append(f"l{stem}")
    return tuple(dict.fromkeys(form for form in forms if form != stem))
