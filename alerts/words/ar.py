"""The words of alerts in Arabic: the names of `en.py`.

Months have both of their Arabic names, as Arab newsrooms write them for readers of all countries (حزيران/يونيو). Numbers
stand after a colon or with an abbreviation, so that no noun has to agree with them; digits are 0 to 9, as in tags and sources.
"""

from __future__ import annotations

from datetime import date, timedelta

from alerts.shown import fence

WEEKDAYS = ("الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
MONTHS = (
    "كانون الثاني/يناير",
    "شباط/فبراير",
    "آذار/مارس",
    "نيسان/أبريل",
    "أيار/مايو",
    "حزيران/يونيو",
    "تموز/يوليو",
    "آب/أغسطس",
    "أيلول/سبتمبر",
    "تشرين الأول/أكتوبر",
    "تشرين الثاني/نوفمبر",
    "كانون الأول/ديسمبر",
)

RIGHT_TO_LEFT = True
COMMA = "، "
SAID = "تصريح"
SAID_ON = "قيل في"
MENTIONS = "ذكر"
PUBLISHED = "نُشر"
SEEN = "رُصد"
ABOUT = "نحو"
DATE_ONLY = "التاريخ فقط"
TO_THE_HOUR = "بدقة ساعة"
NO_DATE = "بلا تاريخ"
IN_THE_FUTURE = "في المستقبل"
NO_HEADLINE = "(بلا عنوان)"
NO_RULE = "قائمة مراقبة"
OWN_WATCHLIST = "قائمة المراقبة الخاصة بهذه المحادثة"
MAY_REPEAT = "قد تكون مكررة: ربما وصلت محاولة سابقة"
FIRST = "الأول"
ALSO = "وأيضًا"
EDITED = "عُدّل بعد ذلك،"
REMOVED = "حُذف بعد ذلك،"
IN_THE_STORY_OF = "في قصة"
THROUGH_FALLBACK = "عبر القناة البديلة، لأن القناة"
UNREACHED_SINCE = "لا تستقبل رسائل منذ"
UNREACHED = "لا تستقبل رسائل"
SENT_MEANWHILE = "أُرسل في الأثناء عبر"
STATEMENT_EDITED = "تعديل"
STATEMENT_REMOVED = "حذف"
TITLE = "العنوان"
FINGERPRINTS = f"بصمة {fence('SHA-256')} للنص من قبل والآن"
FINGERPRINT = f"بصمة {fence('SHA-256')} للنص كما حُفظ"
GONE_FROM = "لم يعد في مصدره منذ"
ARCHIVED = "كما حُفظ:"
NO_TEXT = "(لم يُحفظ منه إلا العنوان)"
EMPTY_NOTICE = "(إشعار بلا كلمات)"

_NEWS = {"a denial": "نفي", "a new quotation": "اقتباس جديد"}
_DIGESTS = {
    "quiet": "ما حُجب في ساعات الهدوء",
    "mute": "ما حُجب في أثناء الصمت",
    "storm": "كثرت معًا فجُمعت",
    "late": "تأخرت لانقطاع الإرسال فجُمعت",
    "relay": "لقناة لا تستقبل رسائل، فقيلت هنا",
}


def day(at: date) -> str:
    """A date."""
    return f"{WEEKDAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"


def rules(count: int) -> str:
    """What stands before the names of the routes that rang."""
    return "القاعدة" if count == 1 else "القواعد"


def hits(count: int) -> str:
    """How often something was met."""
    return f"المرات: {count}"


def more(count: int) -> str:
    """What stands for names that were left out."""
    return f"وغيرها: {count}"


def written(surface: str) -> str:
    """How the statement writes a watched name, where that differs."""
    return f"بصيغة “{surface}”"


def old(days: int) -> str:
    """A time long past."""
    return f"الأيام التي مضت: {days}"


def no_link(what: str) -> str:
    """The address of an item cannot be a link: `what` is its scheme or host."""
    return f"بلا رابط: {what}"


def delayed(by: timedelta) -> str:
    """How late an alert is: whole minutes below two hours, hours below two days, then days."""
    minutes = max(1, round(by.total_seconds() / 60))
    if minutes < 120:
        return f"التأخير بالدقائق: {minutes}"
    if minutes < 48 * 60:
        return f"التأخير بالساعات والدقائق: {fence(f'{minutes // 60}:{minutes % 60:02}')}"
    days, rest = divmod(minutes // 60, 24)
    return f"التأخير بالأيام: {days}، وبالساعات: {rest}" if rest else f"التأخير بالأيام: {days}"


def first_look(count: int) -> str:
    """What a message about the first look at `count` sources begins with."""
    return f"نظرة أولى، عدد المصادر الجديدة: {count}. ما هو منشور من قبل محفوظ ولا ينبّه أحدًا؛ ما يُنشر من الآن ينبّه."


def begun(source: str, stored: int, matched: int) -> str:
    """What the first look at one source stored, and how much of it matches what is watched."""
    return f"{fence(source)}، المحفوظ: {stored}، ومنه ما كان سينبّه: {matched}. الأحدث:"


def sources(count: int) -> str:
    """How many sources carry a statement."""
    return f"عدد المصادر: {count}"


def lead(after: timedelta) -> str:
    """How much later than the first a source had it: minutes below two hours, then hours, then days."""
    minutes = max(0, round(after.total_seconds() / 60))
    if minutes < 120:
        return f"{fence(f'+{minutes}')} د"
    return f"{fence(f'+{minutes // 60}')} س" if minutes < 48 * 60 else f"{fence(f'+{minutes // (24 * 60)}')} ي"


def news(what: str) -> str:
    """What a copy says that its story did not say yet: `what` in the words of `scraper/likeness.py`."""
    return _NEWS.get(what) or fence(what)


def left_out(statement: int) -> str:
    """Where the rest of a change can be read."""
    return f"(بقية ما تغيّر: {fence(f'bayan statements diff {statement}')})"


def digest(kind: str, count: int) -> str:
    """What a digest is, by why its alerts waited: "quiet", "digest", "mute", "storm"."""
    return f"{_DIGESTS.get(kind, 'موجز')}، عدد التنبيهات: {count}"


def in_the_file(count: int) -> str:
    """What stands for alerts that are told in the file only."""
    return f"وغيرها في الملف: {count}"


def mute_over(subject: str, held_back: int) -> str:
    """That a silence ended."""
    what = f" عن {fence(subject)}" if subject else ""
    return f"انتهى الصمت{what}؛ التنبيهات التي حجبها: {held_back}."


def canary(at: str, number: int) -> str:
    """That bayan's own statement came through: `at` is when, `number` how many there were today."""
    return f"🐤 المراقبة قائمة: رسالة الفحص اليوم رقم {number} وصلت في {at}.\nهذه الرسالة تُعدَّل في كل مرة."
