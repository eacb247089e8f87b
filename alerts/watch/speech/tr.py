"""Turkish: how it reports speech. The speaker stands without an ending, the verb last."""

from __future__ import annotations

from alerts.model import Role
from alerts.watch.speech.grammar import Grammar, compile_grammar

_ENDINGS = {
    "x": "i ı u ü yi yı yu yü ni nı nu nü",
    "i": "e a ye ya ne na",
    "F": "den dan ten tan nden ndan",
    "p": "de da te ta nde nda le la yle yla",
    "'": "in ın un ün nin nın nun nün s",
}
"""Object, "to", "from", "at" and "with", "of"."""

_LISTS = {
    "L": "göre sözleriyle ifadesiyle deyişiyle",
    "y": "tarafından tarafınca",
    "B": "adına",
    "Z": """
        sessiz sessizliğini_korudu suskun sustu yanıtsız reddetti_cevap konuşmayı yorum_yapmaktan konuşmaktan cevap_vermekten
        açıklama_yapmaktan kaçındı çekindi yanıt_vermekten sessizliğini suskunluğunu
    """,
    "n": """
        yapmadı konuşmadı vermedi söylemedi demedi açıklamadı değerlendirmedi yapılmadı gelmedi değil yok bulunmadı
        yorumlamadı etmedi yapmamıştı vermemişti yapmıyor konuşmuyor yanıtlamadı cevaplamadı göstermedi yayınlamadı
        yayımlamadı belirtmedi bildirmedi hiçbir olmadı paylaşmadı yapmış_değil
    """,
    "f": """
        bekleniyor planlanıyor yapacak konuşacak açıklayacak verecek edecek seslenecek hitap_edecek bulunacak duyuracak
        yayınlayacak yayımlayacak değerlendirecek cevaplayacak planlıyor hazırlanıyor bekliyor beklenen toplanacak
        yanıtlayacak
    """,
    "h": "hakkında ilgili",
    "M": "ajansı ajans gazetesi gazete televizyonu televizyon kanalı medya medyası basını radyosu haber basın",
    "s": """ofisinden sözcülüğünden bürosundan
        sözcüsü sözcü ofisi bürosu basın_ofisi basın_bürosu temsilcisi yetkilisi yetkilileri danışmanı müşaviri sözcülüğü
        basın_sözcüsü basın_danışmanı merkezi_basın yardımcısı iletişim_ofisi
    """,
    "k": """
        avukatı avukatları kardeşi ağabeyi ablası eşi oğlu kızı babası annesi ailesi doktoru doktorları destekçileri
        taraftarları üyeleri üyesi savaşçıları militanları güçleri eski_üyesi akrabaları arkadaşı komşusu korumaları koruması
        şoförü posteri posterleri fotoğrafı resmi evi konvoyu yandaşları müttefiki rakibi kuzeni amcası dayısı yeğeni mirası
        kitabı heykeli takipçileri adamları askerleri silahlıları cenazesi kaynaklar
    """,
    "r": """
        lideri lider genel_sekreteri başkanı başkan genel_başkanı komutanı komutan şeyh seyyid ayetullah bakanı bakan sayın
        bay general hacı imam müftü emir kral cumhurbaşkanı başbakan milletvekili vali dini örgütü hareketi grubu partisi
        örgüt
    """,
    "t": """
        açıklaması açıklamaları açıklama bildirisi bildiri mesajı mesaj konuşması konuşmasında açıklamasında mesajında mektubu
        sözleri videosu videolu ses_kaydı uyarısı uyarı tehdidi tepkisi tepki çağrısı çağrı kınaması kınama paylaşımı tweeti
        röportajı hutbesi yanıtı yanıt cevabı cevap yalanlaması yalanlama eleştirisi eleştiri itirafı vaadi destek teşekkür
        özür iddiası iddia suçlama suçlaması tebrik taziye ultimatom basın_açıklaması demeci demeç yorumu beyanatı beyanı
        açıklamasına ifadesi gözdağı kutlama meydan_okuma sitem
    """,
    "S": """yapılan_açıklamada yapılan_yazılı_açıklamada yapılan_açıklamaya
        dedi demiş der diyor söyledi söylüyor açıkladı açıklıyor duyurdu duyuruyor bildirdi bildiriyor belirtti belirtiyor
        vurguladı vurguluyor kaydetti kaydediyor ekledi ekliyor uyardı uyarıyor kınadı kınıyor suçladı suçluyor tehdit_etti
        tehdit_ediyor reddetti reddediyor yalanladı yalanlıyor savundu savunuyor eleştirdi eleştiriyor övdü övüyor istedi
        istiyor talep_etti çağrıda_bulundu çağırdı çağrı_yaptı çağrısı_yaptı çağrısında_bulundu iddia_etti iddia_ediyor
        ileri_sürdü öne_sürdü ifade_etti ifade_ediyor dile_getirdi yazdı yazıyor sordu soruyor yanıtladı yanıt_verdi
        cevap_verdi cevapladı konuştu konuşuyor anlattı anlatıyor seslendi hitap_etti söz_verdi vaat_etti yemin_etti ant_içti
        üstlendi itiraf_etti kabul_etti özür_diledi teşekkür_etti kutladı tebrik_etti başsağlığı_diledi tepki_gösterdi
        sert_çıktı yüklendi çattı isyan_etti meydan_okudu rest_çekti lanetledi destekledi karşı_çıktı itiraz_etti önerdi
        ima_etti hatırlattı işaret_etti dikkat_çekti altını_çizdi değerlendirdi yorumladı nitelendirdi nitelendirdi tanımladı
        selamladı aktardı paylaştı haykırdı bağırdı ısrar_etti inkar_etti inkâr_etti şikayet_etti yakındı alay_etti temin_etti
        uyarısında_bulundu uyarısı_yaptı değerlendirmelerde_bulundu değerlendirmede_bulundu açıklamalarda_bulundu
        açıklamalar_yaptı değerlendirme_yaptı mesajlar_verdi açıklamada_bulundu açıklama_yaptı açıklaması_yaptı açıklama_yayımladı
        açıklama_yayınladı bildiri_yayımladı bildiri_yayınladı mesaj_verdi mesaj_yayımladı mesajı_verdi mesajı_yayımladı
        sözü_verdi tehdidinde_bulundu tehditler_savurdu gözdağı_verdi suçlamasında_bulundu iddiasında_bulundu sinyali_verdi
        konuşma_yaptı basın_toplantısı_düzenledi röportaj_verdi tweet_attı kınama_yayımladı demeç_verdi yemini_etti beyan_etti
        ilan_etti bahsetti söz_etti değindi tekrarladı yineledi kınadığını desteklediğini memnuniyetle_karşıladı sorguladı
        yakardı alkışladı azarladı kızdı güvence_verdi dua_etti diledi dilekte_bulundu rica_etti tavsiye_etti öğütledi buyurdu
        emretti hedef_aldı sorumlu_tuttu taziye_diledi eleştirisinde_bulundu kükredi gürledi ateş_püskürdü dil_uzattı
        sahip_çıktı umudunu_dile_getirdi inandığını_söyledi yalanlama_getirdi paylaşımda_bulundu ileri_sürüyor öne_sürüyor
        söylemişti demişti açıklamıştı uyarmıştı
    """,
    "b": """
        kınandı uyarıldı suçlandı eleştirildi çağrıldı çağırıldı tutuklandı gözaltına_alındı öldürüldü övüldü tehdit_edildi
        kaldırıldı yaralandı görevden_alındı serbest_bırakıldı atandı seçildi suçlanıyor yargılanıyor
        açıklandı duyuruldu bildirildi reddedildi yalanlandı üstlenildi dile_getirildi belirtildi
    """,
    "Q": "aktardığına_göre alıntı alıntılayarak aktararak atıfta_bulunarak dayandırarak dayanarak",
    "c": "diye ki",
    "a": "ve ile veya ayrıca",
    "u": "eğer",
    "j": """
        dün bugün pazartesi salı çarşamba perşembe cuma cumartesi pazar gün günü gece sabah akşam da de ise henüz hâlâ hala
        yine tekrar açıkça sert yazılı bir sonra önce kez son bu için
    """,
}  # fmt: skip

