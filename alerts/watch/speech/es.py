"""Spanish: how it reports speech. An object that is a person has "a" before it."""

from __future__ import annotations

from alerts.model import Role
from alerts.watch.speech.grammar import Grammar, compile_grammar

_VERBS = """
        afirmar declarar anunciar acusar condenar denunciar criticar negar rechazar amenazar exigir reclamar llamar instar
        asegurar indicar explicar subrayar añadir agregar recordar contar estimar juzgar considerar saludar felicitar
        agradecer lamentar deplorar prometer jurar proclamar reivindicar reconocer admitir confesar confirmar precisar
        insistir repetir replicar responder reaccionar invitar sugerir proponer defender sostener señalar revelar escribir
        tuitear advertir avisar alertar destacar resaltar enfatizar manifestar expresar opinar comentar contestar cuestionar
        elogiar alabar aplaudir apoyar respaldar celebrar pedir solicitar suplicar implorar ordenar recomendar aconsejar
        concluir protestar quejarse disculparse aclarar puntualizar matizar reiterar ratificar garantizar notificar informar
        comunicar relatar narrar describir calificar tildar tachar culpar responsabilizar atribuir desmentir refutar
        desestimar descartar ironizar gritar exclamar preguntar dictaminar sentenciar urgir convocar exhortar pronunciarse
        alegar argumentar argüir aducir reprochar recriminar repudiar censurar fustigar arremeter cargar_contra tronar clamar
        vaticinar pronosticar adelantar apuntar remarcar recalcar mencionar detallar invocar maldecir desafiar retar bendecir
        expresarse hablar
    """

_LISTS = {
    "L": "según de_acuerdo_con conforme_a en_palabras_de a_juicio_de en_opinión_de a_decir_de al_decir_de",
    "B": "en_nombre_de en_nombre_del en_representación_de",
    "Z": """
        silencio callado rehusó_comentar rehusó declinó declina rehusó_hablar evitó_comentar evitó guardó_silencio se_abstuvo
        eludió se_negó_a_comentar se_negó_a_responder se_negó_a_hablar ha_declinado
    """,
    "n": "no nunca ningún ninguna tampoco ni sin jamás aún_no todavía_no nada",
    "f": """
        hablará anunciará declarará pronunciará comparecerá dará va_a prevé tiene_previsto está_previsto_que debe debería
        podría planea espera será hará se_dirigirá ofrecerá emitirá se_espera_que previsto a_la_espera_de responderá explicará
        intervendrá
    """,
    "Q": "citado citada citando cita citó citaron citan citado_por citados",
    "b": "fue fueron es son era ser sido está fueran estuvo",
    "h": "ha han había habían haber hubo",
    "c": "que",
    "y": "por",
    "i": "a al",
    "O": "de del",
    "p": "en con contra sobre para durante tras ante desde hacia entre bajo hasta sin_embargo mediante",
    "a": "y e o pero así_como junto_a",
    "u": "si",
    "R": "quien cuyo",
    "U": "él ella ellos",
    "e": "el la los las un una unos su sus este esta ese esa lo se le les",
    "M": "agencia televisión diario periódico medios prensa radio cadena canal medio web",
    "s": """
        portavoz portavoces vocero vocera oficina gabinete representante responsable vocería despacho secretaría asesor
        oficina_de_prensa delegado
    """,
    "k": """
        abogado abogada abogados hermano hermana esposa esposo hijo hija padre madre tío primo familia familiares médico
        médicos seguidores partidarios combatientes miembros miembro exmiembro ex antiguo allegados allegado rivales rival
        enemigos víctimas amigo amigos chófer escolta vecinos simpatizantes retrato retratos casa cartel carteles foto fotos
        convoy libro estatua calle funeral juicio detención muerte soldados viuda críticos
    """,
    "r": """
        líder jefe secretario general presidente presidenta comandante jeque ministro primer ayatolá imán muftí príncipe rey
        emir embajador diputado senador sr sra don gobernador coronel dirigente clérigo fundador movimiento partido grupo
        milicia organización
    """,
    "t": """
        comunicado declaración declaraciones mensaje carta discurso vídeo video grabación tuit alocución entrevista sermón
        palabras llamamiento amenaza amenazas advertencia condena desmentido reacción respuesta promesa críticas crítica
        disculpas condolencias felicitación nota anuncio rueda_de_prensa conferencia_de_prensa ultimátum acusaciones acusación
        elogio mensajes rechazo petición
    """,
    "E": """
        publicó publica difundió difunde pronunció dirigió envió emitió emite dio ofreció divulgó lanzó lanza hizo
        hizo_público firmó publicado difundido emitido dado lanzado expresó presentó grabó concedió
    """,
    "j": """
        domingo lunes martes miércoles jueves viernes sábado ayer hoy también ya aún todavía públicamente duramente firmemente
        además nuevamente luego después este_domingo anoche tajantemente rotundamente enérgicamente abiertamente
        categóricamente oficialmente de_nuevo otra_vez entonces asimismo
    """,
}  # fmt: skip

