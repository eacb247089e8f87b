"""Well-known names that sound alike and are different names: Mahmoud is no Muhammad, Larijani no Lahijani, حامد no حميد. Pure.

A transliteration loses what tells them apart, so `likeness.py` has to take one for the other where it knows neither. Where both
words are names that people bear, and no spelling of the one is a spelling of the other, they are two names.
"""

from __future__ import annotations

from functools import cache, lru_cache

from rapidfuzz.distance import JaroWinkler

from alerts.watch.likeness import heard_as, stem_of
from alerts.watch.skeleton import sounds, vowels_apart

_GIVEN = """
    muhammad mohamed mohammad mohammed mohamad mehmed mehmet mohamet mhamed: محمد امحمد
    mahmud mahmoud mahmood mehmood mehmoud mehmud mohammud: محمود | ahmad ahmed ahmet achmed: احمد
    hamid hameed hamit: حميد | hamid hamed: حامد | hammud hamoud hammoud: حمود | hamad hamd: حمد | hamdi hamdy: حمدي
    hammadi hamadi: حمادي | hamdan: حمدان | hammad hamad: حماد | hamada hamadeh hamade: حماده | hamida hamideh: حميده
    hasan hassan hassen hacene hassane hacen: حسن
    husayn hussein husain hossein hosein hocine houssine hussain huseyin: حسين | husni hosni hosny: حسني
    hassun hassoun: حسون | hassan hassaan hassen hacene: حسان | hussam hossam hisam: حسام | hisham hicham: هشام
    haytham haitham: هيثم | hatim hatem hatam: حاتم | hazim hazem: حازم | hashim hashem hachem: هاشم | hasim: حاسم
    abu abou abi ebu: ابو ابي | ayub ayoub ayyub: ايوب | ali aly: علي | alawi alaoui: علوي | ala alaa: علا علاء
    ilyas elyas elias: الياس | ilya elia: ايليا | umar omar omer: عمر | amr amro amru: عمرو | amir ameer emir: امير
    amir amer aamer: عامر | ammar amar: عمار | imran omran: عمران | umayr omair umair: عمير
    uthman othman osman usman: عثمان | usama osama oussama: اسامه | asma: اسماء اسما
    said saeed saïd saied saeid essaid: سعيد | sayyid sayed syed seyed seyyed said saied: سيد | saad sad saed: سعد
    saud saoud soud: سعود | suad souad soad: سعاد | zayd zaid zeid: زيد | zayid zayed: زايد | ziyad ziad: زياد
    saada saade: سعاده | suwayd sowaid: سويد | salih saleh salah: صالح | salah: صلاح | salim salem: سالم
    salim saleem selim: سليم | salam: سلام | salman: سلمان | salama salameh: سلامه | suwaylim swelim: سويلم
    sallum salloum: سلوم | sulayman suleiman soliman slimane: سليمان | salwa: سلوي | salma selma: سلمي
    khalid khaled halid: خالد | khalil khaleel halil: خليل | khalaf: خلف | khulud kholoud: خلود | khalifa: خليفه
    khaldun: خلدون | jamal gamal djamel djamal cemal: جمال | jamil gamil djamil cemil jameel: جميل
    kamal kemal kamel: كمال | kamil kamel: كامل | karim kareem krim: كريم | akram ekrem: اكرم | karam: كرم | karima: كريمه
    makram: مكرم | qasim qasem kacem kasim kassem qassem qassim: قاسم | kazim kadhim kazem kadim: كاظم
    nasir nasser naser nacer: ناصر | nasir naseer nosseir: نصير | nassar: نصار | nazir nadir nadhir nazeer: نذير
    nadir nader: نادر | nazim nazem nadhim: ناظم | nasim naseem nessim: نسيم | nizam nidham nezam: نظام
    nizar nezar: نزار | naim naeem: نعيم | nima nema: نعمه | nadim nadeem: نديم | nabil nabeel: نبيل | nabih nabeeh: نبيه
    najib naguib nejib: نجيب | naji nagi: ناجي | najim najm: نجم | fadil fadel fadhil fazel fazal: فاضل
    fadl fazl fazal: فضل | faysal faisal: فيصل | fahd fahad: فهد | fahmi fahmy: فهمي | fawzi faouzi fauzi: فوزي
    fathi fathy: فتحي | fadi: فادي | farid fareed: فريد | farida: فريده | faruq farouk: فاروق | faraj farag: فرج
    farah: فرح | farhat: فرحات | farhan: فرحان | farhad: فرهاد | farzad: فرزاد | farshid: فرشيد | farshad: فرشاد
    fuad fouad: فواد فؤاد | fayyad fayad fayyaz fayaz: فياض | fawwaz fawaz: فواز | firas feras: فراس | faris fares: فارس
    fariz: فارز | faiz faez fayez: فايز فائز | rashid rasheed rachid: رشيد | rashid rashed rached: راشد
    rashad rachad: رشاد | rasul rasoul: رسول | raid raed: رايد رائد | riyad riad riyadh: رياض
    rida ridha reza reda rıza: رضا | radi radhi: راضي | rami: رامي | ramzi ramzy: رمزي | ramadan ramazan: رمضان
    rafiq rafik: رفيق | rafi: رافع | rauf raouf: رؤوف رووف | rahim raheem: رحيم | rahman rehman: رحمن رحمان
    rabi rabie: ربيع | rajab ragab: رجب | rajih: راجح | tariq tarek tarık: طارق | tahir taher: طاهر
    zahir zaher: ظاهر زاهر | zuhayr zuhair zouheir: زهير | sahar: سحر | zahra zohreh zahraa: زهراء زهره زهرا
    samir sameer: سمير | samira: سميره | sami samy: سامي | samih sameh: سامح | thamir thamer: ثامر | samar: سمر
    sumaya: سميه | bashir bachir basheer: بشير | bashar bachar: بشار | basil basel bassel: باسل | bassam: بسام
    basim bassem: باسم | badr bader: بدر | mansur mansour mansoor: منصور | manzur manzoor: منظور
    mundhir munther monzer: منذر | munir mounir mouneer: منير | mubarak: مبارك | masud masoud massoud messaoud: مسعود
    musad mosaad massad: مسعد | mustafa mostafa mustapha: مصطفي | murtada mortada murtaza morteza: مرتضي
    mahdi mehdi: مهدي | mahir maher: ماهر | majid maged majed: ماجد | majid majeed: مجيد | mahfuz mahfoud: محفوظ
    murad mourad: مراد | muslim moslem: مسلم | salima: سليمه | musa mousa moussa: موسي | muhsin mohsen muhsen: محسن
    mahasin mahasen: محاسن | marwan: مروان | maruf maarouf: معروف | maaruf: معروف | muazzam: معظم | muhannad mohanad: مهند
    mazin mazen: مازن | mazhar: مظهر | yusuf yousef youssef yusef yousaf yosef: يوسف | yasir yasser: ياسر
    yasin yassin yassine: ياسين | yahya yehia: يحيي | yunus younis younes: يونس | abbas: عباس | abid abed: عابد
    ubayd obeid abid: عبيد | abbud abboud: عبود | adil adel: عادل | adil adeel: عديل | adnan: عدنان | ayman aymen: ايمن
    iman eman imen: ايمان | anwar: انور | ashraf achraf: اشرف | asad assad esad: اسد | azad: ازاد | aslam: اسلم
    islam: اسلام | arif aref: عارف | ashur: عاشور | ata: عطا عطاء | aziz: عزيز | azim azeem: عظيم | azzam: عزام
    azmi: عزمي | isam essam: عصام | walid waleed: وليد | wali: ولي | wael wail: وائل وايل | wasim waseem: وسيم
    wisam wissam: وسام | wahid waheed: وحيد واحد | wahida vahideh waheeda: وحيده | belkacem bilqasim: بلقاسم
    hadi: هادي | hani hany: هاني
    haidar haider heydar: حيدر | khadr khodr khader khedr kheder khidr: خضر | harith hareth: حارث | habib: حبيب
    haris: حارس | shakir shaker: شاكر | shukri choukri: شكري | sharif cherif: شريف | sharaf: شرف
    shafiq shafik chafik: شفيق | shabbir: شبير | sadiq sadegh sadik: صادق | siddiq siddik sadiq sadik: صديق | sidqi: صدقي
    sabir saber: صابر | sabri: صبري | sabah: صباح | sabbagh: صباغ | javad jawad javed: جواد | javid javed: جاويد
    jabir jaber: جابر | jabbar: جبار | jafar jaafar: جعفر | jihad: جهاد | jalal: جلال | jalil: جليل | latif: لطيف
    lutfi lotfi: لطفي | layla laila leila: ليلي | lilia: ليليا | mona muna: مني | mina: مينا | nadia: ناديه
    nada neda: ندي ندا | qadir kader: قادر | qadri: قدري | qutb: قطب | tawfiq toufik: توفيق | talib taleb: طالب
    talal: طلال | taha: طه | turki: تركي | khamis: خميس | khayr kheir: خير | khayri khairi: خيري | ghanim ghanem: غانم
    ghunaym ghoneim: غنيم | ghazi: غازي | ghassan: غسان | mirza: ميرزا مرزا | iqbal: اقبال | ismail: اسماعيل
    ibrahim ebrahim: ابراهيم | idris: ادريس | ishaq: اسحاق | isa issa eissa: عيسي | bahman: بهمن | bahram: بهرام
    mehran: مهران | mehrdad: مهرداد | parviz: پرويز | parvin: پروين | kavus: كاووس | meraj miraj: معراج
    merajuddin: معراجالدين | hadid: حديد | dawud daoud: داود داوود | daud: داود | diyab: ذياب دياب
"""
"""One name: its spellings in Latin, then in Arabic letters. What Latin writes alike stands in each."""

