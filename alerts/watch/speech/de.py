"""German: how it reports speech. The verb is the second part of the sentence, so its subject may stand behind it."""

from __future__ import annotations

from alerts.model import Role
from alerts.watch.speech.grammar import Grammar, compile_grammar

_LISTS = {
    "L": """
        laut zufolge nach_angaben_von nach_angaben_der nach_angaben_des nach_darstellung_von nach_aussage_von
        nach_aussagen_von nach_worten_von nach_meinung_von gemäß nach_ansicht_von nach_einschätzung_von in_den_worten_von
        nach_den_worten_von nach_auffassung_von so
    """,
    "B": "im_namen_von im_namen_der im_namen_des im_auftrag_von stellvertretend_für",
    "Z": """
        schwieg schweigt schweigen stumm lehnte_eine_stellungnahme lehnte_einen_kommentar lehnt_einen_kommentar unerreichbar
        still wollte_sich wollte_keine reagierte_zunächst_nicht wich_aus wich_der_frage_aus
    """,
    "n": "nicht kein keine keinen keiner nie niemals ohne weder noch_nicht bislang_nicht nichts",
    "f": "wird werden soll sollte sollen will wollen möchte plant muss könnte dürfte beabsichtigt erwartet vor_der_rede",
    "Q": "zitierte zitiert zitieren zitierten zitat",
    "b": "wurde wurden worden ist war sind",
    "h": "hat haben hatte hatten",
    "c": "dass daß ob",
    "y": "von vom durch",
    "i": "an zu zum zur",
    "p": """
        in im am bei mit gegen über für nach vor auf aus um unter zwischen seit während wegen trotz gegenüber neben ohne_
        angesichts
    """,
    "a": "und oder sowie aber",
    "u": "falls wenn bevor",
    "R": "dessen deren welcher",
    "U": "er sie es",
    "e": "der die das den dem des ein eine einen einem einer eines sein seine seiner seinen ihr ihre ihrer",
    "M": "agentur nachrichtenagentur fernsehen zeitung medien presse sender rundfunk radio staatsfernsehen",
    "s": """
        sprecher sprecherin büro pressestelle pressesprecher pressebüro vertreter sprechers beauftragter berater beraterin
        funktionär presseamt pressedienst sekretariat
    """,
    "k": """
        anwalt anwältin anwälte bruder bruders schwester frau ehefrau mann sohn tochter vater mutter onkel cousin familie arzt
        ärzte anhänger kämpfer mitglieder mitglied ehemaliger ehemalige ex-mitglied gegner rivale rivalen feinde opfer freund
        freunde fahrer leibwächter nachbarn unterstützer haus plakat plakate porträt foto fotos bild bilder konvoi buch statue
        straße beerdigung prozess festnahme tod truppen soldaten verwandte kritiker anhängern kämpfern mitgliedern vertraute
        neffe
    """,
    "r": """
        anführer führer chef generalsekretär präsident vorsitzende vorsitzender kommandeur scheich minister ministerpräsident
        ajatollah imam mufti prinz könig emir botschafter abgeordneter abgeordnete herr frau gouverneur general milizenführer
        milizchef geistliche geistlicher gründer bewegung partei gruppe miliz organisation oberst
    """,
    "t": """
        erklärung mitteilung stellungnahme brief botschaft rede ansprache video videobotschaft aufnahme tweet interview
        predigt worte worten aussage aussagen aufruf appell drohung drohungen warnung warnungen verurteilung dementi reaktion
        antwort versprechen kritik entschuldigung beileid glückwunsch notiz ankündigung pressekonferenz ultimatum vorwürfe
        vorwurf lob beitrag schreiben pressemitteilung audiobotschaft
    """,
    "S": """
        sagte sagt sagten sagen erklärte erklärt erklärten betonte betont warnte warnt warnten drohte droht drohten forderte
        fordert forderten verurteilte verurteilt verurteilten kritisierte kritisiert kritisierten bestritt bestreitet
        bestritten dementierte dementiert beschuldigte beschuldigt beschuldigten lobte lobt lobten versprach verspricht schwor
        schwört gelobte behauptete behauptet behaupteten bezeichnete bezeichnet nannte nennt schrieb schreibt geschrieben
        twitterte meldete meldet mahnte mahnt appellierte appelliert begrüßte begrüßt begrüßten bedauerte bedauert beklagte
        beklagt räumte_ein gab_bekannt kündigte kündigt verlangte verlangt bat bittet dankte dankt gratulierte gratuliert
        entschuldigte entschuldigt antwortete antwortet fragte fragt erwiderte erwidert entgegnete entgegnet äußerte äußert
        bekräftigte bekräftigt bestätigte bestätigt versicherte versichert verkündete verkündet verteidigte verteidigt rief
        ruft rügte rügt tadelte spottete spottet klagte klagt zweifelte wies weist warf wirft sprach spricht teilte teilt
        lehnte lehnt hob hebt machte_klar stellte_klar mitgeteilt gesagt gewarnt gedroht gefordert versprochen zurückgewiesen
        angekündigt aufgerufen vorgeworfen bekanntgegeben abgelehnt beansprucht beanspruchte reklamierte gestand prangerte
        würdigte würdigt verlas beteuerte unterstrich konstatierte argumentierte argumentiert prophezeite wetterte schimpfte
        polterte ermahnte feierte verspottete protestierte erzählte berichtete berichtet vermeldete bekannte_sich bekennt_sich
        übernahm_die_verantwortung legte_nahe deutete_an plädierte plädiert pochte beharrte unterstellte unterstellt verhöhnte
        schilderte erläuterte begründete empfahl empfiehlt riet rät äußerten hofft hoffte wünschte wünscht
        brach_sein_schweigen brach_ihr_schweigen meint meinte findet_klare_worte ergänzte ergänzt fügte_hinzu beschwor
        beschwert beschwerte stichelte höhnte konterte kontert legte_nach urteilte befand gab_zu gibt_zu kommentierte
        kommentiert
    """,
    "E": """
        veröffentlichte veröffentlicht verbreitete verbreitet hielt hält gab richtete richtet sandte schickte verschickte
        stellte verfasste unterzeichnete gab_ab äußerte_sich übte übt sprach_aus lancierte erneuerte
    """,
    "j": """
        montag dienstag mittwoch donnerstag freitag samstag sonntag gestern heute auch bereits erneut wieder scharf zunächst
        öffentlich weiter bisher bislang noch schon dann später ausdrücklich jedoch entschieden abend morgen sich mehrfach
        deutlich am_sonntag am_montag am_dienstag am_mittwoch am_donnerstag am_freitag am_samstag zudem außerdem kürzlich
        eindringlich offiziell selbst ebenfalls daraufhin umgehend
    """,
}  # fmt: skip

