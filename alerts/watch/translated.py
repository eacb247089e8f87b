"""Words of which groups' names are made, in the languages in which they are translated rather than transliterated.

"Al-Quds Brigades" is سرايا القدس: one word is translated, one is not. Only what a name is translated by stands here, folded
when it is read; a line is one meaning, but for those in Latin letters alone, which are only general.
"""

from __future__ import annotations

from functools import cache

from alerts.watch.skeleton import sounds, vowels_apart, weight

_GENERAL_APART = 0.25
_LEGAL_FORMS = frozenset({
    "ltd", "limited", "llc", "co", "corp", "inc", "sal", "sarl", "lda", "gmbh", "fze", "est", "plc", "bv", "nv", "jsc", "ooo",
    "sa", "ag", "offshore", "zao", "oao", "pjsc", "ao",
})  # fmt: skip

_MEANINGS = """
    brigades brigade brigaden brigadas tugaylari tugayi бригады бригад גדודי גדוד گردان گردانهاي تيپ لشكر كتائب كتيبه سرايا لواء الويه
    battalion battalions كتيبه كتائب فوج
    regiment فوج
    movement mouvement hareketi hareket movimiento движения תנועת bewegung حركه نهضت جنبش движение
    army armee ordusu ejercito армия армии צבא ارتش جيش
    front جبهه frente cephesi фронт фронта חזית
    party parti partisi partido партия партии partei حزب
    group groupe جماعه مجموعه
    community congregation جماعه
    organization orgutu teskilati organizacion organisation organizasyon تنظيم منظمه هيئه سازمان организация
    union اتحاد birligi союз
    league عصبه رابطه جمعيه
    militia milice milis milisleri ميليشيا مليشيا ополчение
    council مجلس conseil consejo konseyi rat совет совета شورى
    state دوله etat estado devleti staat государство государства המדינה
    alliance تحالف ائتلاف
    coalition تحالف ائتلاف
    coordination تنسيق تنسيقي هماهنگي
    framework اطار چارچوب
    transitional انتقالي
    southern جنوبي جنوب
    northern شمالي شمال
    supreme اعلي عالي
    victory نصر
    future مستقبل
    freedom حريه آزادي
    justice عداله
    wisdom حكمه
    decisive حسم
    muslim مسلم مسلمين مسلمون
    den عرين
    call دعوه
    homeland وطن
    dignity كرامه
    steadfastness صمود
    resistance مقاومه direnis direnisi widerstand resistencia сопротивление сопротивления התנגדות
    support دعم soutien поддержки поддержка destek
    rapid سريع rapide быстрой быстрая hizli
    mobilization mobilisation حشد
    popular peoples populaire народный народные people شعبي شعبيه شعب
    guard guards gardiens garde muhafizlari стражи стражей משמרות حرس پاسداران
    corps فيلق سپاه
    force forces سپاه فيلق gucu kuvvetleri fuerza fuerzas силы قوه قوات نيروي نيروهاي
    revolutionary ثوري revolutionnaire devrim революционный революции ثوريه انقلاب
    revolution ثوره انقلاب
    liberation تحرير kurtulus освобождение освобождения آزاديبخش
    jihad جهاد
    islamic islamique islami islamico islamisch исламской исламского islamiste islamist اسلامي اسلاميه исламское исламская исламский
    fighting combatant مقاتل مقاتله
    martyrs martyr شهداء شهيد شهدا
    soldiers جند جنود
    supporters partisans انصار
    lions اسود
    knights فرسان
    sword سيف
    unity وحده توحيد
    monotheism توحيد
    salvation انقاذ خلاص
    scholars علماء
    clerics علماء
    students طلبه طالبان
    brotherhood brothers brethren اخوان
    national وطني وطنيه قومي قوميه
    democratic ديمقراطي ديمقراطيه ديموقراطي ديموقراطيه دموكراتيك
    international دولي دوليه عالمي عالميه
    global world عالمي عالميه
    general عام عامه
    charitable charity خيري خيريه
    foundation مؤسسه بنياد
    institute معهد مؤسسه موسسه
    institution مؤسسه موسسه
    society جمعيه مجتمع
    association جمعيه رابطه انجمن
    committee لجنه комитет كميته
    company firm شركه شركت
    trading trade تجاره تجاريه بازرگاني
    exchange exchanges exchangers changers صرافه صرافي صيرفه
    bank بنك مصرف بانك
    school madrassa madrasa مدرسه
    university جامعه دانشگاه
    office bureau مكتب
    services service خدمات خدمه
    relief اغاثه
    aid help مساعده عون
    revival احياء
    heritage تراث
    youth شباب
    republic جمهوريه جمهوري
    government حكومه دولت
    emirate اماره امارت
    caliphate khilafah خلافه
    province wilayat ولايه
    shield درع
    god allah الله
    land lands ارض بلاد
    east مشرق شرق
    west مغرب غرب
    peninsula جزيره
    arabian arab arabic عربي عربيه عرب
    levant شام
    mesopotamia رافدين
    euphrates فرات
    jerusalem quds قدس
    palestine palestinian فلسطين فلسطيني فلسطينيه
    egypt egyptian مصر مصري مصريه
    jordan jordanian اردن اردني اردنيه
    lebanese لبناني لبنانيه
    syrian سوري سوريه
    iraqi عراقي عراقيه
    libyan ليبي ليبيه
    yemeni يمني يمنيه
    tunisia tunisian تونس تونسي تونسيه
    algeria algerian جزائر جزائري
    morocco moroccan مغرب مغربي
    moroccan مغربي مغربيه
    maghreb مغرب
    iranian ايراني ايرانيه
    turkish تركي تركيه
    kurdish kurdistan كردي كرديه كردستان
    afghan افغاني افغانستان
    chechen شيشاني شيشان
    uzbek اوزبكي ازبكي
    saudi سعودي سعوديه
    iraq عراق
    syria سوريا سوريه
    lebanon لبنان
    yemen يمن
    libya ليبيا
    iran ايران
    sudan سودان
    somalia صومال
    pakistan باكستان
    india هند
    indonesia اندونيسيا
    turkey تركيا
    kuwait كويت
    bahrain بحرين
    gaza غزه
    sinai سيناء
    africa african افريقيا افريقي
    foreign اجنبي اجنبيه
    ministry وزاره وزارت министерство министерства bakanligi bakanlik ministere ministerium משרד
    defense defence دفاع обороны savunma הגנה ביטחון הביטחון ההגנה
    foreign خارجيه خارجه иностранных disisleri etrangeres חוץ החוץ
    interior داخليه كشور внутренних icisleri interieur פנים
    health صحه بهداشت здравоохранения saglik sante בריאות
    finance ماليه دارايي финансов maliye finances אוצר
    russian russia روسي روسيه روسيا россии российский rusya russe רוסיה הרוסי רוסי
    ukrainian ukraine اوكراني اوكرانيه اوكرانيا украины ukrayna אוקראינה
    israeli israel اسرائيلي اسرائيليه اسرائيل израиля israil ישראל הישראלי
    american اميركي اميركيه امريكي امريكيه америки
    chinese china صيني صينيه الصين چين китая סין
    british britain بريطاني بريطانيه britanya בריטניה
    french france فرنسي فرنسيه فرنسا فرانسه франции fransa צרפת
    german germany الماني المانيه المانيا آلمان германии almanya גרמניה
    qatari qatar قطري قطريه قطر
    intelligence مخابرات استخبارات
    security امن
    development تنميه
    technology technologies تكنولوجيا
    investment investments استثمار
    industry industries industrial صناعه صناعات
    center centre مركز
    engineering هندسه
    petroleum oil نفط
    economic اقتصادي
    political سياسي
    military عسكري
    communist شيوعي
    network شبكه
    management projects research medical gas shipping airlines airways aviation air trade financial insurance capital logistics
    export import good new united middle national construction general public private works holding
    houthi houthis حوثي حوثيون
"""


