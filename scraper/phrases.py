"""The words that dates are written with: months, units, "ago", "yesterday", in the languages that our sources speak.

Tables only, as people write them; `dates.py` reads them through `fold`. Alternatives are separated by spaces, `_` stands for
a space inside a name, `|` separates the twelve months or the five units. A language is added by adding one `Words`;
those around our sources are in `phrases_wider.py`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from scraper.phrases_wider import WIDER

_SAME = str.maketrans(
    {
        "ی": "ي", "ى": "ي", "ێ": "ي", "ک": "ك", "ہ": "ه", "ۆ": "و", "ٱ": "ا", "ı": "i", "ł": "l", "ø": "o", "đ": "d",
        "’": "'", "׳": "'", "‘": "'", "ʻ": "'", "ʼ": "'", "՚": "'", "ꞌ": "'", "`": "'", "´": "'",
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "،": ",", "；": ";", "：": ":", "⁄": "/",
    }
)  # fmt: skip
_SILENT = re.compile("[\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """`text` as the tables compare it: no case, no marks, one form of each letter and digit, one space between words.

    Every decimal digit of Unicode becomes its ASCII one. Tatweel, joiners and direction marks vanish: Persian writes
    one word with and without them. The result may be shorter or longer than `text`.
    """
    if text.isascii():
        return _SPACES.sub(" ", text).strip().lower()
    decomposed = unicodedata.normalize("NFKD", _SILENT.sub("", text))
    plain = "".join(
        str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c
        for c in decomposed
        if c.isascii() or unicodedata.category(c) != "Mn"
    )
    # Hangul came apart above; NFC puts it together again and leaves the rest as it is.
    return _SPACES.sub(" ", unicodedata.normalize("NFC", plain).casefold().translate(_SAME)).strip()


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `units` are second, minute, hour, day, week, month, year; `pairs` are words that hold number and unit: of a
    bare unit two, "0.5hour" half an hour, "0.5same" half of the unit before.

    `before` and `after` are "ago" on either side of the number; `now` means this minute; `last` beside a day of the week is
    the one before today; `on` may stand before a day that a text speaks of; `updated` marks a time that is not the publication.
    """

    months: str
    units: str
    before: str = ""
    after: str = ""
    now: str = ""
    today: str = ""
    yesterday: str = ""
    day_before: str = ""
    numbers: str = ""
    pairs: str = ""
    about: str = ""
    joiner: str = ""
    weekdays: str = ""
    last: str = ""
    on: str = ""
    updated: str = ""


