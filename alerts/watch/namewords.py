"""Words that stand in names and tell nobody apart: common given names, titles, particles, what kind of body a group is.

All are compared by sound (`skeleton.py`), so one spelling of each is enough, unless the sounds differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from alerts.watch.skeleton import sounds, vowels_apart
from scraper.letters import NON_JOINER

_COMMON = """
    muhammad ahmad ali hasan husayn ibrahim khalid mahmud mustafa yusuf salih umar said hamid hamza jasim karim abd abdallah
    abdullah allah rahman rahim aziz latif malik majid jabbar qadir hadi mahdi reza khan jan din amin amir abbas jafar musa isa
    yahya yunis ismail ishaq sulayman dawud uthman bakr abu abou umm tariq walid nasir nasser salim sami samir adil jamal kamal
    kamil habib mubarak sultan fahd faysal turki sad saad salah khalil rashid hisham anwar akbar asad husni fadl fazl ghulam gul
    shah mir sayyid sheikh mulla haji zayd yasin yasir taha nabil munir mansur qasim iqbal javed tahir zahir wali agha baba hajj
    fatima zaynab maryam layla sara david moshe yosef avraham yaakov yitzhak shmuel haim alexander vladimir mikhail sergei john
    rauf razzaq ghaffar ghafur salam hakim halim qayyum quddus sattar fattah jalil wahid wahhab
    mohamed maria jose george pierre antoine elias joseph thomas daniel samuel
"""
"""Given names and parts of them that a tenth of the region bears; alone or together they are nobody in particular."""

_TITLES = """
    sheikh shaykh cheikh sheik seyh sayyid sayyed seyyed sayed seyed seyid sayid seyyid syed seid
    haji hajji hajj mullah molla mulla mawlawi maulavi maulana mufti imam
    ayatollah hujjatoleslam allama hojatoleslam dr doctor professor hafiz qari ustad maulvi mawlana shaykh general
    colonel brigadier major captain commander leader
    president minister secretary cleric emir mr sir lord chancellor premier
    ministre général präsident kanzler presidente ministro cumhurbaşkanı başbakan başbakanı bakan bakanı
    الشيخ شيخ السيد سيد الحاج حاج الملا ملا مولوي مولانا المفتي الامام امام ايه ايت الله حجه الاسلام العلامه الدكتور دكتور
    اللواء العميد العقيد القائد قائد سردار حاجي سرلشكر الرئيس الوزير الامين الزعيم النائب
    шейх сейид генерал аятолла имам лидер президент министр הרב השייח השיח המנהיג הגנרל
"""
"""What stands before a surname and makes it a person's."""

_HONORIFICS = """
    marshal engineer comrade brother hojjat hujjat
    الفريق فريق المشير مشير الجنرال جنرال الاستاذ استاذ المهندس مهندس النقيب المقدم الرائد البروفسور البروفيسور القاضي القس المطران
    البطريرك الكاردينال الرفيق الاخ الاسير الشهيد المرشد السفير
    دكتر سرتيپ سردار سرهنگ دريادار اميردريادار آقاي اقاي مهندس حجه‌الاسلام خانم شهيد
    маршал полковник доктор мулла аятолла
"""
"""What people count to the name behind it, but what makes no surname of a word: الفريق is a team as well."""

_JOINED = frozenset({"ايتالله", "حجتالاسلام"})
"""Titles of two words that Persian ties with a non-joiner (آیت‌الله)."""
_TITLE_ENDS = frozenset({"الله", "اله", "الاسلام"})
_TITLE_BEGINNINGS = frozenset({"ايه", "ايت", "حجه", "حجت"})
_PARTICLES = (
    "bin ibn ben bint ould wuld ag ibni اغ هاي بن ابن بنت ولد bn бин ибн бен בן אבן de da di van von oglu ogly e i ye"
)
"""What stands between a name and the father's; left out as often as written."""

_FILLERS = """
    of the for and in a an to et de la le du des & ltd limited llc co company corp corporation inc sal sarl lda gmbh fze est
    group organization organisation foundation charitable money association company brigades brigade battalion battalions
    في من
"""
"""Words that a group's name is quoted without."""