_MERGES = (
    (r"#(?:,#)*,?a@", "@"),
    (r"@(?:,#)*,?a#", "@"),
    (r"[ej]*[wr]?s(?:y|e)?[ejr]*@", "@"),
    (r"@'?s", "@"),
    (r"[ej]*r+(?:y|e)?r*@", "@"),
    (r"[ej]*r[ye]{1,2}[#w]{1,3},@,?", "@"),
    (r"@,(?![^,]{0,8}S,)[^,;:q]{1,10},(?=[Shb])", "@"),
)

_S: Role = "speaker"
_M: Role = "mentioned"
_RULES: tuple[tuple[str, Role], ...] = (
    (r"k[ye]{0,2}r*@", _M),
    (r"@'?k", _M),
    (r"n[^,;:]{0,3}t[^,;:]{0,2}y@", _M),
    (r"L[er]*@|@L", _S),
    (r"Q[er]*@", _S),
    (r"@[hbj]*Q|@b[^;:]{0,8}Q", _S),
    (r"B[er]*@", _S),
    (r"t[^,;:Shb]{0,4}y[er]*@", _S),
    (r"t[er]{1,2}@(?![^,]{0,3}S)", _S),
    (r"@'[wj]{0,2}t", _S),
    (r"y[er]*@[^;:]*(?:S|E)|S[^;:@]{0,6}y[er]*@", _S),
    (r"M[^;:#]{0,6},?c[er]*@", _S),
    (r"[Stw],?c[er]*@", _M),
    (r"u@", _M),
    (r"@[^,;:q]{0,8}[nZ]", _M),
    (r"@j*f", _M),
    (r"[Sf][jh]*@j*n", _M),
    (r"f[^,;:]{0,3}@", _M),
    (r"^[^@Sh]{0,2}@(?:[ip][e#wrj]{1,6}|,[^:q]{1,8})?:", _S),
    (r"[ipy]e?@", _M),
    (r"^[^@]{3,}[:;-]@$", _S),
    (r"@b[^,;:]*S", _M),
    (r"@h[^,;:]*S", _S),
    (r"q,?-?[Swh]j*@", _S),
    (r"q,?-?@", _S),
    (r"(?:^|,)h?Sj*@", _S),
    (r"^(?:[pi][ewjr]{1,5}|[jL]|w)Sj*@", _S),
    (r"^(?:[pi][ewjrt]{1,5}|j+)h@[^;:]*S", _S),
    (r"h[er]*@[^,;:]*S", _M),
    (r"[SE]j*[er]*@", _M),
    (r"@[^,;:#]*a[SE]", _S),
    (r"@j*S", _S),
    (r"@(?:j|[pi][ejwrt]{1,5}?)+S", _S),
    (r"@j*E[^,;:]{0,6}t", _S),
    (r"@j*[wV][^,;:]{0,4},(?:c|$)", _S),
    (r"@[^;:]{0,6}:q", _S),
    (r"@[^#@]*[.;](?:q,?)?(?:US|SU)", _S),
)


def grammar() -> Grammar:
    """The lists, compiled."""
    return compile_grammar(_LISTS, _MERGES, _RULES)
