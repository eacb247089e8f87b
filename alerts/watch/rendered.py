"""Writes a name in other scripts and other ways of transliteration, word by word: what a person is shown, and may prune. Pure.

A word that is known (`_KNOWN`) is written as it is written; any other letter by letter, which Arabic, where it leaves out
short vowels and has three letters for one of ours, often gets wrong: such a spelling is not `sure`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from rapidfuzz.distance import JaroWinkler

from alerts.watch.names import is_article
from alerts.watch.skeleton import CYRILLIC, sounds, vowels_apart
from scraper.text import fold, spell_name

Script = Literal["Latin", "Turkish", "Arabic", "Persian", "Hebrew", "Cyrillic"]
SCRIPTS: tuple[Script, ...] = ("Latin", "Turkish", "Arabic", "Persian", "Hebrew", "Cyrillic")

_KNOWN = """
qais قيس|khazali خزعلي|laith ليث|hadi هادي|amiri عامري|nouri نوري|maliki مالكي|muqtada مقتدى|sadr صدر|ali علي|sistani سيستاني
khamenei خامنئي|qasim قاسم|qassem قاسم|soleimani سليماني|akram أكرم|kaabi كعبي|kabi كعبي|abu أبو|abi أبي|ala آلاء|walai ولائي
falih فالح|fayyad فياض|mahdi مهدي|muhandis مهندس|hakim حكيم|ammar عمار|muhammad محمد|shia شياع|sudani سوداني|nasrallah نصر.الله
hezbollah حزب.الله|hizb حزب|hizballah حزب.الله|asaib عصائب|ahl أهل|haqq حق|kataib كتائب|harakat حركة|nujaba نجباء|sayyid سيد
shuhada شهداء|badr بدر|hashd حشد|shaabi شعبي|ansar أنصار|allah الله|jaysh جيش|saraya سرايا|liwa لواء|quds قدس|islam إسلام
islami إسلامي|islamiyya إسلامية|jihad جهاد|fatah فتح|hamas حماس|hasan حسن|hassan حسن|husayn حسين|hussein حسين|haidar حيدر
abbas عباس|ahmad أحمد|ibrahim إبراهيم|ismail إسماعيل|ishaq إسحاق|yusuf يوسف|yahya يحيى|isa عيسى|musa موسى|dawud داود
sulayman سليمان|mustafa مصطفى|mahmud محمود|hamid حميد|hamza حمزة|jafar جعفر|jaafar جعفر|kazim كاظم|kadhim كاظم|karim كريم
khalid خالد|khalil خليل|majid ماجد|salih صالح|saleh صالح|salim سالم|salam سلام|samir سمير|said سعيد|saad سعد|saud سعود
sultan سلطان|fahd فهد|faisal فيصل|turki تركي|bandar بندر|rashid رشيد|omar عمر|umar عمر|uthman عثمان|bakr بكر|baqir باقر
baghdadi بغدادي|basri بصري|tikriti تكريتي|iraqi عراقي|shami شامي|masri مصري|turkmani تركماني|kurdi كردي|jubouri جبوري
dulaimi دليمي|zubaidi زبيدي|zaidi زيدي|tamimi تميمي|shammari شمري|rubaie ربيعي|saadi ساعدي|saidi ساعدي|musawi موسوي
husseini حسيني|hassani حسني|hashimi هاشمي|alawi علوي|abadi عبادي|jaafari جعفري|araji أعرجي|gharawi غراوي|kinani كناني
halbousi حلبوسي|khafaji خفاجي|kadhimi كاظمي|barzani بارزاني|talabani طالباني|allawi علاوي|mashhadani مشهداني|muhammadawi محمداوي
fadak فدك|aziz عزيز|rahman رحمن|rahim رحيم|latif لطيف|malik مالك|mansur منصور|nasir ناصر|nasser ناصر|bashar بشار|assad أسد
asad أسد|hafiz حافظ|houthi حوثي|abd عبد|badr بدر|din دين|jabbar جبار|qadir قادر|wahid واحد|walid وليد|yasir ياسر|zayd زيد
zain زين|zahra زهراء|fatima فاطمة|zaynab زينب|sheikh شيخ|imam إمام|awliya أولياء|dam دم|tahrir تحرير|sham شام|nusra نصرة
dawla دولة|muqawama مقاومة|hurr حر|adl عدل|rida رضا|reza رضا|raad رعد|riyad رياض|tariq طارق|adil عادل|adnan عدنان|anwar أنور
ayman أيمن|bilal بلال|fadil فاضل|ghazi غازي|habib حبيب|hashim هاشم|hisham هشام|ihsan إحسان|iyad إياد|jalal جلال|jamal جمال
jasim جاسم|jawad جواد|kamal كمال|munir منير|murtada مرتضى|nabil نبيل|naji ناجي|nizar نزار|osama أسامة|usama أسامة|rafiq رفيق
ramadan رمضان|sabah صباح|sadiq صادق|sami سامي|shakir شاكر|sharif شريف|taha طه|thamir ثامر|wisam وسام|yasin ياسين|yunis يونس
wali ولي|zaki زكي|hani هاني|mubarak مبارك|khalifa خليفة|ubaidi عبيدي|tahir طاهر|talib طالب|izzat عزت|amir أمير|haqqani حقاني
saddam صدام|abdul عبد|abdullah عبد.الله|yazid يزيد|haniyeh هنية|masoud مسعود|hamdan حمدان|zuhair زهير|awad عوض|imad عماد|isam عصام
majeed مجيد|sharif شريف|thani ثاني|qaani قاآني|salami سلامي|rouhani روحاني|zarif ظريف|pezeshkian بزشكيان|araghchi عراقجي
larijani لاريجاني|mojtaba مجتبى|ziyad زياد|zawahiri ظواهري|mulla ملا|haji حاج|rayan ريان|kildani كلداني|shibl شبل
muslim مسلم|bin بن|ibn ابن|umm أم
"""
"""Latin spelling and Arabic one; a dot stands for a space. One spelling of each sound is enough: words are found by sound."""

_ARABIC = (
    ("kh", "خ"), ("gh", "غ"), ("sh", "ش"), ("th", "ث"), ("dh", "ذ"), ("ch", "ش"), ("dj", "ج"), ("ph", "ف"), ("zh", "ج"),
    ("aa", "ا"), ("ee", "ي"), ("ii", "ي"), ("oo", "و"), ("ou", "و"), ("uu", "و"), ("ai", "ي"), ("ay", "ي"), ("ei", "ي"),
    ("ey", "ي"), ("aw", "و"), ("au", "و"), ("'", "ع"), ("b", "ب"), ("c", "ك"), ("d", "د"), ("f", "ف"), ("g", "غ"), ("h", "ح"),
    ("j", "ج"), ("k", "ك"), ("l", "ل"), ("m", "م"), ("n", "ن"), ("p", "ب"), ("q", "ق"), ("r", "ر"), ("s", "س"), ("t", "ت"),
    ("v", "ف"), ("w", "و"), ("x", "كس"), ("y", "ي"), ("z", "ز"), ("i", "ي"), ("u", "و"), ("o", "و"), ("a", "ا"), ("e", ""),
)  # fmt: skip
_HEBREW = dict(zip(
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةئؤأإآء",
    ("א", "ב", "ת", "ת'", "ג'", "ח", "ח'", "ד", "ד'", "ר", "ז", "ס", "ש", "צ", "ד", "ט", "ט'", "ע", "ע'", "פ", "ק", "כ", "ל", "מ",
     "נ", "ה", "ו", "י", "א", "ה", "י", "ו", "א", "א", "א", ""),
    strict=True,
))  # fmt: skip
_FINALS = str.maketrans("כמנפצ", "ךםןףץ")
_CYRILLIC = (
    ("kh", "х"), ("gh", "г"), ("sh", "ш"), ("th", "т"), ("dh", "д"), ("ch", "ч"), ("dj", "дж"), ("ph", "ф"), ("zh", "ж"),
    ("aa", "а"), ("ee", "и"), ("ii", "и"), ("oo", "у"), ("ou", "у"), ("uu", "у"), ("ai", "ай"), ("ay", "ай"), ("ei", "ей"),
    ("ey", "ей"), ("ya", "я"), ("yu", "ю"), ("ye", "е"), ("iya", "ия"), ("b", "б"), ("c", "к"), ("d", "д"), ("f", "ф"),
    ("g", "г"), ("h", "х"), ("j", "дж"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("p", "п"), ("q", "к"), ("r", "р"),
    ("s", "с"), ("t", "т"), ("v", "в"), ("w", "в"), ("x", "кс"), ("y", "и"), ("z", "з"), ("a", "а"), ("e", "е"), ("i", "и"),
    ("o", "о"), ("u", "у"), ("'", ""),
)  # fmt: skip
_TURKISH = (
    ("kh", "h"), ("gh", "g"), ("sh", "ş"), ("th", "s"), ("dh", "z"), ("ch", "ç"), ("dj", "c"), ("ph", "f"), ("aa", "a"),
    ("ee", "i"), ("ii", "i"), ("oo", "u"), ("ou", "u"), ("uu", "u"), ("ai", "ay"), ("ei", "ey"), ("q", "k"), ("j", "c"),
    ("w", "v"), ("x", "ks"), ("'", ""),
)  # fmt: skip
_FRENCH = (("sh", "ch"), ("ou", "ou"), ("u", "ou"), ("dj", "dj"), ("j", "dj"), ("w", "ou"), ("q", "k"), ("'", ""))
_GERMAN = (("sch", "sch"), ("sh", "sch"), ("kh", "ch"), ("dj", "dsch"), ("j", "dsch"), ("q", "k"), ("'", ""))
_ROMAN = dict(zip(
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةئؤأإآءپچژگکی",
    ("a", "b", "t", "th", "j", "h", "kh", "d", "dh", "r", "z", "s", "sh", "s", "d", "t", "z", "", "gh", "f", "q", "k", "l", "m", "n",
     "h", "w", "y", "a", "a", "i", "u", "a", "i", "a", "", "p", "ch", "zh", "g", "k", "y"),
    strict=True,
))  # fmt: skip
_HEBREW_ROMAN = dict(zip("אבגדהוזחטיכךלמםנןסעפףצץקרשת", "abgdhwzhtykklmmnnsafftsqrst".ljust(27), strict=False))
_LETTERS = re.compile(r"kh|gh|sh|th|dh|ch|dj|ph|zh|aa|ee|ii|oo|ou|uu|a[iyuw](?![aeiou])|e[iy](?![aeiou])|.")
_KNOWN_ENOUGH = 0.8
"""Jaro-Winkler likeness of two Latin spellings of one sound."""
_SIGNS = "’‘`ʿʾʻʼ"
_TURKISH_LETTERS: dict[int, str] = {ord("ş"): "sh", ord("ç"): "ch", ord("ğ"): "gh", ord("ı"): "i", ord("ə"): "a"}
_VOWELS = "aeiou"


class Word(NamedTuple):
    """One word of a name: its Latin and its Arabic form, whether it carries an article, and which of the two forms are sure."""

    latin: str
    arabic: str
    article: bool
    latin_sure: bool
    arabic_sure: bool


def words_of(name: str) -> tuple[Word, ...]:
    """The words of a name in any of the scripts, with their Latin and Arabic forms; () for a name without letters."""
    pieces = [piece for piece in re.split(r"[\s\-_‐‑–/,.()\"“”«»]+", _plain(name)) if piece]
    words: list[Word] = []
    article = False
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else ""
        if following and len(piece) <= 4 and is_article(_folded(piece), _folded(following)):
            article = True
            continue
        words.append(_word(piece, article))
        article = False
    return tuple(words)


def render(words: tuple[Word, ...], script: Script) -> tuple[tuple[str, bool], ...]:
    """The spellings of a name in one script, the likeliest first, each with whether it is sure."""
    said, sure = all(word.latin_sure for word in words), all(word.arabic_sure for word in words)
    match script:
        case "Latin":
            return tuple((text, said) for text in _latin(words))
        case "Turkish":
            return ((_joined(words, "el-", [_spelled(word.latin, _TURKISH) for word in words], "tr"), said),)
        case "Cyrillic":
            return ((_joined(words, "аль-", [_cyrillic(word.latin) for word in words]), said),)
        case "Arabic":
            return ((" ".join(("ال" if word.article else "") + word.arabic for word in words), sure),)
        case "Persian":
            return ((" ".join(_persian(word.arabic) for word in words), sure),)
        case "Hebrew":
            return ((" ".join(("אל-" if word.article else "") + _hebrew(word.arabic) for word in words), sure),)


def script_of(text: str) -> Script:
    """The script most letters of `text` are in; Persian where it has a letter that Arabic has not."""
    counts: dict[Script, int] = {"Latin": 0, "Arabic": 0, "Hebrew": 0, "Cyrillic": 0}
    for letter in text:
        if "\u0600" <= letter <= "\u06ff":
            counts["Arabic"] += 1
        elif "\u0590" <= letter <= "\u05ff":
            counts["Hebrew"] += 1
        elif "\u0400" <= letter <= "\u052f":
            counts["Cyrillic"] += 1
        elif letter.isalpha():
            counts["Latin"] += 1
    most = max(counts, key=lambda script: counts[script])
    if most == "Arabic" and re.search("[پچژگکی]", text):
        return "Persian"
    return "Turkish" if most == "Latin" and re.search("[şğıŞĞİ]", text) else most


def _word(piece: str, article: bool) -> Word:
    script = script_of(piece)
    if script in ("Arabic", "Persian"):
        if piece.startswith("ال") and len(piece) > 4 and piece != "الله":
            piece, article = piece[2:], True
        latin, known = _latin_of(piece)
        return Word(latin, _arabic_letters(piece), article, known, arabic_sure=True)
    if script == "Cyrillic":
        latin = piece.casefold().translate(CYRILLIC).replace("Γ", "g")
    elif script == "Hebrew":
        if piece.startswith("אל") and len(piece) > 4:
            piece, article = piece[2:], True
        latin = _with_vowels([_HEBREW_ROMAN.get(letter, "").strip() for letter in piece])
    else:
        latin = _latin_letters(piece)
    arabic, known = _arabic_of(latin)
    return Word(latin, arabic, article, script != "Hebrew", known and script != "Hebrew")


@cache
def _table() -> dict[str, list[tuple[str, str]]]:
    """The known words by how they sound: Latin and Arabic spelling."""
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in _KNOWN.replace("\n", "|").split("|"):
        if entry.strip():
            latin, arabic = entry.split()
            for sound in sounds(latin):
                found.setdefault(sound.key, []).append((latin, arabic.replace(".", " ")))
    return found


@cache
def _reversed() -> dict[str, str]:
    return {
        spell_name(_folded(arabic.replace(" ", ""))): latin for pairs in _table().values() for latin, arabic in pairs
    }


def _arabic_of(latin: str) -> tuple[str, bool]:
    """The Arabic form of a Latin word, and whether it is a known one: of the same sound, and written much alike."""
    plain = latin.replace("'", "")
    best: tuple[float, float, str] | None = None
    for sound in sounds(plain):
        for known, arabic in _table().get(sound.key, ()):
            apart = min((vowels_apart(sound, other) for other in sounds(known) if other.key == sound.key), default=9.0)
            rank = (-JaroWinkler.similarity(_by_taste(plain), _by_taste(known)), apart, arabic)
            if apart <= 0.5 and -rank[0] >= _KNOWN_ENOUGH and (best is None or rank < best):
                best = rank
    if best is not None:
        return best[2], True
    return _by_letters(latin), False


@lru_cache(maxsize=4096)
def _by_taste(word: str) -> str:
    """A Latin spelling without what differs from one transliteration to the next."""
    for written, one in (
        ("kh", "h"),
        ("gh", "g"),
        ("dh", "z"),
        ("ou", "u"),
        ("oo", "u"),
        ("ee", "i"),
        ("q", "k"),
        ("y", "i"),
    ):
        word = word.replace(written, one)
    return word.replace("w", "u").replace("e", "i").replace("o", "u")


def _by_letters(latin: str) -> str:
    """Letter by letter. Written are the vowels that are long as a rule: at the ends of a word, before its last consonant
    (not the a of Hasan), and the a behind a doubled consonant (Abbas)."""
    latin = latin.replace("yy", "y")
    sounds_of = [found[0] for found in _LETTERS.finditer(latin)]
    spoken = [at for at, one in enumerate(sounds_of) if one[0] not in _VOWELS]
    nisba = len(spoken) > 1 and sounds_of[-1] in ("i", "y") and sounds_of[-1] == latin[-1]
    out = ""
    for at, one in enumerate(sounds_of):
        if one[0] not in _VOWELS or len(one) > 1:
            if one != (sounds_of[at - 1] if at else ""):
                out += ("ع" if at == 0 and one == "ou" else "") + _spelled(one, _ARABIC)
            continue
        if at == 0:
            out += {"u": "ع", "i": "ع", "o": "ع", "e": "إ"}.get(one, "أ")
        elif at == len(sounds_of) - 1:
            out += {"i": "ي", "o": "و", "u": "و", "a": "ا", "e": "ه"}[one]
        elif spoken and at == spoken[-1] - 1:
            before = [each for each in sounds_of[:at] if each[0] in _VOWELS]
            doubled = at > 1 and sounds_of[at - 1] == sounds_of[at - 2]
            is_long = one in "iuo" or doubled or nisba or (bool(before) and (len(spoken) > 3 or before[-1] != "a"))
            written = _spelled(one, _ARABIC) if is_long else ""
            out += "" if out.endswith(written) else written
    return out


def _latin_of(arabic: str) -> tuple[str, bool]:
    known = _reversed().get(spell_name(_folded(arabic)))
    if known is not None:
        return known, True
    return _with_vowels([_ROMAN.get(letter, "") for letter in arabic]), False


def _with_vowels(letters: list[str]) -> str:
    """Consonants as a word that can be said: an a between two, and w and y as the vowels that they are there."""
    text = ""
    letters = [letter for letter in letters if letter]
    for at, letter in enumerate(letters):
        after = letters[at + 1] if at + 1 < len(letters) else ""
        if letter in ("w", "y") and at and (not after or after[0] not in "a"):
            text += "u" if letter == "w" else "i"
            continue
        if text and text[-1] not in _VOWELS and letter[0] not in _VOWELS:
            text += "a"
        text += letter
    return text


def _latin(words: tuple[Word, ...]) -> list[str]:
    """Ways that the press writes a name: articles, q and k, ai and ay, French, German; without the signs of ayn and hamza."""
    plain = [word.latin.replace("'", "") for word in words]
    changed = [
        plain,
        [re.sub(r"ai(?=[^aeiou'])", "ay", word.latin).replace("'", "") for word in words],
        [word.replace("q", "k") for word in plain],
        [re.sub("a[iy](?=[^aeiouy'])", "ei", word.latin).replace("q", "k").replace("'", "") for word in words],
    ]
    forms = [_joined(words, "al-", one) for one in changed]
    forms += [_joined(words, "el-", changed[2]), _joined(words, "", plain), _joined(words, "Al", plain, lower=True)]
    forms.append(_joined(words, "al-", [_spelled(word.latin, _FRENCH) for word in words]))
    forms.append(_joined(words, "al-", [_spelled(word.latin, _GERMAN) for word in words]))
    forms.append(_joined(words, "al-", [re.sub(r"([^aeiou])\1", r"\1", word) for word in plain]))
    return list(dict.fromkeys(forms))


def _joined(
    words: tuple[Word, ...], article: str, spelled: list[str], language: str = "", *, lower: bool = False
) -> str:
    """The words with their articles, each with a capital (`lower`: only the article, where there is one)."""
    out = []
    for word, text in zip(words, spelled, strict=True):
        if word.article and article:
            out.append(article + (text if lower else _capital(text, language)))
        else:
            out.append(_capital(text, language))
    return " ".join(out)


def _capital(word: str, language: str = "") -> str:
    if language == "tr" and word.startswith("i"):
        return "İ" + word[1:]
    return word[:1].upper() + word[1:]


def _spelled(word: str, table: tuple[tuple[str, str], ...]) -> str:
    out, at = "", 0
    while at < len(word):
        written, letter = next((pair for pair in table if word.startswith(pair[0], at)), (word[at], word[at]))
        out += letter
        at += len(written)
    return out


def _cyrillic(latin: str) -> str:
    text = _spelled(latin.replace("yy", "y"), _CYRILLIC)
    return "э" + text[1:] if text.startswith("е") else text


def _persian(arabic: str) -> str:
    text = arabic.translate(str.maketrans("يكىةأإ", "یکیهاا"))
    return text.replace("ء", "").replace("ئ", "ئ")


def _hebrew(arabic: str) -> str:
    words = ["".join(_HEBREW.get(letter, letter) for letter in word) for word in arabic.split(" ")]
    words = [word[:-1] + word[-1].translate(_FINALS) if len(word) > 1 else word for word in words]
    return " ".join(words)


def _arabic_letters(word: str) -> str:
    return word.translate(str.maketrans("یکى", "يكى"))


def _latin_letters(word: str) -> str:
    """A Latin word in small letters without marks; Turkish and Azeri letters as they sound, ayn and hamza as '."""
    word = word.replace("İ", "i").casefold()
    word = re.sub(f"[{_SIGNS}]", "'", word).translate(_TURKISH_LETTERS)
    spread = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in spread if letter == "'" or (letter.isascii() and letter.isalnum())).strip("'")


def _plain(name: str) -> str:
    """Without vowel marks and tatweel, compatibility forms resolved."""
    spread = unicodedata.normalize("NFKC", name)
    return "".join(letter for letter in spread if letter != "ـ" and unicodedata.category(letter) != "Mn")


def _folded(word: str) -> str:
    return "".join(fold(word).words)