_MERGES = (
    (r"#(?:,#)*,?a@", "@"),
    (r"@(?:,#)*,?a#", "@"),
    (r"@'?[wr]{0,2}s(?!i)", "@"),
    (r"(?:^|(?<=,))[wr#']{0,3}r+@", "@"),
    (r"r+@", "@"),
    (r"@,(?=[^,;:q]{1,50}$)", "@"),
    (r"@,(?![^,]{0,8}S,)[^,;:qS]{1,8},", "@"),
)

_S: Role = "speaker"
_M: Role = "mentioned"
_RULES: tuple[tuple[str, Role], ...] = (
    (r"@'?[wr]?k", _M),
    (r"@[i']?L", _S),
    (r"@'[wjr]{0,2}t[^;:]*[nf]", _M),
    (r"@'[wjr]{0,3}t", _S),
    (r"@y[^;:]*[SbtEwx]", _S),
    (r"@[Fp][^;:]*n", _M),
    (r"@F[^;:]*[tQ]", _S),
    (r"@[ixp]?Q", _S),
    (r"@BS?", _S),
    (r"@[ix]", _M),
    (r"@[^;:q,S]{0,14}[fn]", _M),
    (r"@[^;:qS]*[nfZ]", _M),
    (r"@[pF]", _M),
    (r"@'", _M),
    (r"^[^@S]{0,3}@,?:", _S),
    (r"^[^@]{3,}[:;-]@$", _S),
    (r"@'?w{1,4}b,", _M),
    (r"@[^;:qS]*b", _M),
    (r"^[^@]*q?,?[Sc]@", _S),
    (r"q,?-?@", _S),
    (r"@[^;:]*?S", _S),
    (r"@[^;:]*?:q", _S),
    (r"@,?[^;:@]{0,8}q(?:c|$|S)", _S),
    (r"@[^;:#]{0,14}t$", _S),
    (r"@[^#;:]*\.[^#]*q[^#]*S", _S),
)


def grammar() -> Grammar:
    """The lists, compiled."""
    return compile_grammar(_LISTS, _MERGES, _RULES, "", _ENDINGS)
