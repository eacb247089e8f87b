"""French: how it reports speech."""

from __future__ import annotations

from alerts.model import Role
from alerts.watch.speech.grammar import Grammar, compile_grammar

_VERBS = """
        déclarer affirmer annoncer accuser avertir condamner dénoncer critiquer démentir nier rejeter menacer exiger demander
        appeler exhorter assurer indiquer expliquer souligner ajouter rappeler raconter estimer juger considérer saluer
        féliciter remercier regretter déplorer promettre jurer proclamer revendiquer reconnaître avouer confirmer préciser
        insister répéter répliquer rétorquer répondre réagir interpeller inviter suggérer proposer prôner plaider défendre
        soutenir prétendre alléguer signaler révéler dévoiler écrire tweeter publier_un_communiqué dire confier lancer
        marteler fustiger vilipender tancer railler moquer ironiser contester réfuter récuser refuser réclamer recommander
        conseiller mettre_en_garde prévenir évoquer mentionner commenter résumer conclure décréter ordonner adjurer supplier
        implorer protester pester s'insurger s'indigner s'excuser approuver applaudir louer vanter encourager désavouer blâmer
        reprocher imputer attribuer pointer_du_doigt tonner clamer hurler crier murmurer soupirer interroger questionner
        souhaiter espérer réaffirmer réitérer rassurer garantir certifier attester témoigner détailler relater rapporter
        notifier informer communiquer faire_savoir faire_valoir prendre_la_parole s'adresser s'exprimer s'engager accueillir
        qualifier décrire excuser minimiser relativiser nuancer égratigner épingler étriller charger tacler sermonner admettre
        concéder décliner_toute_responsabilité rendre_hommage présenter_ses_condoléances
    """

_LISTS = {
    "L": """
        selon d'après suivant aux_yeux_de au_dire_de aux_dires_de à_en_croire de_l'avis_de à_entendre dixit
        pour_reprendre_les_mots_de
    """,
    "B": "au_nom_de au_nom_du au_nom_d' pour_le_compte_de",
    "Z": """
        silence silencieux silencieuse refusé_de_commenter refuse_de_commenter refusé_de_répondre refusé_de_s'exprimer
        refuse_de_s'exprimer muet muette décliné décline injoignable souhaité_s'exprimer tu s'est_tu s'est_abstenu
        refusé_tout_commentaire éludé éludé_la_question
    """,
    "n": "ne n n' n'a n'ont n'avait n'est pas aucun aucune jamais ni sans n'y non",
    "f": """
        va doit devrait devait pourrait s'apprête s'apprêtait prévoit envisage compte entend attendu attendue sera seront fera
        prendra parlera s'exprimera s'adressera tiendra prononcera vont attend avant_le en_attendant en_attente
    """,
    "Q": "cité citée cités citant cite citent citait cités_par",
    "b": "été est sont était étaient fut être furent se_voit s'est_vu",
    "h": "a ont avait avaient ayant aurait",
    "c": "que qu qu'il qu'elle",
    "y": "par",
    "i": "à au aux",
    "O": "de du des d",
    "p": "sur dans contre avec pour pendant après en lors chez entre vers envers devant depuis sous malgré comme autour",
    "a": "et ou mais ainsi_que",
    "u": "si",
    "R": "qui dont",
    "U": "il elle ils elles",
    "e": "le la les un une l son sa ses leur leurs ce cette ces l'",
    "M": "agence télévision chaîne journal quotidien médias média presse radio l'agence site hebdomadaire",
    "s": """
        porte-parole bureau cabinet l'entourage service_de_presse responsable représentant l'attaché_de_presse secrétariat
        conseiller_de_presse conseiller portes-parole porte-paroles émissaire aile_politique direction secrétaire_adjoint
        cadre
    """,
    "k": """
        avocat l'avocat avocate l'avocate avocats frère sœur soeur épouse l'épouse femme mari fils fille père mère oncle
        cousin famille médecin partisans combattants membres membre ancien l'ancien ancienne proche proches miliciens hommes
        adversaires rivaux rival ennemis victimes amis ami chauffeur garde voisins sympathisants fidèles portrait portraits
        maison affiche affiches photo photos l'affiche convoi domicile livre statue rue funérailles procès l'arrestation mort
        l'assassinat militants neveu détracteurs soldats
    """,
    "r": """
        chef dirigeant leader secrétaire général président présidente commandant cheikh ministre premier ayatollah imam mufti
        prince roi émir ambassadeur député sénateur m mme colonel gouverneur fondateur numéro mouvement parti groupe milice
        organisation l'organisation l'imam l'ayatollah guide suprême patron secrétaire_général leader_du
    """,
    "t": """
        communiqué déclaration déclarations message lettre discours vidéo enregistrement tweet allocution interview entretien
        l'entretien sermon propos mots appel l'appel menace menaces mise_en_garde avertissement condamnation démenti réaction
        réponse tribune publication post promesse critiques critique excuses condoléances félicitations l'interview
        l'allocution paroles l'avertissement note conférence_de_presse éloge ultimatum accusations communiqués messages
        annonce l'annonce refus soutien hommage reproches
    """,
    "E": """
        publié publie diffusé diffuse prononcé prononce adressé adresse envoyé envoie lancé émis émet donné donne tenu tient
        posté poste signé signe rendu_public fait livré présenté exprimé exprime formulé enregistré
    """,
    "j": """
        dimanche lundi mardi mercredi jeudi vendredi samedi hier aujourd'hui encore déjà aussi également fermement vivement
        publiquement vigoureusement toujours ensuite soir matin clairement officiellement à_nouveau longuement catégoriquement
        de_nouveau à_son_tour aussitôt formellement sévèrement notamment donc alors bien toutefois cependant immédiatement
        plus tard là
    """,
}  # fmt: skip

