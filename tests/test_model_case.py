"""The model case: a report on a bare page, marked "7 hours ago", becomes one message on a phone. The real command all the way.

The site is made of the facts of the original item: a list without dates, an article without any metadata, the day only in the
text, a footnote mark at the end of the lead. The phone is a chat of the strict Bot API server, which refuses what Telegram does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fake_botapi import TOKEN
from tests.fake_site import FakeSite
from tests.real_run import Program, Store
from tests.strict_botapi import StrictBotApi, strict_botapi

HEADLINE = (
    "Iraqi Militia Leader Qais Al-Khazali Condemns Threats To Khamenei, Warns Of Regional Instability, "
    "Urges International Action"
)
ARABIC = "الأمين العام لعصائب أهل الحق قيس الخزعلي يدين تهديد المرجعيات الدينية"
CHAT = 7
FSI, PDI = "\u2068", "\u2069"

REPORT = (
    "On June 20, 2025, Qais Al-Khazali, the secretary-general of the Iran-backed Iraqi militia Asa'ib Ahl Al-Haqq, issued a "
    "statement in solidarity with Iran's actions against Israel, and denounced alleged Israeli threats against high-ranking "
    "Shi'ite leaders.[1]",
    "The statement opens with a verse of the Quran (Al-Tawba 63). It speaks of a “treacherous Zionist assault” and of Iranian "
    "“heroic resistance”, and says that lines were crossed which are religious, humane and international.",
    "It names Supreme Leader Ayatollah Sayyid Ali Al-Husseini Khamenei as the one who is threatened, and recalls an earlier "
    "image that targeted Ayatollah Ali Al-Sistani. The threat is, it says, “a direct attack on sacred figures and institutions, "
    "and it carries consequences that may extend far beyond the immediate moment”.",
    "Al-Khazali supports Iran's “effective deterrence” and calls on governments, organizations and world leaders to intervene "
    "at once; silence, he warns, encourages more violations.",
)
ARABIC_REPORT = (
    "أصدر الأمين العام لعصائب أهل الحق الشيخ قيس الخزعلي بياناً أدان فيه كل تهديد يطال المرجعيات الدينية، وأعلن تضامنه مع إيران.",
    "ودعا الحكومات والمنظمات وقادة العالم إلى التدخل الفوري، محذراً من أن الصمت يشجع على مزيد من الانتهاكات في المنطقة.",
)
OLDER = (
    ("1006", "1 day ago", "Water Ministry Announces A New Schedule For The Barrages On The Tigris"),
    ("1005", "2 days ago", "Provincial Council Of Basra Elects A Speaker In A Second Round Of Votes"),
    ("1004", "3 days ago", "Parliament Committee Reviews The Draft Law On Electricity Tariffs Again"),
    ("1003", "4 days ago", "Airport Authority Reports A Record Number Of Passengers For This Autumn"),
    ("1002", "5 days ago", "Archaeologists Present Their Finds From The Third Season Of Digging"),
)
CONFIG = """config_version = 1
timezone = "UTC"
[storage]
data_dir = "{folder}/data"
[fetch]
interval = "1s"
jitter = 0.0
per_host_delay = "0s"
[sources.monitor]
kind = "listing"
url = "{origin}/reports"
allow_private = true
[actors.khazali]
type = "person"
name = "Qais al-Khazali"
role = "secretary-general"
member_of = ["aah"]
aliases = ["Qays al-Khaz'ali", "Kays el-Hazali", "قيس الخزعلي"]
priority = "high"
[actors.aah]
type = "group"
name = "Asa'ib Ahl al-Haqq"
[actors.khamenei]
type = "person"
name = "Ali Khamenei"
[keywords.threats]
any = ["threat*", "تهديد"]
[channels.phone]
kind = "telegram"
token = {{ env = "BAYAN_TELEGRAM_TOKEN" }}
chat = {chat}
api_base = "{api}"
[[routes]]
name = "khazali-threat"
actors = ["khazali"]
keywords = ["threats"]
require = "all"
channels = ["phone"]
[delivery]
per_chat_rate = "600/min"
[logging]
format = "json"
"""


def page(title: str, main: str, language: str = "en") -> str:
    """A page with nothing in its head but a title."""
    menu = "<nav><a href='/'>Home</a> <a href='/reports'>Reports</a> <a href='/about'>About us</a></nav>"
    direction = " dir='rtl'" if language == "ar" else ""
    return f"<html{direction}><head><title>{title}</title></head><body>{menu}<main>{main}</main></body></html>"


def listing(*posts: tuple[str, str, str]) -> str:
    """The list of reports: headline, and how old."""
    rows = "".join(
        f"<li><h3><a href='/reports/{number}'>{title}</a></h3><span>{age}</span></li>" for number, age, title in posts
    )
    return page("Reports", f"<ul>{rows}</ul>")


def article(title: str, paragraphs: tuple[str, ...], language: str = "en") -> str:
    return page(title, f"<h1>{title}</h1>" + "".join(f"<p>{text}</p>" for text in paragraphs), language)


@dataclass
class Case:
    """The site, the phone and the program of one test."""

    site: FakeSite
    api: StrictBotApi
    program: Program
    folder: Path

    async def until(self, true: Any, seconds: float = 40) -> None:
        async with asyncio.timeout(seconds):
            while not await asyncio.to_thread(true):  # noqa: ASYNC110 - what is waited for happens in other processes
                await asyncio.sleep(0.05)

    async def look_once_more(self) -> None:
        """Let the program poll the list twice more: what it had to say is then said."""
        asked = self.site.requests("/reports")
        await self.until(lambda: self.site.requests("/reports") >= asked + 2)

    async def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await asyncio.to_thread(self.api.seen, "deliveries")
        return found

    def stored(self) -> int:
        return len(Store(self.folder / "data" / "bayan.db").rows("SELECT id FROM statement"))


@pytest.fixture
async def case(shared: Path, tmp_path: Path) -> AsyncIterator[Case]:
    """Everything started, and the first poll behind it."""
    pytest.importorskip("aiohttp", reason="the strict Bot API server needs aiohttp")
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(FakeSite())
        site.pages["/reports"] = listing(*OLDER)
        api = stack.enter_context(strict_botapi(shared, tmp_path))
        api.order("users", id=CHAT, first_name="Reader", started=True)
        config = tmp_path / "config.toml"
        config.write_text(CONFIG.format(folder=tmp_path, origin=site.origin, api=api.url, chat=CHAT), encoding="utf-8")
        program = Program(config, "--verbose")
        program.start()
        stack.callback(program.kill)
        running = Case(site, api, program, tmp_path)
        await running.until(lambda: running.stored() == len(OLDER))
        yield running


@pytest.mark.shared
async def test_the_model_statement_becomes_one_message_with_every_promised_line(case: Case) -> None:
    await case.look_once_more()
    assert await case.deliveries() == [], "the first poll never rings"

    case.site.pages["/reports/1007"] = article(HEADLINE, REPORT)
    case.site.pages["/reports"] = listing(("1007", "7 hours ago", HEADLINE), *OLDER)
    published = datetime.now(UTC)
    await case.until(lambda: case.api.texts(CHAT))
    await case.look_once_more()
    (message,) = await case.deliveries()
    lines = message["html"].split("\n")
    host = case.site.origin.removeprefix("http://").partition(":")[0]

    assert lines[0] == (
        "🔴 <b>Qais al-Khazali</b> · \u2068<b>قيس الخزعلي</b>\u2069, secretary-general: said"
        " · mentions <b>Asa'ib Ahl al-Haqq</b> · mentions <b>Ali Khamenei</b>"
    )
    marked = HEADLINE.replace("Leader Qais Al-Khazali", "<u>Leader Qais Al-Khazali</u>").replace(
        "Threats", "<u>Threats</u>"
    )
    assert lines[1] == f'<a href="{case.site.origin}/reports/1007"><b>{marked}</b></a>'
    assert lines[2].replace("\u2060", "") == f"🗞 monitor · {host}", "joined, so that no host becomes a link of its own"
    assert re.fullmatch(
        r'🗣 said <tg-time unix="\d+" format="wD">Fri 20 Jun 2025</tg-time> \(date only\) ⚠️ \d+ days ago', lines[3]
    )
    about = re.fullmatch(
        r'📅 published about <tg-time unix="(\d+)" format="\w+">\w{3} \d+ \w{3} \d{4}, \d\d:00 UTC</tg-time> '
        r"\(to the hour: “7 hours ago”\)",
        lines[4],
    )
    assert about, lines[4]
    claimed = datetime.fromtimestamp(int(about[1]), UTC)
    assert timedelta(hours=6) <= published - claimed <= timedelta(hours=8)
    seen = re.fullmatch(r'👁 seen <tg-time unix="(\d+)" format="\w+">.* UTC</tg-time>', lines[5])
    assert seen, lines[5]
    assert abs(datetime.fromtimestamp(int(seen[1]), UTC) - published) < timedelta(minutes=1)
    assert re.fullmatch(
        r"🎯 rule <code>khazali-threat</code>: Qais al-Khazali \(\d hits\) \+ “threat\*” \(\d hits\)"
        r" \+ Asa'ib Ahl al-Haqq \(1 hit\) \+ Ali Khamenei as “Leader Ayatollah Sayyid Ali Al-Husseini Khamenei” \(1 hit\).*",
        lines[6],
    )
    passage = "\n".join(lines[7:-1])
    assert passage.startswith("<blockquote")
    assert "On June 20, 2025, <u>Qais Al-Khazali</u>, the secretary-general of the Iran-backed" in passage
    assert "<u>threats</u> against high-ranking Shi'ite leaders." in passage
    assert "[1]" not in message["text"]
    assert re.fullmatch(r"<code>#[0-9A-F]{4}-\d+</code>", lines[-1])
    assert message["link_preview"] == {"is_disabled": True}
    assert "may repeat" not in message["text"]
    await nothing_refused_and_no_token(case)


@pytest.mark.shared
async def test_an_arabic_report_is_fenced_in_by_balanced_isolates(case: Case) -> None:
    case.site.pages["/reports/1008"] = article(ARABIC, ARABIC_REPORT, "ar")
    case.site.pages["/reports"] = listing(("1008", "2 hours ago", ARABIC), *OLDER)
    await case.until(lambda: case.api.texts(CHAT))
    await case.look_once_more()
    (message,) = await case.deliveries()
    lines = message["text"].split("\n")
    for line in lines:
        assert line.count(FSI) == line.count(PDI), line
    assert lines[0].startswith(f"🔴 Qais al-Khazali · {FSI}قيس الخزعلي{PDI}, secretary-general")
    assert ": said" in lines[0]
    assert lines[1] == f"{FSI}{ARABIC}{PDI}"
    assert "<u>قيس الخزعلي</u>" in message["html"].split("\n")[1]
    assert "أصدر الأمين العام" in message["text"]
    await nothing_refused_and_no_token(case)


async def nothing_refused_and_no_token(case: Case) -> None:
    """The end of both: Telegram refused no call, the program stops well, and its token is in nothing that it wrote."""
    calls = await asyncio.to_thread(case.api.seen, "calls")
    assert [call for call in calls if call["error"] or call["status"] != 200] == []
    assert [call["method"].lower() for call in calls] == ["sendmessage"]
    code, took = await asyncio.to_thread(case.program.stop)
    assert code == 0
    assert took < 10
    written = [path for path in case.folder.rglob("*") if path.is_file() and path.parent.name == "data"]
    assert any(path.name == "bayan.db" for path in written)
    secret = TOKEN.partition(":")[2].encode()
    for path in (*written, case.program.log, case.program.printed):
        assert secret not in path.read_bytes(), f"the token stands in {path.name}"