_SURNAMES = """
    larijani: لاريجاني | lahijani: لاهيجاني | lavasani: لواساني | rouhani ruhani: روحاني | rahmani: رحماني | rahimi: رحيمي
    ramezani: رمضاني | rezaei rezai rezaee: رضايي | razavi rizvi: رضوي | raisi raeisi: رييسي | rashidi: رشيدي
    rasouli: رسولي | sadeghi sadiqi sadeqi: صادقي | siddiqui seddiqi: صديقي | salehi: صالحي | salimi: سليمي
    salami: سلامي | eslami islami: اسلامي | soleimani: سليماني | salmani: سلماني | sharifi: شريفي | shirazi: شيرازي
    shafiei: شفيعي | ghasemi qasemi gasmi: قاسمي | kazemi kadhimi kazimi: كاظمي | karimi: كريمي | karami: كرمي كرامي
    khatami: خاتمي | hatami: حاتمي | khalili: خليلي | khalidi: خالدي | khamenei: خامنيي خامنهاي | khomeini: خميني
    hosseini husseini: حسيني | hassani hasani: حسني حساني | hashemi: هاشمي | heidari: حيدري | hariri: حريري | harbi: حربي
    harthi: حارثي | hamdani: حمداني | hamadani: همداني | hamidi: حميدي | hamadi: حمادي | hakimi: حكيمي | hakim: حكيم
    halabi: حلبي | halbousi: حلبوسي | haqqani: حقاني | haddad: حداد | hadid: حديد | ameri amiri amri: عامري | amiri: اميري
    omari amri: عمري | ammari: عماري | amini: اميني | yamani: يماني | emami imami: امامي | abadi: عبادي | abedi: عابدي
    abdi: عبدي | obeidi ubaidi: عبيدي | zubaidi: زبيدي | zaidi zeidi: زيدي | saidi: سعيدي | saadi: سعدي
    saedi saadi saidi: ساعدي | sajjadi: سجادي | suwaidi: سويدي | masri: مصري | mansouri: منصوري
    musavi mousavi musawi: موسوي | mostafavi: مصطفوي | mortazavi: مرتضوي | mohammadi: محمدي | mahmoudi: محمودي
    mahdavi: مهدوي | madani: مدني | maliki: مالكي | makki: مكي | malki: مالكي | najafi: نجفي | najjar: نجار | nouri: نوري
    norouzi: نوروزي | naseri: ناصري | nasiri: نصيري | nazari: نظري | naderi: نادري | ansari: انصاري
    asgari askari: عسكري عسگري | araghi iraqi: عراقي | araghchi araqchi: عراقچي عراقجي | araji: اعرجي | azizi: عزيزي
    asadi: اسدي | aswadi: اسودي | jafari jaafari: جعفري | jabbari: جباري | jalili: جليلي | jamali: جمالي | jamili: جميلي
    jannati: جنتي | jubouri: جبوري | ghamdi: غامدي | ghanimi: غنيمي | ghazali: غزالي | khazali: خزعلي
    khuzai khozaei: خزاعي | khatib: خطيب | khattab: خطاب | khoury: خوري | kaabi: كعبي | kabiri: كبيري | qadri: قادري
    qarni: قرني | qureshi: قرشي قريشي | qaisi: قيسي | qadi qazi: قاضي | zarif: ظريف | zahedi: زاهدي | zawahiri: ظواهري
    tahiri: طاهري | taheri: طاهري | tehrani: تهراني | talabani: طالباني | taliqani taleghani: طالقاني | tajani: تاجاني
    barzani: بارزاني | baghdadi: بغدادي | bahri: بحري | bakri: بكري | basri: بصري | bagheri baqeri: باقري | bakeri: باكري
    dulaimi: دليمي | dosari: دوسري | darwish: درويش | shahristani: شهرستاني | shamkhani: شمخاني | shami: شامي
    shammari: شمري | shehab: شهاب | shehata: شحاته | shahin: شاهين | sinwar: سنوار | sudani: سوداني | sistani: سيستاني
    sarraj: سراج | sarwar: سرور | sadr: صدر | sabri: صبري | fayyad: فياض | fadlallah: فضلالله | fakhri: فخري | ganji: گنجي
    gilani: گيلاني | velayati: ولايتي | vahidi: وحيدي | yazdi: يزدي | yazidi: يزيدي | zand: زند | zangeneh: زنگنه
    zanjani: زنجاني | pakpour: پاكپور | nasrallah: نصرالله | alawi alaoui: علوي | allawi alawi: علاوي | araki: اراكي
    arafi: اعرافي | arefi: عارفي | aref: عارف | ahmadi: احمدي | hamdi: حمدي | hamidawi: حميداوي | akbari: اكبري
    asghari: اصغري | badri: بدري | bahrami: بهرامي | moradi muradi: مرادي | tamimi: تميمي | tikriti: تكريتي
    rubaie: ربيعي | rawi: راوي | rikabi: ركابي | husri: حصري | haidari: حيدري | mazari: مزاري | magsi: مگسي
"""
_NEAR = 0.5
_AS_ONE = 0.02


