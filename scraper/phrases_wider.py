"""The words of dates in languages around those of our sources: the rest of Europe, the Caucasus, Urdu, Malay.

The fields of `Words` in `phrases.py` by name; its docstring says how they are written.
"""

from __future__ import annotations

WIDER: dict[str, dict[str, str]] = {
    "pl": dict(
        months="stycznia styczeń sty | lutego luty lut | marca marzec | kwietnia kwiecień kwi | maja maj | czerwca czerwiec cze |"
        " lipca lipiec lip | sierpnia sierpień sie | września wrzesień wrz | października październik paź |"
        " listopada listopad lis | grudnia grudzień gru",
        units="sekund sekundy sekundę sek | minut minuty minutę min | godzin godziny godzinę godz | dni dzień dnia |"
        " tygodni tygodnie tydzień | miesięcy miesiące miesiąc | lat lata rok",
        after="temu",
        now="teraz przed_chwilą",
        today="dzisiaj dziś",
        yesterday="wczoraj",
        day_before="przedwczoraj",
        pairs="pół_godziny=0.5hour półtorej_godziny=1.5hour",
        about="około ponad",
        joiner="i",
        weekdays="poniedziałek | wtorek | środa środę | czwartek | piątek | sobota sobotę | niedziela niedzielę",
        last="ubiegły ubiegłą zeszły zeszłą ostatni ostatnią",
        on="w dnia",
        updated="aktualizacja zaktualizowano",
    ),
    "cs": dict(
        months="ledna leden led | února únor úno | března březen bře | dubna duben dub | května květen kvě | června červen čvn |"
        " července červenec čvc |"
        " srpna srpen srp | září zář | října říjen říj | listopadu listopad lis | prosince prosinec pro",
        units="sekundami sekundou sekund sekundy | minutami minutou minut minuty minutu | hodinami hodinou hodin hodiny hodinu |"
        " dny dnem dní den | týdny týdnem týdnů týden | měsíci měsícem měsíců měsíc | lety rokem let rok roky",
        before="před",
        now="právě_teď před_chvílí",
        today="dnes",
        yesterday="včera",
        day_before="předevčírem",
        pairs="půl_hodinou=0.5hour",
        about="asi",
        joiner="a",
        weekdays="pondělí | úterý | středa středu | čtvrtek | pátek | sobota sobotu | neděle neděli",
        on="dne v",
        updated="aktualizováno aktualizace",
    ),
    "hr": dict(
        months="siječnja siječanj sij januar | veljače veljača velj februar | ožujka ožujak ožu mart | travnja travanj tra april |"
        " svibnja svibanj svi maj | lipnja lipanj lip juni | srpnja srpanj srp juli | kolovoza kolovoz kol avgust |"
        " rujna rujan ruj septembar | listopada listopadu listopad lis oktobar | studenoga studenog studeni stu novembar |"
        " prosinca prosinac pro decembar",
        units="sekundi sekunde sekundu sek | minuta minute minutu min | sati sata sat h | dana dan | tjedana tjedna tjedan nedelje |"
        " mjeseci mjeseca mjesec meseci | godina godine godinu",
        before="prije",
        now="upravo_sada sada",
        today="danas",
        yesterday="jučer juče",
        day_before="prekjučer prekjuče",
        pairs="pola_sata=0.5hour",
        about="oko",
        joiner="i",
        weekdays="ponedjeljak ponedeljak | utorak | srijeda sreda | četvrtak | petak | subota | nedjelja nedelja",
        on="dana",
        updated="ažurirano",
    ),
    "sv": dict(
        months="januari jan | februari feb | mars mar | april apr | maj | juni jun | juli jul | augusti aug | september sept sep |"
        " oktober okt | november nov | december dec",
        units="sekunder sekund sek | minuter minut min | timmar timme tim | dagar dag | veckor vecka | månader månad | år",
        after="sedan",
        now="just_nu nyss",
        today="idag i_dag",
        yesterday="igår i_går",
        day_before="i_förrgår förrgår",
        numbers="en=1 ett=1 två=2 tre=3",
        pairs="en_halvtimme=0.5hour halvtimme=0.5hour",
        about="cirka ca ungefär",
        joiner="och",
        weekdays="måndag | tisdag tis | onsdag ons | torsdag tors | fredag fre | lördag lör | söndag sön",
        last="förra",
        on="den",
        updated="uppdaterad uppdaterades ändrad",
    ),
    "da": dict(
        months="januar jan | februar feb | marts mars mar | april apr | maj mai | juni jun | juli jul | august aug |"
        " september sept sep | oktober okt | november nov | december desember dec des",
        units="sekunder sekund sek | minutter minut minutt min | timer time | dage dag dager døgn | uger uge uker uke |"
        " måneder måned | år",
        after="siden",
        now="lige_nu akkurat_nå",
        today="i_dag idag",
        yesterday="i_går igår",
        day_before="i_forgårs forgårs",
        numbers="en=1 et=1 to=2 tre=3",
        pairs="en_halv_time=0.5hour halv_time=0.5hour",
        about="cirka ca omkring",
        joiner="og",
        weekdays="mandag | tirsdag tirs | onsdag ons | torsdag tors | fredag fre | lørdag lør | søndag søn",
        last="sidste forrige",
        on="den",
        updated="opdateret oppdatert",
    ),
    "ro": dict(
        months="ianuarie ian | februarie feb | martie mart | aprilie apr | mai | iunie iun | iulie iul | august aug |"
        " septembrie sept sep | octombrie oct | noiembrie nov | decembrie dec",
        units="secunde secundă | minute minut min | ore oră | zile zi | săptămâni săptămână | luni lună | ani an",
        before="acum",
        after="în_urmă",
        now="chiar_acum",
        today="astăzi azi",
        yesterday="ieri",
        day_before="alaltăieri",
        numbers="o=1 un=1 două=2 doi=2 trei=3",
        pairs="o_jumătate_de_oră=0.5hour jumătate_de_oră=0.5hour",
        about="circa aproximativ",
        joiner="și",
        weekdays="luni | marți | miercuri | joi | vineri | sâmbătă | duminică",
        last="trecută trecut",
        on="pe",
        updated="actualizat actualizare",
    ),
    "el": dict(
        months="ιανουαρίου ιανουάριος ιαν | φεβρουαρίου φεβρουάριος φεβ | μαρτίου μάρτιος μαρ | απριλίου απρίλιος απρ |"
        " μαΐου μάιος μαι | ιουνίου ιούνιος ιουν | ιουλίου ιούλιος ιουλ | αυγούστου αύγουστος αυγ |"
        " σεπτεμβρίου σεπτέμβριος σεπ σεπτ | οκτωβρίου οκτώβριος οκτ | νοεμβρίου νοέμβριος νοε |"
        " δεκεμβρίου δεκέμβριος δεκ",
        units="δευτερόλεπτα δευτερόλεπτο δευτ | λεπτά λεπτό λ | ώρες ώρα | ημέρες ημέρα μέρες μέρα | εβδομάδες εβδομάδα |"
        " μήνες μήνα | χρόνια χρόνο έτη έτος",
        before="πριν_από πριν",
        after="πριν",
        now="τώρα μόλις_τώρα",
        today="σήμερα",
        yesterday="χθες χτες",
        day_before="προχθές προχτές",
        numbers="μία=1 μια=1 ένα=1 ένας=1 έναν=1 δύο=2 τρεις=3 τρία=3",
        pairs="μισή_ώρα=0.5hour",
        about="περίπου",
        joiner="και",
        weekdays="δευτέρα | τρίτη | τετάρτη | πέμπτη | παρασκευή | σάββατο | κυριακή",
        on="στις την",
        updated="ενημερώθηκε ενημέρωση",
    ),
    "az": dict(
        months="yanvar | fevral | mart | aprel | may | iyun | iyul | avqust | sentyabr | oktyabr | noyabr | dekabr",
        units="saniyə | dəqiqə dəq | saat | gün | həftə | ay | il",
        after="əvvəl öncə qabaq",
        now="indi elə_indi",
        today="bu_gün bugün",
        yesterday="dünən",
        day_before="srağagün",
        numbers="bir=1 iki=2 üç=3 yarım=0.5",
        about="təxminən",
        joiner="və",
        weekdays="bazar_ertəsi | çərşənbə_axşamı | çərşənbə | cümə_axşamı | cümə | şənbə | bazar",
        last="keçən ötən",
        updated="yenilənib",
    ),
    "ur": dict(
        months="جنوری | فروری | مارچ | اپریل | مئی | جون | جولائی | اگست | ستمبر | اکتوبر | نومبر | دسمبر",
        units="سیکنڈ سیکنڈز | منٹ منٹس | گھنٹے گھنٹہ گھنٹوں | دن دنوں | ہفتے ہفتہ ہفتوں | مہینے مہینہ ماہ | سال برس",
        after="پہلے قبل",
        now="ابھی ابھی_ابھی",
        today="آج",
        yesterday="گزشتہ_روز",
        numbers="ایک=1 دو=2 تین=3 چار=4 پانچ=5",
        pairs="آدھا_گھنٹہ=0.5hour آدھے_گھنٹے=0.5hour",
        about="تقریبا تقریباً",
        joiner="اور",
        weekdays="پیر سوموار | منگل | بدھ | جمعرات | جمعہ | ہفتہ سنیچر | اتوار",
        last="گزشتہ",
        updated="اپ_ڈیٹ",
    ),
    "id": dict(
        months="januari jan | februari feb | maret mar mac | april apr | mei | juni jun jun | juli jul julai | agustus agu ogos |"
        " september sep | oktober okt | november nov | desember des disember dis",
        units="detik saat | menit minit | jam | hari | minggu pekan | bulan | tahun",
        after="lalu yang_lalu lepas",
        now="baru_saja",
        today="hari_ini",
        yesterday="kemarin semalam",
        day_before="kemarin_lusa",
        numbers="se=1 satu=1 dua=2 tiga=3",
        pairs="setengah_jam=0.5hour sejam=1hour sehari=1day",
        about="sekitar",
        joiner="dan",
        weekdays="senin isnin | selasa | rabu | kamis khamis | jumat jum'at | sabtu | minggu ahad",
        on="pada",
        updated="diperbarui dikemaskini",
    ),
}