LANGUAGES: dict[str, Words] = {
    "en": Words(
        months="january jan | february feb | march mar | april apr | may | june jun | july jul | august aug |"
        " september sept sep | october oct | november nov | december dec",
        units="seconds second secs sec s | minutes minute mins min m | hours hour hrs hr h | days day d |"
        " weeks week wks wk w | months month mons mon mos mo | years year yrs yr y",
        after="ago earlier back",
        now="just_now now moments_ago a_moment_ago seconds_ago a_few_seconds_ago less_than_a_minute_ago",
        today="today",
        yesterday="yesterday",
        numbers="a=1 an=1 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12"
        " fifteen=15 twenty=20 thirty=30 forty=40 fifty=50 ninety=90",
        about="about around over almost nearly approximately",
        joiner="and",
        weekdays="monday mon | tuesday tue tues | wednesday wed | thursday thu thur thurs | friday fri | saturday sat |"
        " sunday sun",
        on="on",
        updated="updated update modified edited revised last_updated last_modified",
        pairs="half_an_hour=0.5hour a_half=0.5same a_couple_of_hours=2hour a_couple_of_days=2day couple_of_hours=2hour",
        day_before="the_day_before_yesterday day_before_yesterday",
        last="last",
    ),
    "ar": Words(
        months="يناير كانون_الثاني كانون_ثاني كانون_2 كانون2 جانفي | فبراير شباط فيفري | مارس آذار | أبريل إبريل نيسان أفريل |"
        " مايو أيار ماي | يونيو يونية حزيران جوان | يوليو يولية تموز جويلية يوليوز | أغسطس آب أوت غشت |"
        " سبتمبر أيلول شتنبر | أكتوبر تشرين_الأول تشرين_أول تشرين_1 تشرين1 | نوفمبر تشرين_الثاني تشرين_ثاني تشرين_2 تشرين2 نونبر |"
        " ديسمبر كانون_الأول كانون_أول كانون_1 كانون1 دجنبر",
        units="ثانية ثواني ثوان | دقيقة دقائق دقايق | ساعة ساعات | يوم أيام يوما | أسبوع أسابيع أسبوعا |"
        " شهر أشهر شهور شهرا | سنة سنوات سنين عام أعوام عاما",
        before="منذ قبل من",
        now="الآن منذ_لحظات قبل_لحظات منذ_قليل قبل_قليل منذ_ثوان",
        today="اليوم النهارده النهاردة",
        yesterday="أمس الأمس يوم_أمس اليوم_السابق البارحة امبارح مبارح إمبارح",
        day_before="أول_أمس أول_من_أمس أمس_الأول قبل_أمس أول_امبارح أول_مبارح",
        numbers="واحد=1 واحدة=1 ثلاث=3 ثلاثة=3 أربع=4 أربعة=4 خمس=5 خمسة=5 ست=6 ستة=6 سبع=7 سبعة=7 ثمان=8 ثماني=8"
        " ثمانية=8 تسع=9 تسعة=9 عشر=10 عشرة=10",
        pairs="ثانيتين=second دقيقتين=minute ساعتين=hour يومين=day أسبوعين=week شهرين=month سنتين=year "
        "عامين=year نصف_ساعة=0.5hour ربع_ساعة=0.25hour نص_ساعة=0.5hour نصف=0.5same ربع=0.25same",
        about="نحو حوالي",
        joiner="و",
        weekdays="الاثنين الإثنين اثنين | الثلاثاء ثلاثاء | الأربعاء أربعاء | الخميس خميس | الجمعة جمعة | السبت سبت |"
        " الأحد أحد",
        on="في يوم بتاريخ",
        updated="تحديث آخر_تحديث تم_التحديث محدث عدل",
        after="مضت مضى خلت",
        last="الماضي الماضية الفائت المنصرم",
    ),
    "fa": Words(
        months="ژانویه ژانویهٔ | فوریه فوریهٔ | مارس | آوریل | مه می مهٔ | ژوئن | ژوئیه جولای ژوئیهٔ | اوت آگوست اگست |"
        " سپتامبر | اکتبر | نوامبر | دسامبر",
        units="ثانیه | دقیقه | ساعت | روز | هفته | ماه | سال",
        after="پیش قبل گذشته",
        now="هم_اکنون هم‌اکنون همین_حالا اکنون لحظاتی_پیش لحظاتی_قبل لحظه‌ای_پیش دقایقی_پیش",
        today="امروز",
        yesterday="دیروز",
        day_before="پریروز",
        numbers="یک=1 دو=2 سه=3 چهار=4 پنج=5 شش=6 هفت=7 هشت=8 نه=9 ده=10 نیم=0.5",
        about="حدود تقریبا",
        joiner="و",
        weekdays="دوشنبه دو_شنبه | سه‌شنبه سه_شنبه | چهارشنبه چهار_شنبه | پنجشنبه پنج_شنبه | جمعه آدینه | شنبه |"
        " یکشنبه یک_شنبه",
        on="در روز تاریخ",
        updated="به‌روزرسانی بروزرسانی به_روز_رسانی به‌روز‌شده ویرایش آخرین_بروزرسانی",
        pairs="نیم_ساعت=0.5hour ربع_ساعت=0.25hour نیم=0.5same",
        last="گذشته",
    ),
    "tr": Words(
        months="ocak oca | şubat şub | mart mar | nisan nis | mayıs may | haziran haz | temmuz tem | ağustos ağu |"
        " eylül eyl | ekim eki | kasım kas | aralık ara",
        units="saniye sn | dakika dk | saat sa | gün | hafta hf | ay | yıl sene",
        after="önce evvel",
        now="az_önce şimdi biraz_önce şu_an demin",
        today="bugün",
        yesterday="dün",
        day_before="evvelsi_gün önceki_gün",
        numbers="bir=1 iki=2 üç=3 dört=4 beş=5 altı=6 yedi=7 sekiz=8 dokuz=9 on=10 yarım=0.5 buçuk=0.5",
        about="yaklaşık",
        joiner="ve",
        weekdays="pazartesi pzt | salı | çarşamba çar | perşembe per | cuma | cumartesi cmt | pazar paz",
        on="tarih",
        updated="güncelleme güncellendi güncellenme son_güncelleme",
        last="geçen",
    ),
    "he": Words(
        months="ינואר ינו | פברואר פבר | מרץ מרס | אפריל אפר | מאי | יוני | יולי | אוגוסט אוג | ספטמבר ספט |"
        " אוקטובר אוק | נובמבר נוב | דצמבר דצמ",
        units="שניה שנייה שניות | דקה דקות דק' דק | שעה שעות שע' | יום ימים ימ' | שבוע שבועות שב' | חודש חודשים חו' | שנה שנים",
        before="לפני",
        now="עכשיו הרגע ממש_עכשיו לפני_רגע",
        today="היום",
        yesterday="אתמול",
        day_before="שלשום",
        numbers="אחת=1 אחד=1 שתי=2 שני=2 שלוש=3 שלושה=3 ארבע=4 ארבעה=4 חמש=5 חמישה=5",
        pairs="שעתיים=hour יומיים=day שבועיים=week חודשיים=month שנתיים=year חצי_שעה=0.5hour רבע_שעה=0.25hour "
        "חצי=0.5same",
        about="כ כ-",
        joiner="ו",
        weekdays="יום_שני שני | יום_שלישי שלישי | יום_רביעי רביעי | יום_חמישי חמישי | יום_שישי שישי | שבת יום_שבת |"
        " יום_ראשון ראשון",
        on="ב ביום בתאריך",
        updated="עודכן עדכון עדכון_אחרון",
        last="שעבר",
    ),
    "ru": Words(
        months="января январь янв | февраля февраль фев февр | марта март мар | апреля апрель апр | мая май |"
        " июня июнь июн | июля июль июл | августа август авг | сентября сентябрь сен сент | октября октябрь окт |"
        " ноября ноябрь ноя нояб | декабря декабрь дек",
        units="секунду секунды секунд сек с | минуту минуты минут мин м | час часа часов ч | день дня дней сутки дн д |"
        " неделю недели недель нед | месяц месяца месяцев мес | год года лет г",
        after="назад тому_назад",
        now="только_что сейчас",
        today="сегодня",
        yesterday="вчера",
        day_before="позавчера",
        numbers="один=1 одну=1 два=2 две=2 три=3 четыре=4 пять=5",
        about="около примерно",
        joiner="и",
        weekdays="понедельник пн | вторник вт | среда среду ср | четверг чт | пятница пятницу пт |"
        " суббота субботу сб | воскресенье вс",
        updated="обновлено обновлен обновление изменено отредактировано",
        pairs="полчаса=0.5hour полтора_часа=1.5hour",
        last="прошлый прошлую прошлое прошлая",
    ),
    "fr": Words(
        months="janvier janv jan | février févr fév | mars | avril avr | mai | juin | juillet juil | août aout |"
        " septembre sept sep | octobre oct | novembre nov | décembre déc",
        units="secondes seconde sec s | minutes minute mins min mn | heures heure h | jours jour j |"
        " semaines semaine sem | mois | ans an années année",
        before="il_y_a il_ya depuis",
        now="à_l'instant maintenant",
        today="aujourd'hui",
        yesterday="hier",
        day_before="avant-hier",
        numbers="un=1 une=1 deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10",
        about="environ près_de moins_de",
        joiner="et",
        weekdays="lundi lun | mardi mar | mercredi mer | jeudi jeu | vendredi ven | samedi sam | dimanche dim",
        on="le ce",
        updated="mis_à_jour mise_à_jour actualisé modifié",
        pairs="une_demi-heure=0.5hour demi-heure=0.5hour demie=0.5same",
        last="dernier",
    ),
    "de": Words(
        months="januar jänner jan | februar feber feb | märz mär mrz | april apr | mai | juni jun | juli jul |"
        " august aug | september sept sep | oktober okt | november nov | dezember dez",
        units="sekunden sekunde sek s | minuten minute min m | stunden stunde std h | tagen tage tag |"
        " wochen woche wo | monaten monate monat | jahren jahre jahr",
        before="vor",
        now="gerade_eben soeben jetzt eben",
        today="heute",
        yesterday="gestern",
        day_before="vorgestern",
        numbers="ein=1 eine=1 einem=1 einer=1 eines=1 zwei=2 drei=3 vier=4 fünf=5 sechs=6",
        about="etwa rund ca über",
        joiner="und",
        weekdays="montag mo | dienstag di | mittwoch mi | donnerstag do | freitag fr | samstag sonnabend sa | sonntag so",
        on="am vom",
        updated="aktualisiert aktualisierung stand zuletzt_aktualisiert update geändert",
        pairs="einer_halben_stunde=0.5hour eine_halbe_stunde=0.5hour halben_stunde=0.5hour anderthalb_stunden=1.5hour",
        last="letzten letzter letzte vergangenen",
    ),
    "es": Words(
        months="enero ene | febrero feb | marzo mar | abril abr | mayo may | junio jun | julio jul | agosto ago |"
        " septiembre setiembre sept sep set | octubre oct | noviembre nov | diciembre dic",
        units="segundos segundo seg s | minutos minuto min | horas hora h | días día d | semanas semana sem |"
        " meses mes | años año",
        before="hace",
        after="atrás",
        now="ahora ahora_mismo hace_un_momento hace_instantes",
        today="hoy",
        yesterday="ayer",
        day_before="anteayer antes_de_ayer",
        numbers="un=1 una=1 uno=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6",
        about="cerca_de casi aproximadamente unas unos",
        joiner="y",
        weekdays="lunes lun | martes mar | miércoles mié | jueves jue | viernes vie | sábado sáb | domingo dom",
        on="el",
        updated="actualizado actualizada actualización modificado",
        pairs="media_hora=0.5hour media=0.5same",
        last="pasado",
    ),
    "pt": Words(
        months="janeiro jan | fevereiro fev | março mar | abril abr | maio mai | junho jun | julho jul | agosto ago |"
        " setembro set | outubro out | novembro nov | dezembro dez",
        units="segundos segundo seg s | minutos minuto mins min m | horas hora h | dias dia d | semanas semana sem |"
        " meses mês | anos ano",
        before="há",
        after="atrás",
        now="agora agora_mesmo",
        today="hoje",
        yesterday="ontem",
        day_before="anteontem",
        numbers="um=1 uma=1 dois=2 duas=2 três=3",
        about="cerca_de",
        joiner="e",
        weekdays="segunda-feira segunda | terça-feira terça | quarta-feira quarta | quinta-feira quinta |"
        " sexta-feira sexta | sábado | domingo",
        on="em no",
        updated="atualizado atualizada atualização",
        pairs="meia_hora=0.5hour meia=0.5same",
        last="passada passado",
    ),
    "it": Words(
        months="gennaio gen | febbraio feb | marzo mar | aprile apr | maggio mag | giugno giu | luglio lug | agosto ago |"
        " settembre set sett | ottobre ott | novembre nov | dicembre dic",
        units="secondi secondo sec s | minuti minuto min m | ore ora h | giorni giorno gg g | settimane settimana sett |"
        " mesi mese | anni anno",
        after="fa",
        now="adesso proprio_ora",
        today="oggi",
        yesterday="ieri",
        day_before="l'altro_ieri altro_ieri altroieri",
        numbers="un=1 una=1 un'=1 uno=1 due=2 tre=3",
        about="circa",
        joiner="e",
        weekdays="lunedì lun | martedì mar | mercoledì mer | giovedì gio | venerdì ven | sabato sab | domenica dom",
        on="il",
        updated="aggiornato aggiornata aggiornamento modificato",
        pairs="mezz'ora=0.5hour mezzora=0.5hour mezza=0.5same",
        last="scorso scorsa",
    ),
    "nl": Words(
        months="januari jan | februari feb | maart mrt | april apr | mei | juni jun | juli jul | augustus aug |"
        " september sept sep | oktober okt | november nov | december dec",
        units="seconden seconde sec s | minuten minuut min m | uren uur u | dagen dag dgn d | weken week |"
        " maanden maand | jaren jaar",
        after="geleden",
        now="zojuist nu zonet",
        today="vandaag",
        yesterday="gisteren",
        day_before="eergisteren",
        numbers="een=1 één=1 twee=2 drie=3",
        about="ongeveer",
        joiner="en",
        weekdays="maandag ma | dinsdag di | woensdag wo | donderdag do | vrijdag vr | zaterdag za | zondag zo",
        on="op",
        updated="bijgewerkt gewijzigd laatste_update",
        pairs="een_half_uur=0.5hour half_uur=0.5hour anderhalf_uur=1.5hour",
        last="vorige afgelopen",
    ),
    "uk": Words(
        months="січня січень січ | лютого лютий лют | березня березень бер | квітня квітень кві квіт |"
        " травня травень тра трав | червня червень чер черв | липня липень лип | серпня серпень сер серп |"
        " вересня вересень вер верес | жовтня жовтень жов жовт | листопада листопад лис листоп | грудня грудень гру груд",
        units="секунду секунди секунд секунда сек | хвилину хвилини хвилин хвилина хв | годину години годин година год |"
        " день дні днів дня дн |"
        " тиждень тижні тижнів тижня тиж | місяць місяці місяців місяця міс | рік роки років року",
        after="тому",
        now="щойно зараз",
        today="сьогодні",
        yesterday="вчора учора",
        day_before="позавчора",
        numbers="одну=1 один=1 дві=2 два=2 три=3",
        joiner="і та",
        weekdays="понеділок пн | вівторок вт | середа середу ср | четвер чт | п'ятниця п'ятницю пт | субота суботу сб |"
        " неділя неділю нд",
        updated="оновлено змінено",
        pairs="півгодини=0.5hour пів_години=0.5hour",
        last="минулий минулу минула",
    ),
    "ku": Words(
        months="çile rêbendan کانوونی_دووەم کانوونی_دووەمی | sibat reşemî şubat شوبات | adar avdar ئازار | nîsan avrêl نیسان |"
        " gulan ئایار مایس | hezîran pûşper حوزەیران حوزه‌یران | tîrmeh temûz تەمموز تەمووز | tebax gelawêj ئاب |"
        " îlon rezber ئەیلوول ئەیلول | çiriya_pêşîn cotmeh تشرینی_یەکەم تشرینی_یەکەمی |"
        " çiriya_paşîn mijdar تشرینی_دووەم تشرینی_دووەمی | berfanbar kanûn کانوونی_یەکەم کانوونی_یەکەمی",
        units="saniye چرکە | deqe deqeyan deqîqe خولەک دەقە دەقیقە | saet saetan کاتژمێر سەعات کاژێر | roj "
        "rojan ڕۆژ رۆژ | hefte hefteyan هەفتە | meh مانگ | sal ساڵ",
        before="berî beriya پێش بەر_لە",
        after="berê پێش_ئێستا لەمەوپێش لەمەوبەر پێش_ئیستا",
        now="niha ئێستا",
        today="îro ئەمڕۆ ئەمرۆ",
        yesterday="duh do دوێنێ",
        day_before="pêr پێرێ",
        numbers="yek=1 یەک=1 du=2 دوو=2 sê=3 سێ=3 چوار=4 پێنج=5",
        joiner="û و",
        weekdays="duşem دووشەممە | sêşem سێشەممە | çarşem چوارشەممە | pêncşem پێنجشەممە | în هەینی | şemî شەممە |"
        " yekşem یەکشەممە",
        on="li di لە ڕۆژی",
        updated="nûkirin نوێکراوەتەوە",
        last="پێشوو",
    ),
    **{code: Words(**table) for code, table in WIDER.items()},
}  # fmt: skip