@cache
def _written() -> dict[str, set[int]]:
    """The names by each of their spellings, as they are compared."""
    from scraper.text import fold, spell_name

    found: dict[str, set[int]] = {}
    entries = f"{_GIVEN}|{_SURNAMES}".replace("\n", "|").split("|")
    for number, entry in enumerate(entries):
        for written in entry.replace(":", " ").split():
            found.setdefault(stem_of(spell_name(fold(written).words[0])), set()).add(number)
    return found


@cache
def _sounding() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for written in _written():
        if written.isascii():
            for sound in sounds(written):
                found.setdefault(sound.key, []).append(written)
    return found


@lru_cache(maxsize=32_768)
def names_of(form: str) -> frozenset[int]:
    """The listed names that a stem may be a spelling of; none for what is not written much like one."""
    known = _written().get(form)
    if known is not None or not form.isascii():
        return frozenset(known or ())
    best: dict[str, float] = {}
    for mine in sounds(form):
        for written in _sounding().get(mine.key, ()):
            if any(other.key == mine.key and vowels_apart(mine, other) <= _NEAR for other in sounds(written)):
                best[written] = JaroWinkler.similarity(_by_taste(form), _by_taste(written))
    most = max(best.values(), default=0.0)
    if most < _ALIKE:
        return frozenset()
    return frozenset(
        number for written, near in best.items() if near >= most - _AS_ONE for number in _written()[written]
    )


_ALIKE = 0.93
_TASTE = (
    ("kh", "h"),
    ("gh", "g"),
    ("dj", "j"),
    ("ch", "sh"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("q", "k"),
    ("y", "i"),
    ("v", "w"),
)


@lru_cache(maxsize=32_768)
def _by_taste(word: str) -> str:
    """A Latin word without what one transliteration does otherwise than the next."""
    for written, one in _TASTE:
        word = word.replace(written, one)
    return word.replace("e", "i").replace("o", "u")


@lru_cache(maxsize=32_768)
def is_other_name(word: str, stem: str) -> bool:
    """Whether a folded word of a text and a part of a watched person's name are two well-known names."""
    theirs = names_of(stem)
    if not theirs:
        return False
    mine: set[int] = set()
    for heard in heard_as(word):
        mine |= names_of(heard.form)
    return bool(mine) and theirs.isdisjoint(mine)
