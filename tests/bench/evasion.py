"""How many names are still found when somebody writes them so that no search shall find them: a table by kind of evasion.

    python -m tests.bench.evasion [--names NAMES.jsonl] [--watchlist FILE.toml]

Each name of the watchlist (default: the starter watchlist in docs/examples) is written into a sentence of its script, once
plain and once for each kind; `--names` takes rows with `canonical` and `kind` instead. "Told" is the share of the hits whose
steps say that something was done to hide them. The same names, the same disguises, every run.
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from alerts.config import load_watchlists
from alerts.model import Actor
from alerts.watch.match import compile_watchlist

_CYRILLIC = str.maketrans("aeopcxyABEKMHOPCTX", "аеорсхуАВЕКМНОРСТХ")
_GREEK = str.maketrans("oνABEZHIKMNOPTYX", "ονΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
_LEET = str.maketrans("aeiost", "431057")
_FORMS = {
    letter: chr(point)
    for point in range(0xFE80, 0xFEF5)
    if len(letter := unicodedata.normalize("NFKC", chr(point))) == 1
}


def _wide(name: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in name)


def _mathematical(name: str) -> str:
    def bold(letter: str) -> str:
        if "A" <= letter <= "Z":
            return chr(0x1D400 + ord(letter) - 65)
        return chr(0x1D41A + ord(letter) - 97) if "a" <= letter <= "z" else letter

    return "".join(map(bold, name))


def _put(sign: str) -> Callable[[str], str]:
    """`sign` behind every second letter that has a letter behind it."""

    def disguise(name: str) -> str:
        out = []
        for at, letter in enumerate(name):
            out.append(letter)
            if at % 2 == 0 and letter.isalpha() and name[at + 1 : at + 2].isalpha():
                out.append(sign)
        return "".join(out)

    return disguise


def _between(sign: str, word_gap: str) -> Callable[[str], str]:
    return lambda name: word_gap.join(sign.join(word) for word in name.split())


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "zero-width space": _put("\u200b"),
    "zero-width joiner": _put("\u200d"),
    "soft hyphen": _put("\u00ad"),
    "word joiner": _put("\u2060"),
    "direction marks": _put("\u200f"),
    "combining marks": _put("\u0336"),
    "Cyrillic look-alikes": lambda name: name.translate(_CYRILLIC),
    "Greek look-alikes": lambda name: name.translate(_GREEK),
    "full width": _wide,
    "mathematical letters": _mathematical,
    "tatweel": _put("\u0640"),
    "vowel marks": _put("\u064e"),
    "presentation forms": lambda name: "".join(_FORMS.get(letter, letter) for letter in name),
    "hard spaces": lambda name: name.replace(" ", "\u00a0\u2009"),
    "letters apart, spaces": _between(" ", "   "),
    "letters apart, dots": _between(".", " "),
    "letters apart, hyphens": _between("-", " "),
    "digits for letters": lambda name: name.translate(_LEET),
    "capitals": str.upper,
    "hashtag": lambda name: "#" + name.replace("-", "_").replace(" ", "_"),
}
_ARABIC_ONLY = ("tatweel", "vowel marks", "presentation forms")
_SENTENCES = {
    "arabic": "تحدثت الصحيفة عن {} في صفحتها الأولى.",
    "latin": "The page lists {} among the guests of the evening.",
}


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--names", type=Path)
    cli.add_argument("--watchlist", type=Path)
    asked = cli.parse_args()
    actors = _of_rows(asked.names) if asked.names else _of_file(asked.watchlist)
    watch = compile_watchlist(actors, ())
    print(f"{len(actors)} actors\n\n| disguise | names | found | told |\n| --- | ---: | ---: | ---: |")
    for kind, disguise in DISGUISES.items():
        count = found = told = 0
        for actor in actors:
            for name in (actor.name, *actor.aliases):
                script = "arabic" if "\u0600" <= name[0] <= "\u06ff" else "latin"
                hidden = disguise(name)
                if (hidden == name and kind != "plain") or (kind in _ARABIC_ONLY) != (
                    script == "arabic" and kind in _ARABIC_ONLY
                ):
                    continue
                count += 1
                hits = [one for one in watch.match("", _SENTENCES[script].format(hidden)) if one.actor == actor.id]
                found += bool(hits)
                told += any(step in _TELLING for one in hits for step in one.steps)
        if count:
            print(f"| {kind} | {count} | {100 * found / count:.1f} % | {100 * told / count:.0f} % |")


_TELLING = (
    "hidden characters",
    "look-alike letters",
    "letters apart",
    "signs for letters",
    "tatweel",
    "combining marks",
)


def _of_rows(file: Path) -> list[Actor]:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    kinds = {row["canonical"]: row["kind"] for row in rows}
    arabic = {row["canonical"]: row["variant"] for row in rows if row.get("script") == "Arab"}
    return [
        Actor(f"a{at}", kind, name, (arabic[name],) if name in arabic else ())
        for at, (name, kind) in enumerate(kinds.items())
    ]


def _of_file(file: Path | None) -> list[Actor]:
    examples = Path(__file__).parents[2] / "docs" / "examples"
    files = [file] if file else sorted(examples.glob("*.toml"))
    return [actor for one in files for actor in load_watchlists(one)[0]]


if __name__ == "__main__":
    main()
