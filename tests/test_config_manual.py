"""The manual, the schema and what is in force follow from one list of keys, and the manual's examples are right."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from alerts.config import load
from alerts.effective import tables, toml
from alerts.hour_keys import DigestKeys, StormKeys
from alerts.keys import TopKeys
from alerts.sections import SECTIONS, json_schema, manual_tables, refreshed
from alerts.unbuilt import NOT_BUILT
from scraper.keys import ArticleKeys, FieldsKeys, SelectKeys
from scraper.validate import Keys, names
from tests.configurations import ENVIRON

CHECKOUT = Path(__file__).resolve().parent.parent
MANUAL = CHECKOUT / "docs" / "configuration.md"
TOKEN = f"123456:{'a' * 35}"
REST = {
    "sources": '[sources.wire]\nkind = "feed"\nurl = "https://news.example.org/rss"\ntags = ["official"]\n',
    "actors.qais-al-khazali": '[actors.qais-al-khazali]\ntype = "person"\nname = "Qais al-Khazali"\n',
    "keywords.threats": '[keywords.threats]\nany = ["threat*"]\n',
    "channels.screen": '[channels.screen]\nkind = "console"\n',
    "channels.analysts": '[channels.analysts]\nkind = "telegram"\nchat = 1\ntoken = { env = "BAYAN_TELEGRAM_TOKEN" }\n',
    "channels.ops": '[channels.ops]\nkind = "console"\n',
}
"""What an example of the manual may take for granted."""


def examples() -> list[Any]:
    """Every TOML block of the documents, with where it is."""
    found = []
    for document in sorted(
        [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md"), *(CHECKOUT / "deploy").rglob("*.md")]
    ):
        blocks = re.findall(r"^```toml\n(.*?)^```$", document.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        found += [pytest.param(block, id=f"{document.name}-{index}") for index, block in enumerate(blocks)]
    return found


@pytest.mark.parametrize("example", examples())
def test_every_example_of_the_documents_can_be_loaded(example: str, tmp_path: Path) -> None:
    written = tomllib.loads(example)
    rest = "".join(
        table for name, table in REST.items() if name.partition(".")[2] not in written.get(name.partition(".")[0], {})
    )
    path = tmp_path / "config.toml"
    (tmp_path / "telegram").write_text(TOKEN)  # what { file } and { credential } find
    (tmp_path / "mail").write_text("mailtos://user:password@mail.example.org")
    secret = r'(?<=\{ file = ")/[^"]+'
    here = re.sub(secret, lambda found: str(tmp_path / ("mail" if "mail" in found[0] else "telegram")), example)
    path.write_text(f"{here}\n{rest}", encoding="utf-8")
    environ = ENVIRON | {
        "BAYAN_TELEGRAM_TOKEN": TOKEN,
        "OFFICE_FEED_AUTH": "Bearer x",
        "BAYAN_WEBHOOK_SECRET": "k" * 32,
    }
    environ |= {"BAYAN_ALIVE_URL": "https://alive.example.org/ping/x"}
    assert load(path, environ | {"CREDENTIALS_DIRECTORY": str(tmp_path)}).path == path


def test_the_tables_of_the_manual_are_those_of_the_program() -> None:
    manual = MANUAL.read_text("utf-8")
    assert refreshed(manual) == manual, "run: python -m alerts.sections docs/configuration.md"


def test_every_key_stands_in_the_manual_and_every_key_of_the_manual_exists() -> None:
    shown = re.findall(r"<!-- keys: (\S+) -->", MANUAL.read_text("utf-8"))
    assert sorted(shown) == sorted(manual_tables())
    in_manual = set(re.findall(r"^\| `([a-z_]+)` \|", "".join(manual_tables().values()), re.MULTILINE))
    models: list[type[Keys]] = [TopKeys, SelectKeys, ArticleKeys, FieldsKeys, DigestKeys, StormKeys]
    models += [*(model for section in SECTIONS for model in section.kinds.values())]
    assert in_manual == {key for model in models for key in names(model)}


def test_every_key_is_described_and_none_of_them_is_listed_as_not_built() -> None:
    for section in SECTIONS:
        for model in section.kinds.values():
            prefix = section.name if section.form == "table" else f"{section.name}.*"
            for name, info in model.model_fields.items():
                assert info.description, f"{model.__name__}.{name}"
                assert f"{prefix}.{info.alias or name}" not in NOT_BUILT


def test_the_schema_knows_every_table_its_keys_and_what_is_required() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == {*names(TopKeys), *(section.name for section in SECTIONS)}
    definitions = schema["$defs"]
    for section in SECTIONS:
        for model in section.kinds.values():
            here = definitions[model.__name__]
            assert set(here["properties"]) == set(names(model))
            assert here["additionalProperties"] is False
    assert definitions["TelegramKeys"]["required"] == ["kind", "token", "chat"]
    assert definitions["FeedKeys"]["required"] == ["kind"]
    assert definitions["FeedKeys"]["oneOf"] == [{"required": ["url"]}, {"required": ["urls"]}]
    assert definitions["FetchKeys"]["properties"]["interval"]["pattern"] == "^[0-9]+(ms|s|m|h|d)$"
    referred = set(re.findall(r"#/\$defs/(\w+)", str(schema)))
    assert referred <= set(definitions)


def test_what_is_in_force_reads_back_as_the_same_configuration(tmp_path: Path) -> None:
    first = load(CHECKOUT / "config.toml", ENVIRON)
    path = tmp_path / "config.toml"
    path.write_text(toml(tables(first)), encoding="utf-8")
    again = load(path, ENVIRON)
    assert tables(again) == tables(first)
    assert (again.sources, again.actors, again.keywords, again.routes) == (
        first.sources,
        first.actors,
        first.keywords,
        first.routes,
    )
    assert (again.fetch, again.storage, again.delivery, again.logging) == (
        first.fetch,
        first.storage,
        first.delivery,
        first.logging,
    )


def test_what_is_in_force_shows_no_secret(tmp_path: Path) -> None:
    text = """
[fetch]
proxy = "http://user:hunter2@proxy.example.org:3128"
[sources.s]
kind = "listing"
url = "https://x.example/"
headers = { Authorization = { env = "AUTH" }, "Accept-Language" = "ar" }
select = { item = "li" }
[channels.t]
kind = "telegram"
token = { env = "BAYAN_TELEGRAM_TOKEN" }
chat = -100
"""
    path = tmp_path / "config.toml"
    path.write_text(text)
    shown = toml(tables(load(path, ENVIRON | {"BAYAN_TELEGRAM_TOKEN": TOKEN, "AUTH": "hunter2"})))
    read = tomllib.loads(shown)
    assert "hunter2" not in shown and TOKEN not in shown
    assert read["sources"]["s"]["headers"] == {"Authorization": "***", "Accept-Language": "***"}
    assert read["sources"]["s"]["select"] == {"item": "li", "max_pages": 3}
    assert read["channels"]["t"] == {"kind": "telegram", "token": "***", "chat": -100, "silent": False}