@cache
def _others() -> dict[str, tuple[str, ...]]:
    from scraper.text import fold, spell_name

    found: dict[str, list[str]] = {}
    for line in _MEANINGS.split("\n"):
        words = [spell_name(word) for word in fold(line).words]
        for word in words:
            others = [other for other in words if other != word] if not line.isascii() else []
            found.setdefault(word, []).extend(others)
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}


@cache
def _general() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in _others():
        for sound in sounds(word):
            if weight(sound) >= 2:
                found.setdefault(sound.key, []).append(word)
    return found


def is_general(stem: str) -> bool:
    """Whether a folded word sounds like one of those of which groups' names are made: hizb, jamaah, daulah, harakat."""
    if stem in _others():
        return True
    mine = sounds(stem)
    return any(
        other.key == one.key and vowels_apart(one, other) <= _GENERAL_APART
        for one in mine
        for word in _general().get(one.key, ())
        for other in sounds(word)
    )


_KINDS = "brigades battalion movement organization militia front corps network army group party forces"


@cache
def kinds() -> frozenset[str]:
    """The folded words that say what kind of group one is, in every language here."""
    words = _KINDS.split()
    return frozenset({*words, *(other for word in words for other in translations(word))}) - {"حزب", "party", "group"}


def is_legal_form(word: str) -> bool:
    """Whether a folded word only says what kind of company something is (Ltd, Co., GmbH)."""
    return word in _LEGAL_FORMS


def translations(stem: str) -> tuple[str, ...]:
    """The other words for a folded word of a group's name, in every script; () for a name of its own."""
    return _others().get(stem, ())