_ODD = """
        dijo dice dicen dijeron decía pidió pide piden pidieron negó niega niegan advirtió advierte advierten desmintió
        desmiente exigió respondió responde repitió sostuvo sostiene propuso propone reconoció agradeció prometió hizo_saber
        dio_a_conocer puso_en_duda se_disculpó se_quejó se_pronunció se_comprometió se_refirió se_mostró se_opuso se_opone
        rindió_homenaje reclamó arremetió contó cuenta recuerda escribió escribe escrito dicho maldijo bendijo concluyó
        concluye adujo arguyó insistió añadió prevé_que tomó_la_palabra puso_en_guardia se_atribuyó se_adjudicó asumió
        atribuyó alzó_la_voz rompió_su_silencio rompió_el_silencio habló habla se_dirigió
    """

_MERGES = (
    (r"#(?:,#)*,?a@", "@"),
    (r"@(?:,#)*,?a#", "@"),
    (r"e?[wjr]?s[jwr]?Oe?[rj]*@", "@"),
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
    (r"Qi?[er]*@", _S),
    (r"@[hbj]*Q", _S),
    (r"Be?@", _S),
    (r"f[^,;:]{0,3}t[^,;:]{0,2}[Oy]@", _M),
    (r"t[^,;:SDhb]{0,4}[yO]e?@", _S),
    (r"[SDQE][^;:@]{0,6}y[er]*@(?!$)", _S),
    (r"D[^;:@]{0,6}ye?@", _S),
    (r"M[^;:#]{0,6}ce?@", _S),
    (r"[SDGtw]ce?@", _M),
    (r"u@", _M),
    (r"@[jhU]*[nf]", _M),
    (r"@[^,;:SD]{0,5}Z", _M),
    (r"^[^@SDh]{0,2}@(?:[ip][e#wrjO]{1,6}|,[^:q]{1,8})?:", _S),
    (r"[ipOy]e?@", _M),
    (r"^[^@]{3,}[:;-]@$", _S),
    (r"q,?-?h?[SDw]@", _S),
    (r"q,?-?@", _S),
    (r"(?:^|,)h?[SD]@", _S),
    (r"[wre#][SD]@", _M),
    (r"[SDE]@", _S),
    (r"@j*h?j*bj*[DSw]", _M),
    (r"@[ej]*h?[jeU]*[SD]", _S),
    (r"@(?:[jhe]|[pi][ejwrOt]{1,5}?)+[SD]", _S),
    (r"@[jhe]*E[^,;:]{0,5}t", _S),
    (r"@[^;:#@q]{0,10}ae?h?[SD]", _S),
    (r"@[^;:#@q]{0,10},e?h?[SD]", _S),
    (r"@[jh]*wc", _S),
    (r"@[^;:]{0,6}:q", _S),
    (r"@[^#@]*[.;](?:q,?)?[UaSDhe]*h?[SD]", _S),
)


def _forms() -> tuple[str, str]:
    """Present, past and the participle of regular verbs."""
    finite: list[str] = []
    participles: list[str] = []
    for verb in _VERBS.split():
        stem, _, more = verb.partition("_")
        behind = f"_{more}" if more else ""
        if stem.endswith("se"):
            stem = stem[:-2]
        root = stem[:-2]
        if stem.endswith("ar"):
            ends, part = ("a", "an", "ó", "aron", "aba"), "ado"
            root_past = {"ó": root}
        else:
            ends, part = ("e", "en", "ió", "ieron", "ía"), "ido"
            root_past = {}
        finite += [root_past.get(end, root) + end + behind for end in ends]
        participles += [root + part + behind, root + part[:-1] + "a" + behind]
    return " ".join(finite), " ".join(participles)


def grammar() -> Grammar:
    """The lists with every verb in its forms, compiled."""
    finite, participles = _forms()
    first = {
        tag: _LISTS[tag]
        for tag in ("L", "B", "Z", "n", "f", "Q", "b", "h", "c", "y", "i", "O", "p", "e", "U", "a", "j", "s")
    }
    rest = {tag: words for tag, words in _LISTS.items() if tag not in first}
    return compile_grammar({**first, "S": f"{finite} {_ODD}", "D": participles, **rest}, _MERGES, _RULES)
