"""Lists of people and groups in other programs' forms become watchlists: whole, bounded, and with what is left out told."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.config import load_watchlists
from alerts.exchange import followthemoney, listed, opensanctions, un_list
from alerts.exchange.countries import country
from alerts.exchange.listed import LeftOut, Listed, Taken, Unreadable, as_actors
from alerts.exchange.watchlist import actor_table, watchlist
from alerts.model import Actor
from scraper.errors import BayanError
from tests.command import Bayan, source
from tests.command import bayan as bayan

CSV = '''id,schema,name,aliases,birth_date,countries
NK-1,Person,Qais al-Khazali,"Kays el-Hazali;قيس الخزعلي;""Abu A; the elder""",1974,iq
NK-2,Organization,Asa'ib Ahl al-Haq,AAH;League of the Righteous,,iq
NK-3,Vessel,Sea Star,,,
'''
UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-02">
 <INDIVIDUALS>
  <INDIVIDUAL>
   <DATAID>1</DATAID><FIRST_NAME>SALIM</FIRST_NAME><SECOND_NAME>HARUN</SECOND_NAME><THIRD_NAME>AL-MARWANI</THIRD_NAME>
   <REFERENCE_NUMBER>XXi.001</REFERENCE_NUMBER><NAME_ORIGINAL_SCRIPT>سالم هارون المرواني</NAME_ORIGINAL_SCRIPT>
   <DESIGNATION><VALUE>Head of the council</VALUE></DESIGNATION><UN_LIST_TYPE>Taliban</UN_LIST_TYPE>
   <NATIONALITY><VALUE>Iran (Islamic Republic of)</VALUE></NATIONALITY>
   <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Selim al-Merwani</ALIAS_NAME></INDIVIDUAL_ALIAS>
   <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Abu Harun</ALIAS_NAME></INDIVIDUAL_ALIAS>
  </INDIVIDUAL>
 </INDIVIDUALS>
 <ENTITIES>
  <ENTITY>
   <DATAID>2</DATAID><FIRST_NAME>DAWN BRIGADE</FIRST_NAME><REFERENCE_NUMBER>XXe.002</REFERENCE_NUMBER>
   <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Liwa al-Fajr</ALIAS_NAME></ENTITY_ALIAS>
   <ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>
  </ENTITY>
 </ENTITIES>
</CONSOLIDATED_LIST>"""


def read(reader: listed.Reader, text: str | bytes) -> list[Listed | LeftOut]:
    return list(reader(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def entries(reader: listed.Reader, text: str | bytes) -> list[Listed]:
    return [one for one in read(reader, text) if isinstance(one, Listed)]


def entity(**more: object) -> str:
    properties = {"name": ["Qais al-Khazali"], **more}
    return json.dumps({"id": "Q1", "schema": "Person", "properties": properties}, ensure_ascii=False) + "\n"


def actors(*found: Listed) -> list[Actor]:
    return [one.actor for one in as_actors(found) if isinstance(one, Taken)]


# ------------------------------------------------------------------------------------------------------------ the forms


def test_values_of_one_cell_are_parted_at_semicolons_but_not_inside_quotation_marks() -> None:
    assert entries(opensanctions.read, CSV)[0].aliases == ("Kays el-Hazali", "قيس الخزعلي", "Abu A; the elder")


def test_what_is_neither_a_person_nor_a_group_is_left_out_with_its_line() -> None:
    left = [one for one in read(opensanctions.read, CSV) if isinstance(one, LeftOut)]
    assert [(one.line, one.what) for one in left] == [(4, "Sea Star")]
    assert "Vessel" in left[0].reason


def test_a_row_with_a_line_break_in_a_cell_is_one_row_and_the_next_keeps_its_line() -> None:
    text = 'id,schema,name,aliases\n1,Person,Salim Marwani,"one\ntwo words"\n2,Person,Harun Marwani,\n'
    assert [one.line for one in entries(opensanctions.read, text)] == [2, 4]


def test_a_row_of_other_length_than_the_first_is_left_out_and_says_what_to_do() -> None:
    (left,) = read(opensanctions.read, "id,schema,name\n1,Person,Marwani, Salim\n")
    assert isinstance(left, LeftOut)
    assert "quotation marks" in left.remedy


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("", 0, "first row names the columns"),
        ("id;schema;name\n", 1, "id,schema,name,aliases"),
        ('id,schema,name\n1,Person,"Salim\n', 2, "quotation mark"),
        (b"id,schema,name\n1,Person,\xff\n", 2, "UTF-8"),
    ],
)
def test_a_csv_that_cannot_be_read_says_where_and_what_to_do(text: str | bytes, line: int, remedy: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(opensanctions.read, text)
    assert raised.value.line == line
    assert remedy in raised.value.remedy


def test_weak_aliases_of_an_entity_are_kept_apart() -> None:
    (one,) = entries(followthemoney.read, entity(alias=["Kays el-Hazali"], weakAlias=["Abu Mahdi"]))
    assert (one.aliases, one.weak) == (("Kays el-Hazali",), ("Abu Mahdi",))


def test_the_caption_of_an_entity_is_its_name() -> None:
    row = {"id": "Q1", "schema": "Person", "caption": "Qays", "properties": {"name": ["قيس الخزعلي", "Qays"]}}
    assert entries(followthemoney.read, json.dumps(row))[0].names == ("Qays", "قيس الخزعلي")


def test_what_a_list_only_mentions_is_left_out() -> None:
    row = {"id": "Q1", "schema": "Person", "target": False, "properties": {"name": ["Bystander"]}}
    assert isinstance(read(followthemoney.read, json.dumps(row))[0], LeftOut)


@pytest.mark.parametrize("line", ["{", "[]", '{"schema": 1}', '{"schema": "Person"}', "[" * 100_000])
def test_a_line_that_is_no_entity_is_left_out_and_the_next_is_read(line: str) -> None:
    found = read(followthemoney.read, line + "\n" + entity())
    assert [type(one) for one in found] == [LeftOut, Listed]
    assert found[1].line == 2


def test_a_file_without_any_entity_is_refused_before_all_of_it_is_read() -> None:
    stream = io.BytesIO(b"no json\n" * 100_000)
    with pytest.raises(Unreadable):
        list(followthemoney.read(stream))
    assert stream.tell() < 100_000


def test_an_individual_of_the_un_list_has_its_names_by_quality() -> None:
    person = entries(un_list.read, UN)[0]
    assert person.names == ("SALIM HARUN AL-MARWANI",)
    assert person.aliases == ("سالم هارون المرواني", "Selim al-Merwani")
    assert person.weak == ("Abu Harun",)
    assert (person.role, person.note, person.type) == ("Head of the council", "XXi.001", "person")


def test_an_entity_of_the_un_list_is_a_group_and_empty_aliases_are_none() -> None:
    group = entries(un_list.read, UN)[1]
    assert (group.type, group.names, group.aliases) == ("group", ("DAWN BRIGADE",), ("Liwa al-Fajr",))


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l><m><INDIVIDUAL>&b;</INDIVIDUAL></m></l>'
)
OPENS = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]><l><m><INDIVIDUAL>&a;</INDIVIDUAL></m></l>'


@pytest.mark.parametrize("text", [BOMB, OPENS, '<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd"><l/>'])
def test_a_document_type_is_refused_so_that_nothing_grows_and_nothing_is_opened(text: str) -> None:
    with pytest.raises(Unreadable, match="document type"):
        read(un_list.read, text)


@pytest.mark.parametrize(
    "text",
    [
        "<a>" * 1000,
        UN[:900],
        "<a/>",
        "no xml",
        '<?xml version="1.0" encoding="x-nobody"?><a/>',
        "<l><m><INDIVIDUAL><FIRST_NAME>" + "x" * 100_000,
        "<l><m><INDIVIDUAL>" + "<A/>" * 30_000,
    ],
)
def test_xml_that_is_cut_too_deep_or_too_much_is_refused_in_words(text: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(un_list.read, text)
    assert raised.value.remedy


def test_a_line_without_end_is_refused_before_it_is_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed, "MAX_LINE", 1000)
    stream = io.BytesIO(b"x" * 1_000_000)
    with pytest.raises(Unreadable, match="longer"):
        list(followthemoney.read(stream))
    assert stream.tell() == 1001


@given(st.binary(max_size=300))
def test_whatever_the_file_holds_only_our_own_error_comes_out(raw: bytes) -> None:
    for reader in (opensanctions.read, followthemoney.read, un_list.read):
        try:
            read(reader, raw)
        except BayanError as error:
            assert str(error)


# ---------------------------------------------------------------------------------------------------------- into actors


def test_acronyms_and_single_common_names_do_not_ring_alone() -> None:
    one = Listed(1, "k", "person", ("Qais al-Khazali",), ("Ali", "Abu Ali", "QHK", "Kays el-Hazali"))
    (actor,) = actors(one)
    assert actor.aliases == ("Kays el-Hazali",)
    assert actor.weak_aliases == ("Ali", "Abu Ali")
    assert actor.acronyms == ("QHK",)


def test_a_lists_own_name_is_watched_however_short() -> None:
    (actor,) = actors(Listed(1, "k", "group", ("AAH",)))
    assert (actor.name, actor.acronyms) == ("AAH", ())


def test_spellings_that_read_the_same_are_taken_once() -> None:
    (actor,) = actors(Listed(1, "k", "person", ("Qais al-Khazali",), ("QAIS AL KHAZALI", "قيس الخزعلي", "قَيْس الخزعلي")))
    assert actor.aliases == ("قيس الخزعلي",)


def test_what_reorders_text_unseen_does_not_reach_the_file() -> None:
    (actor,) = actors(Listed(1, "k", "person", ("\u202eQais\u202c al-Khazali\u200f",), role="\u2066chief"))
    assert (actor.name, actor.role) == ("Qais al-Khazali", "chief")


def test_ids_are_slugs_and_nobody_has_the_same() -> None:
    found = [Listed(1, "a", "person", ("Çağlar Işık",)), Listed(2, "b", "person", ("Caglar Isik",)),
             Listed(3, "NK-7", "person", ("قاسم",))]  # fmt: skip
    taken = [one.actor.id for one in as_actors(found, taken_ids=["caglar-isik"]) if isinstance(one, Taken)]
    assert taken == ["caglar-isik-2", "caglar-isik-3", "nk-7"]


def test_the_same_id_twice_is_left_out_the_second_time() -> None:
    left = [one for one in as_actors([Listed(1, "a", "person", ("Salim One",)), Listed(9, "a", "person", ("Salim",))])
            if isinstance(one, LeftOut)]  # fmt: skip
    assert [(one.line, one.reason) for one in left] == [(9, "the same id stands in line 1")]


def test_more_actors_than_a_watchlist_takes_are_refused_with_a_way_out() -> None:
    endless: Iterator[Listed] = (Listed(n, str(n), "person", (f"Salim {n}",)) for n in range(10**9))
    with pytest.raises(Unreadable, match="--find"):
        list(as_actors(endless, most=50))


names = st.text(max_size=220)


@given(st.lists(st.builds(
    Listed, st.integers(1, 99), names, st.sampled_from(["person", "group"]),
    st.lists(names, max_size=3).map(tuple), st.lists(names, max_size=6).map(tuple), st.lists(names, max_size=3).map(tuple),
    names, names,
), max_size=8))  # fmt: skip
def test_whatever_is_listed_comes_out_as_a_watchlist_that_is_read(
    tmp_path_factory: pytest.TempPathFactory, found: list[Listed]
) -> None:
    taken = [one for one in as_actors(found) if isinstance(one, Taken)]
    file = tmp_path_factory.mktemp("list") / "list.toml"
    tables = (actor_table(one.actor, note=one.note) for one in taken)
    file.write_text("".join(watchlist(tables, head="from a test")), "utf-8")
    read_back, _ = load_watchlists(file)
    assert [one.id for one in read_back] == [one.actor.id for one in taken]
    assert [one.name for one in read_back] == [one.actor.name for one in taken]


# ----------------------------------------------------------------------------------------------------------- the command


def test_the_command_writes_a_watchlist_that_the_configuration_includes(bayan: Bayan, tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_text(CSV, "utf-8")
    out = tmp_path / "iraq.toml"
    ran = bayan.plain("actors", "import", str(tmp_path / "targets.csv"), "-o", str(out))
    assert ran.code == 0
    assert "1 person and 1 group taken" in ran.err
    bayan.configure(source("a", "https://example.org/a"))
    bayan.file.write_text('include = ["iraq.toml"]\n' + bayan.file.read_text("utf-8"), "utf-8")
    assert bayan("config", "check").code == 0


def test_ids_of_the_configuration_are_not_used_again(bayan: Bayan, tmp_path: Path) -> None:
    bayan.configure(source("a", "https://example.org/a"))
    (tmp_path / "l.csv").write_text("id,schema,name\n1,Person,Khazali\n", "utf-8")
    ran = bayan.plain("actors", "import", str(tmp_path / "l.csv"), "--config", str(bayan.file))
    assert "[actors.khazali-2]" in ran.out


def test_a_dry_run_writes_nothing_and_tells_all(bayan: Bayan, tmp_path: Path) -> None:
    (tmp_path / "un.xml").write_text(UN, "utf-8")
    out = tmp_path / "out.toml"
    ran = bayan.plain("actors", "import", str(tmp_path / "un.xml"), "-o", str(out), "--dry-run", "--json")
    assert (ran.json["form"], ran.json["people"], ran.json["groups"]) == ("un", 1, 1)
    assert not out.exists()


def test_only_one_type_is_taken_where_that_is_asked_for(bayan: Bayan, tmp_path: Path) -> None:
    (tmp_path / "un.xml").write_text(UN, "utf-8")
    ran = bayan.plain("actors", "import", str(tmp_path / "un.xml"), "--only", "group")
    assert "dawn-brigade" in ran.out
    assert "marwani" not in ran.out


def test_only_some_countries_and_topics_are_taken_whatever_the_form_says_them_like(
    bayan: Bayan, tmp_path: Path
) -> None:
    files = {"un.xml": UN, "targets.csv": CSV, "ftm.json": entity(nationality=["iq"], topics=["crime.terror"])}
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")

    def taken(name: str, *options: str) -> int:
        row = bayan.plain("actors", "import", str(tmp_path / name), "--dry-run", "--json", *options).json
        return int(row["people"]) + int(row["groups"])

    assert taken("un.xml", "--country", "ir") == taken("un.xml", "--country", "Iran", "--topic", "taliban") == 1
    assert taken("un.xml", "--country", "iq") == taken("un.xml", "--topic", "dprk") == 0
    assert taken("targets.csv", "--country", "Iraq") == taken("targets.csv", "--country", "ye", "--country", "IQ") == 2
    assert taken("ftm.json", "--topic", "crime", "--country", "iq") == taken("ftm.json", "--topic", "crime.terror") == 1
    assert taken("ftm.json", "--topic", "role.pep") == taken("ftm.json", "--country", "ir") == 0
    told = bayan.plain("actors", "import", str(tmp_path / "un.xml"), "--topic", "dprk")
    assert "left out, 1: is of no topic of --topic" in told.err
    assert "left out, 1: is of no topic that the list tells" in told.err


@pytest.mark.parametrize(
    ("said", "code"),
    [("IQ", "iq"), ("Iraq", "iq"), ("Iran (Islamic Republic of)", "ir"), ("Syrian Arab Republic", "sy"), ("Türkiye", "tr"),
     ("Democratic People's Republic of Korea", "kp"), ("the Netherlands", "nl"), ("Atlantis", "atlantis"), ("", "")],
)  # fmt: skip
def test_a_country_is_known_by_its_code_and_by_its_name(said: str, code: str) -> None:
    assert country(said) == code


def test_nothing_is_overwritten(bayan: Bayan, tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(CSV, "utf-8")
    out = tmp_path / "out.toml"
    out.write_text("mine", "utf-8")
    assert bayan.plain("actors", "import", str(tmp_path / "l.csv"), "-o", str(out)).code == 2
    assert out.read_text("utf-8") == "mine"


def test_a_file_that_is_not_there_or_no_list_is_told_in_one_line_and_leaves_nothing(
    bayan: Bayan, tmp_path: Path
) -> None:
    (tmp_path / "bomb.xml").write_text(BOMB, "utf-8")
    for name in ("none.csv", "bomb.xml"):
        ran = bayan.plain("actors", "import", str(tmp_path / name), "-o", str(tmp_path / "out.toml"))
        assert ran.code == 1
        assert "Traceback" not in ran.err
        assert len(ran.err.splitlines()) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bomb.xml"]
