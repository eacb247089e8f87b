"""Bytes become the text that people wrote, whatever the labels say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import ParseError
from scraper.parsers.charset import CODECS, decode

ARABIC = "قيس الخزعلي يدين التهديدات"
RUSSIAN = "Президент заявил, что переговоры продолжатся на следующей неделе"
FRENCH = "Le président a déclaré qu'il avait été reçu à Genève"


def test_a_byte_order_mark_beats_every_label() -> None:
    found = decode(ARABIC.encode("utf-16"), "utf-8")
    assert (found.text, found.how) == (ARABIC, "byte-order mark")


def test_utf_16_without_a_mark_is_seen_by_its_zero_bytes() -> None:
    assert decode(f"<rss>{ARABIC}</rss>".encode("utf-16-le")).text == f"<rss>{ARABIC}</rss>"
    assert decode(f"<rss>{ARABIC}</rss>".encode("utf-16-be")).text == f"<rss>{ARABIC}</rss>"


def test_the_header_beats_the_declaration() -> None:
    body = b'<?xml version="1.0" encoding="koi8-r"?><t>' + RUSSIAN.encode("cp1251") + b"</t>"
    found = decode(body, "windows-1251")
    assert RUSSIAN in found.text
    assert found.how == "header"


def test_a_meta_declaration_is_read_where_the_header_is_silent() -> None:
    body = b'<html><head><meta charset="windows-1251"></head><p>' + RUSSIAN.encode("cp1251")
    found = decode(body)
    assert RUSSIAN in found.text
    assert found.how == "declaration"


def test_declared_utf_8_that_is_windows_1256_reads_as_arabic() -> None:
    assert decode(ARABIC.encode("cp1256"), "utf-8").text == ARABIC
    declared = f'<?xml version="1.0" encoding="windows-1256"?><t>{ARABIC}</t>'.encode("cp1256")
    assert ARABIC in decode(declared, "utf-8").text


def test_declared_latin_1_that_is_utf_8_reads_as_utf_8() -> None:
    assert decode(ARABIC.encode(), "iso-8859-1").text == ARABIC


def test_declared_latin_1_that_is_windows_1256_reads_as_arabic() -> None:
    assert decode(f"<title>{ARABIC}</title>".encode("cp1256"), "iso-8859-1").text == f"<title>{ARABIC}</title>"


def test_declared_utf_8_that_is_latin_1_keeps_its_accents() -> None:
    assert decode(FRENCH.encode("cp1252"), "utf-8").text == FRENCH


def test_a_true_latin_1_label_stands() -> None:
    assert decode(FRENCH.encode("latin-1"), "iso-8859-1").text == FRENCH


def test_the_language_decides_where_nothing_is_declared() -> None:
    assert decode(RUSSIAN.encode("cp1251"), "", "ru").text == RUSSIAN
    assert decode(b'<html lang="ru"><p>' + RUSSIAN.encode("cp1251")).text.endswith(RUSSIAN)


def test_a_few_broken_bytes_are_replaced_and_the_rest_stays_utf_8() -> None:
    body = ARABIC.encode() + b"\xff\xfe\xc0 " + ARABIC.encode()
    assert decode(body, "utf-8").text == f"{ARABIC}\ufffd\ufffd\ufffd {ARABIC}"
    assert decode(b"Good \xff\xfe\xc0\xaf\xed\xa0\x80 two", "utf-8").text.endswith(" two")


@pytest.mark.parametrize(
    "label",
    ["unicode_escape", "utf-7", "punycode", "idna", "zlib", "hex", "rot13", "undefined", "x-no-such", "utf_8_sig"],
)
def test_labels_that_only_python_knows_are_no_labels(label: str) -> None:
    assert label not in CODECS
    assert decode(rb"<t>\u0041 +AGE-</t>", label).text == r"<t>\u0041 +AGE-</t>"


def test_japanese_is_read_in_its_old_encodings() -> None:
    text = "首相は来週も協議を続けると述べ、参加者に感謝した。"
    for label in ("shift_jis", "euc-jp", "iso-2022-jp"):
        assert decode(text.encode(CODECS[label]), label).text == text


@pytest.mark.parametrize(
    "body", [b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\x00\x01\x02\x03" * 500, b"PK\x03\x04" + b"\0" * 30]
)
def test_what_is_no_text_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        decode(body)
    assert caught.value.outcome == "parse_error"


def test_single_control_characters_do_not_make_a_page_binary() -> None:
    assert decode(b"<title>A\x00B\x1b[31mC</title>" + b" " * 100).text.startswith("<title>A")


def test_an_empty_body_is_an_empty_text() -> None:
    assert decode(b"").text == ""


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode(), "utf-8").text == text


@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "iso-8859-1", "gbk", "zlib", "windows-1256", "utf-16"]))
def test_any_bytes_give_text_or_a_parse_error(body: bytes, label: str) -> None:
    try:
        decode(body, label).text.encode()
    except ParseError as error:
        assert error.outcome == "parse_error"


TURKISH = (
    "Bakanlık tarafından yapılan yazılı açıklamada, gelişmelerin yakından takip edildiği belirtildi. Sağlık ve eğitim."
)


def test_turkish_under_a_wrong_claim_is_known_by_its_letters() -> None:
    assert decode(f"<meta charset=utf-8><p>{TURKISH}</p>".encode("cp1254"), "utf-8").text.endswith(f"{TURKISH}</p>")


def test_icelandic_has_the_same_bytes_and_is_not_taken_for_turkish() -> None:
    text = "Ráðherrann sagði að þýðing frumvarpsins væri mikil fyrir þjóðina og að því yrði fylgt eftir á næsta ári."
    assert decode(f"<meta charset=utf-8><p>{text}</p>".encode("cp1252"), "utf-8").codec != "cp1254"