_ODD = """
        dit dénoncent disent disait écrit écrivait écrivent met_en_garde mettent_en_garde mettait_en_garde mis_en_garde
        met_en_cause mis_en_cause promet promis reconnaît reconnu admis admet prévient prévenu répond répondu réagit réagi
        exprimé démenti dément prétendu prétend soutenu soutient défend défendu fait_savoir fait_valoir appelle rejette
        projette jette rappelle exige tient_pour_responsable pris_la_parole prend_la_parole s'en_prend s'en_est_pris s'est_dit
        se_dit se_félicite s'est_félicité se_réjouit s'insurge s'insurgé s'indigne s'excuse s'adresse s'engage s'exprime
        s'est_exprimé s'est_adressé s'est_engagé s'est_excusé s'est_insurgé s'est_indigné conclu conclut accueilli accueille
        permet convenu convient averti avertit maudit maudits interpellé s'interroge s'est_interrogé s'oppose s'est_opposé
        n'exclut_pas n'a_pas_exclu s'emporte s'est_emporté s'agace s'est_agacé s'exclame s'est_exclamé ironise ironisé tonne tonné lâche
        réfute rend_hommage rendu_hommage réclame enjoint enjoint s'inquiète s'est_inquiété se_défend s'est_défendu
        pointe_du_doigt pointé_du_doigt a-t-il_dit fustige somme sommé interpelle crie appelé_à
    """

_MERGES = (
    (r"#(?:,#)*,?a@", "@"),
    (r"@(?:,#)*,?a#", "@"),
    (r"e?[wjr]?s[jwr]?(?:[O]|d')?e?[rj]*@", "@"),
    (r"e?r+O?e?r*@", "@"),
    (r"e?r+Oe?[#w]{1,3},@,?", "@"),
    (r"@,(?![^,]{0,8}[SD],)[^,;:q]{1,10},", "@"),
)

_S: Role = "speaker"
_M: Role = "mentioned"
_RULES: tuple[tuple[str, Role], ...] = (
    (r"k[wj]?Oe?r*@", _M),
    (r"n[^,;:]{0,3}t[^,;:]{0,2}[Oy]@", _M),
    (r"L[er]*@", _S),
    (r"Q[er]*@", _S),
    (r"@[hbj]*Q", _S),
    (r"Be?@", _S),
    (r"f[^,;:]{0,3}t[^,;:]{0,2}[Oy]@", _M),
    (r"t[^,;:SDhb]{0,4}[yO]e?@", _S),
    (r"[SDQEt][^;:@]{0,6}y[er]*@", _S),
    (r"M[^;:#]{0,6}ce?@", _S),
    (r"[SDGtw]c?ce?@", _M),
    (r"u@", _M),
    (r"@[jhUi]*[nf]", _M),
    (r"@[^,;:SD]{0,5}Z", _M),
    (r"^p@,q", _S),
    (r"(?:[^i]|^)[ipO]e?@", _M),
    (r"^[^@SDh]{0,2}@(?:[ip][e#wrjO]{1,6}|,[^:q]{1,8})?:", _S),
    (r"^[^@]{3,}[:;-]@$", _S),
    (r"^[^q]*@,h?[SD]e[wMrskj]", _M),
    (r"q,?-?h?[SDw]@", _S),
    (r"q,-?[wjh]{1,3}@$", _S),
    (r"q,?-?@", _S),
    (r"(?:^|,)h?[SD]@", _S),
    (r"[SDQE]i?@", _M),
    (r"@j*h?j*bj*[DS]", _M),
    (r"@j*h?[jUw]?[SD]", _S),
    (r"@(?:[jh]|[pi][ejwrOt]{1,5}?)+[SD]", _S),
    (r"@[jh]*E[^,;:]{0,5}t", _S),
    (r"@[^;:#@q]{0,10}ah?[SD]", _S),
    (r"@[^;:#@q]{0,10},h?[SD]", _S),
    (r"@[^;:#@]{0,10}aE[^,;]{0,3}t", _S),
    (r"@j*h?wc", _S),
    (r"@[^;:]{0,6}:q", _S),
    (r"@[^#@]*[.;](?:q,?)?[UaSDh]*h?[SD]", _S),
)


def _forms() -> tuple[str, str]:
    """The present (and imperfect) and the participle of regular verbs, with their endings."""
    present: list[str] = []
    past: list[str] = []
    for verb in _VERBS.split():
        stem = verb.split("_")[0]
        behind = verb[len(stem) :]
        if stem.endswith("er"):
            present += [stem[:-2] + end + behind for end in ("e", "ent", "ait", "aient")]
            past += [stem[:-2] + end + behind for end in ("é", "ée", "és", "ées", "a", "èrent")]
        elif stem.endswith("ir"):
            present += [stem[:-1] + end + behind for end in ("t", "ssent", "ssait")]
            past += [stem[:-1] + behind]
        elif stem.endswith("dre"):
            present += [stem[:-2] + behind, stem[:-2] + "ent" + behind]
            past += [stem[:-2] + "u" + behind]
    present += [form.replace("eler", "elle") for form in present]
    return " ".join(present), " ".join(past) + " " + _ODD


def grammar() -> Grammar:
    """The lists with every verb in its forms, compiled."""
    present, past = _forms()
    first = {
        tag: _LISTS[tag]
        for tag in ("L", "B", "Z", "n", "f", "Q", "b", "h", "c", "y", "i", "O", "e", "U", "a", "j", "s")
    }
    rest = {tag: words for tag, words in _LISTS.items() if tag not in first}
    return compile_grammar({**first, "D": past, "S": present, **rest}, _MERGES, _RULES)