JALALI_MONTHS = (
    "فروردین حمل خاکەلێوە farvardin | اردیبهشت ثور گوڵان ordibehesht | خرداد جوزا جۆزەردان khordad |"
    " تیر سرطان پووشپەڕ tir | مرداد امرداد اسد گەلاوێژ mordad | شهریور سنبله خەرمانان shahrivar |"
    " مهر میزان ڕەزبەر mehr | آبان عقرب گەڵاڕێزان aban | آذر قوس سەرماوەز azar | دی جدی بەفرانبار dey |"
    " بهمن دلو ڕێبەندان bahman | اسفند حوت ڕەشەمە esfand"
)
"""Iranian, Afghan and Kurdish names of the months of the Solar Hijri calendar."""

HIJRI_MONTHS = (
    "محرم محرم_الحرام muharram | صفر صفر_المظفر safar | ربيع_الأول ربيع_أول ربیع‌الاول rabi_al-awwal |"
    " ربيع_الثاني ربيع_الآخر ربيع_ثاني ربیع‌الثانی rabi_al-thani | جمادى_الأولى جمادى_الأول جمادی‌الاول jumada_al-awwal |"
    " جمادى_الآخرة جمادى_الثانية جمادى_الآخر جمادی‌الثانی jumada_al-thani | رجب رجب_المرجب rajab |"
    " شعبان شعبان_المعظم sha'ban shaban | رمضان رمضان_المبارك ramadan | شوال shawwal |"
    " ذو_القعدة ذي_القعدة ذوالقعده ذیقعده ذی‌القعده dhu_al-qi'dah | ذو_الحجة ذي_الحجة ذوالحجه ذیحجه ذی‌الحجه dhu_al-hijjah"
)
"""Names of the months of the Islamic calendar as Arabic and Persian pages write them."""
