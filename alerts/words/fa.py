"""The words of alerts in Persian: the names of `en.py`.

A date is told in both calendars, the source's first: «جمعه 20 ژوئن 2025 (30 خرداد 1404)». Digits are 0 to 9, as in tags and sources.
"""

from __future__ import annotations

from datetime import date, timedelta

from alerts.shown import fence
from scraper.calendars import to_jalali

WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")
MONTHS = (
    "ژانویه",
    "فوریه",
    "مارس",
    "آوریل",
    "مه",
    "ژوئن",
    "ژوئیه",
    "اوت",
    "سپتامبر",
    "اکتبر",
    "نوامبر",
    "دسامبر",
)
JALALI_MONTHS = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)

RIGHT_TO_LEFT = True
COMMA = "، "
SAID = "گفت"
SAID_ON = "گفته‌شده:"
MENTIONS = "اشاره به"
PUBLISHED = "انتشار:"
SEEN = "دیده‌شده:"
ABOUT = "حدود"
DATE_ONLY = "فقط تاریخ"
TO_THE_HOUR = "با دقت ساعت"
NO_DATE = "بدون تاریخ"
IN_THE_FUTURE = "در آینده"
NO_HEADLINE = "(بدون عنوان)"
NO_RULE = "فهرست پیگیری"
OWN_WATCHLIST = "فهرست پیگیری این گفتگو"
MAY_REPEAT = "شاید تکراری باشد: ممکن است تلاش پیشین رسیده باشد"
FIRST = "نخست"
ALSO = "همچنین"
EDITED = "پس از آن ویرایش شد،"
REMOVED = "پس از آن حذف شد،"
IN_THE_STORY_OF = "در ماجرای"
THROUGH_FALLBACK = "از راه کانال جایگزین، چون کانال"
UNREACHED_SINCE = "پیامی نمی‌گیرد از"
UNREACHED = "پیامی نمی‌گیرد"
SENT_MEANWHILE = "در این میان فرستاده شد از راه"
STATEMENT_EDITED = "ویرایش"
STATEMENT_REMOVED = "حذف"
TITLE = "عنوان"
FINGERPRINTS = f"اثر انگشت {fence('SHA-256')} متن، پیشین و کنونی"
FINGERPRINT = f"اثر انگشت {fence('SHA-256')} متن، چنان که ذخیره شد"
GONE_FROM = "دیگر در منبع خود نیست، از"
ARCHIVED = "چنان که ذخیره شد:"
NO_TEXT = "(تنها عنوان آن ذخیره شده است)"
EMPTY_NOTICE = "(پیامی بدون واژه)"

_NEWS = {"a denial": "تکذیب", "a new quotation": "نقل قول تازه"}
_DIGESTS = {
    "quiet": "نگه‌داشته‌شده در ساعت‌های آرامش",
    "mute": "نگه‌داشته‌شده در هنگام سکوت",
    "storm": "شمار زیاد در یک زمان، پس یک‌جا گفته شد",
    "late": "هنگام قطع ارسال رسید، پس یک‌جا گفته شد",
    "relay": "برای کانالی که پیامی نمی‌گیرد، پس اینجا گفته شد",
}


def day(at: date) -> str:
    """A date, and the same day in the Iranian calendar where it has it."""
    told = f"{WEEKDAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"
    try:
        year, month, number = to_jalali(at)
    except ValueError:
        return told
    return f"{told} ({number} {JALALI_MONTHS[month - 1]} {year})"


def rules(count: int) -> str:
    """What stands before the names of the routes that rang."""
    return "قاعده‌ی" if count == 1 else "قاعده‌های"


def hits(count: int) -> str:
    """How often something was met."""
    return f"{count} بار"


def more(count: int) -> str:
    """What stands for names that were left out."""
    return f"و {count} مورد دیگر"


def written(surface: str) -> str:
    """How the statement writes a watched name, where that differs."""
    return f"به صورت “{surface}”"


def old(days: int) -> str:
    """A time long past."""
    return f"{days} روز پیش"


def no_link(what: str) -> str:
    """The address of an item cannot be a link: `what` is its scheme or host."""
    return f"بدون پیوند: {what}"


def delayed(by: timedelta) -> str:
    """How late an alert is: whole minutes below two hours, hours below two days, then days."""
    minutes = max(1, round(by.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} دقیقه تأخیر"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} ساعت و {rest} دقیقه تأخیر" if rest else f"{hours} ساعت تأخیر"
    days, rest = divmod(minutes // 60, 24)
    return f"{days} روز و {rest} ساعت تأخیر" if rest else f"{days} روز تأخیر"


def first_look(count: int) -> str:
    """What a message about the first look at `count` sources begins with."""
    return f"نخستین نگاه به {count} منبع تازه: آنچه از پیش منتشر شده ذخیره شد و به کسی هشدار نمی‌دهد؛ آنچه از این پس بیاید هشدار می‌دهد."


def begun(source: str, stored: int, matched: int) -> str:
    """What the first look at one source stored, and how much of it matches what is watched."""
    return f"{fence(source)}: {stored} بیانیه ذخیره شد، {matched} تای آن هشدار می‌داد. تازه‌ترین‌ها:"


def sources(count: int) -> str:
    """How many sources carry a statement."""
    return f"{count} منبع"


def lead(after: timedelta) -> str:
    """How much later than the first a source had it: minutes below two hours, then hours, then days."""
    minutes = max(0, round(after.total_seconds() / 60))
    if minutes < 120:
        return f"{fence(f'+{minutes}')} دقیقه"
    if minutes < 48 * 60:
        return f"{fence(f'+{minutes // 60}')} ساعت"
    return f"{fence(f'+{minutes // (24 * 60)}')} روز"


def news(what: str) -> str:
    """What a copy says that its story did not say yet: `what` in the words of `scraper/likeness.py`."""
    return _NEWS.get(what) or fence(what)


def left_out(statement: int) -> str:
    """Where the rest of a change can be read."""
    return f"(بقیه‌ی تغییرها: {fence(f'bayan statements diff {statement}')})"


def digest(kind: str, count: int) -> str:
    """What a digest is, by why its alerts waited: "quiet", "digest", "mute", "storm"."""
    return f"{_DIGESTS.get(kind, 'گزیده')}: {count} هشدار"


def in_the_file(count: int) -> str:
    """What stands for alerts that are told in the file only."""
    return f"و {count} هشدار دیگر، در فایل"


def mute_over(subject: str, held_back: int) -> str:
    """That a silence ended."""
    what = f" درباره‌ی {fence(subject)}" if subject else ""
    return f"سکوت{what} پایان یافت؛ {held_back} هشدار را نگه داشته بود."


def canary(at: str, number: int) -> str:
    """That bayan's own statement came through: `at` is when, `number` how many there were today."""
    return f"🐤 پیگیری برقرار است: پیام آزمون شماره‌ی {number} امروز در {at} رسید.\nاین پیام هر بار ویرایش می‌شود."
