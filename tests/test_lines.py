"""The line map: every key that tomllib sees has a place, and the key's own letters stand there."""

from __future__ import annotations

import json
import re
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.lines import Path, line_map, place_of


def paths(value: Any, above: Path = ()) -> Iterator[Path]:
    """All paths that a parsed document holds."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield (*above, key)
            yield from paths(below, (*above, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield (*above, index)
            yield from paths(below, (*above, index))


def agree(text: str) -> dict[Path, tuple[int, int]]:
    places = line_map(text)
    assert set(places) == set(paths(tomllib.loads(text)))
    return places


def test_a_key_stands_where_its_first_letter_is() -> None:
    places = agree('a = 1\n\n  bee = "x"  # said\n[t]\n\tc.d = 2\n')
    assert places[("a",)] == (1, 1)
    assert places[("bee",)] == (3, 3)
    assert places[("t",)] == (4, 1)
    assert places[("t", "c")] == places[("t", "c", "d")] == (5, 2)


def test_elements_of_arrays_and_inline_tables_have_their_own_places() -> None:
    places = agree('a = [\n  "x", # ] }\n  { b = [1, 2], "c d" = 3 },\n]\n')
    assert places[("a", 0)] == (2, 3)
    assert places[("a", 1, "b", 1)] == (3, 13)
    assert places[("a", 1, "c d")] == (3, 17)


def test_arrays_of_tables_are_counted_and_their_subtables_belong_to_the_newest() -> None:
    places = agree("[[r]]\nx = 1\n[r.s]\ny = 1\n[[r]]\n[r.s]\ny = 2\n")
    assert places[("r", 0)] == (1, 1)
    assert places[("r", 1)] == (5, 1)
    assert places[("r", 1, "s", "y")] == (7, 1)


def test_strings_of_all_four_kinds_are_stepped_over() -> None:
    text = 'a = """one "two" \\""" # x = 1\n]""""\nb = \'\'\'it\'s\n[no]\'\'\'\'\'\n'
    text += 'c = "\\"#"\nd = \'\\\'\n"e\\u0041" = ""\nf = """"""\n'
    places = agree(text)
    assert places[("b",)] == (3, 1)
    assert places[("eA",)] == (7, 1)
    assert places[("f",)] == (8, 1)


def test_a_table_that_was_only_implied_gets_its_own_header_once_it_comes() -> None:
    places = agree("[a.b]\nx = 1\n[a]\ny = 2\n")
    assert places[("a",)] == (3, 1)
    assert places[("a", "b")] == (1, 1)


def test_windows_line_ends_and_wide_letters_do_not_shift_anything() -> None:
    places = agree('"قيس" = "x"\r\n[a]\r\nb = { "خ" = 1, c = 2 }\r\n')
    assert places[("a", "b", "c")] == (3, 16)


def test_a_path_that_is_not_there_takes_the_place_of_the_table_above() -> None:
    places = line_map("[a]\nb = 1\n")
    assert place_of(places, ("a", "missing", 3)) == (1, 1)
    assert place_of(places, ("z",)) == (0, 0)


def test_text_that_is_not_toml_gives_what_was_read_so_far() -> None:
    assert line_map("a = 1\nb = = 2\n[[")[("a",)] == (1, 1)
    assert line_map("[[[") == {}
    assert line_map('"\\1"') == {}


TOML_LETTERS = st.characters(exclude_categories=["Cs"])
KEYS = st.one_of(st.sampled_from(["a", "b", "c-d", "1", "e_f"]), st.text(TOML_LETTERS, max_size=4))
LEAVES = st.one_of(
    st.integers(-9, 9),
    st.booleans(),
    st.text(TOML_LETTERS, max_size=8),
    st.sampled_from(["'", '"', '"""', "#", "[x]", "a = 1", "\n"]),
)
VALUES = st.recursive(
    LEAVES, lambda v: st.one_of(st.lists(v, max_size=3), st.dictionaries(KEYS, v, max_size=3)), max_leaves=8
)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else quoted(text)


def inline(value: Any, brk: str) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key(k)} = {inline(v, brk)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + brk + "".join(f"{inline(v, brk)},{brk}" for v in value) + "]"
    return quoted(value) if isinstance(value, str) else str(value).lower()


@given(
    st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, max_size=4), max_size=4),
    st.sampled_from([" ", "\n", " # ] no\n"]),
)
def test_the_map_and_tomllib_see_the_same_paths(tables: dict[str, dict[str, Any]], brk: str) -> None:
    text = "".join(
        f"[{key(t)}]\n"
        + "".join(f"{key(k)} = {inline(v, brk if not has_table(v) else ' ')}\n" for k, v in table.items())
        for t, table in tables.items()
    )
    lines = text.split("\n")
    for path, (line, column) in agree(text).items():
        if isinstance(path[-1], str) and line_starts_with_key(path):
            assert lines[line - 1][column - 1 :].lstrip("[").startswith(key(path[-1]))


def has_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(has_table(v) for v in value))


def line_starts_with_key(path: Path) -> bool:
    return len(path) <= 2


@given(st.text(alphabet="ab.=[]{}\"'#\\\n ,1"))
def test_no_text_makes_it_fail(text: str) -> None:
    line_map(text)


@pytest.mark.shared
def test_the_full_example_is_mapped_completely(shared: FilePath) -> None:
    agree((shared / "facts" / "config.example.toml").read_text(encoding="utf-8"))


def test_a_file_of_a_hundred_thousand_keys_is_mapped_within_seconds() -> None:
    text = "".join(
        f'[sources.s{n}]\nkind = "feed"\nurl = "https://h{n}.example/"\ntags = ["a", "b"]\n' for n in range(20_000)
    )
    started = time.process_time()
    assert len(line_map(text)) > 100_000
    assert time.process_time() - started < 20