_NO_NAMES = """
    اسم الى إلى عن من مع هذا هذه ذلك تلك هؤلاء التي الذي الذين اللذين اللتين ان انه انها انهم لن لم لا ما ماذا قد لقد كان كانت كانوا
    يكون تكون ليس ليست بعد قبل بين عند عندما حتى كل كلا بعض غير ايضا كما حيث اذا اذ ثم او ام اما بل لكن لان منذ خلال ضمن نحو
    حول دون وفق عبر ضد مثل سوى هو هي هم نحن انا انت له لها لهم به بها بهم فيه فيها منه منها منهم عليه عليها عليهم اليه اليها
    هنا هناك الان اليوم امس غدا سنه سنوات عام اعوام شهر اشهر اسبوع اسابيع يوم ايام ساعه ساعات اربع اربعه ثلاث ثلاثه خمس خمسه
    ست سته سبع سبعه ثمان تسع عشر عشره مئه الف مليون مليار اول ثان ثاني ثالث اخر اخرى جميع عده عديد كثير اكثر اقل قال قالت
    قالوا يقول تقول اعلن اعلنت اكد اكدت اضاف اضافت ذكر ذكرت اوضح اوضحت اشار اشارت بدا بدات ظهر قام قامت جاء جاءت صرح صرحت
    تم يتم تمت يمكن يجب را که از به با برای این آن است بود شد شده شود می نمی های هم نیز پس تا یا اگر چون اما هر همه
    گفت گفته اعلام اظهار تاکید دیدار
    אמר אמרה אמרו מסר מסרה הודיע הודיעה הודיעו טען טענה ציין ציינה הוסיף הוסיפה הדגיש קרא כי של את על עם לא כן גם אבל היא הוא הם
    זה זאת אחרי לפני בין כל או אם אך רק עוד היום אמש אתמול מחר הבוקר הערב השבוע
"""
"""What text is made of between names; written without vowels, some of it sounds like one: إلى is not Ali, اسم is not Asim."""
_ELSEWHERE = """
    brahim:ibrahim smail:ismail driss:idris lahcen:hasan lahsen:hasan lhoussaine:husayn lhoucine:husayn
    lahoucine:husayn elhoussine:husayn
    mehmet:mehmed muhammet:muhammed ahmet:ahmed mahmut:mahmud halit:halid murat:murad hamit:hamid vahit:wahid macit:majid sait:said
    resit:rashid reshit:rashid mesut:masud davut:dawud cevat:jawad fuat:fuad suat:suad esat:asad cihat:jihad ferit:farid mevlut:mawlud
    maxamed:muhammad maxamuud:mahmud xasan:hasan xuseen:husayn cali:ali cumar:umar cusmaan:uthman cabdi:abdi cabdullaahi:abdullahi
    benjamin:binyamin benyamin:binyamin
    cabdullahi:abdullahi cabdiraxmaan:abdirahman cabdirahman:abdirahman ciise:isa saalax:salih saciid:said axmed:ahmed yuusuf:yusuf
"""
"""Turkish, Maghrebi, Somali; and Benjamin, whose j is y."""
SHORTENED = {
    "georges": "george",
    "amru": "amr",
    "mohd": "mohammad",
    "muh": "muhammad",
    "md": "mohammad",
    "mhd": "mohammad",
    "abdl": "abd",
    **dict(pair.split(":") for pair in _ELSEWHERE.split()),
}
"""Given names as officials shorten them, and as their sounds do not show them to be the same."""
JOINED_TITLES = ("سيد", "شيخ", "حاج")
"""Titles that Persian writes onto the name (سیدحسن)."""


_PATRONYMIC = re.compile(r".{3,}(?:[oe]v(?:ich|itch|na)|ович|евич|овна|евна)")


@cache
def _folded(listed: str) -> frozenset[str]:
    from scraper.text import fold, spell_name

    return frozenset(spell_name(word) for word in fold(listed).words)


@cache
def _common_keys() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in _folded(_COMMON):
        for sound in sounds(word):
            found.setdefault(sound.key, []).append(word)
    return found


@lru_cache(50_000)
def is_common(stem: str, apart: float = 0.5) -> bool:
    """Whether a folded word sounds like a common given name, so that it tells nobody apart."""
    for mine in sounds(stem):
        for word in _common_keys().get(mine.key, ()):
            if any(other.key == mine.key and vowels_apart(mine, other) <= apart for other in sounds(word)):
                return True
    return False


def no_names() -> frozenset[str]:
    """Folded words that are never a part of a name."""
    return _folded(_NO_NAMES)


def titles() -> frozenset[str]:
    """The listed titles, folded."""
    return _folded(_TITLES)


def is_title(word: str) -> bool:
    """Whether a folded word is one of the listed titles."""
    return word in _folded(_TITLES) or (NON_JOINER in word and word.replace(NON_JOINER, "") in _JOINED)


def is_honorific(word: str) -> bool:
    """Whether a folded word before a name is counted to it, though it is no title that makes a surname of the next."""
    return word in _folded(_HONORIFICS)


def is_whole_title(words: Sequence[str], at: int) -> bool:
    """Whether the word is a title: "God" and "Islam" only end one (آية الله)."""
    return is_title(words[at]) and (words[at] not in _TITLE_ENDS or (at > 0 and words[at - 1] in _TITLE_BEGINNINGS))


def is_particle(word: str) -> bool:
    """Whether a folded word only ties names together ("bin")."""
    return word in _folded(_PARTICLES)


def is_patronymic(word: str) -> bool:
    """Whether a folded word is a Russian father's name, which is left out as often as written ("Khamatovich")."""
    return _PATRONYMIC.fullmatch(word) is not None


def is_filler(word: str) -> bool:
    """Whether a folded word of a group's name is left out as often as written ("of", "Ltd")."""
    return word in _folded(_FILLERS)
