"""Who speaks, in sentences that were written without a look at the rules: each shows one way to report speech, or not to."""

from __future__ import annotations

import pytest

from alerts.model import Actor
from alerts.watch.match import compile_watchlist

NAMES = {
    "en": "Hassan Fadlallah",
    "fr": "Hassan Fadlallah",
    "tr": "Devlet Bahçeli",
    "ar": "حسن فضل الله",
    "he": "אביגדור ליברמן",
    "ru": "Дмитрий Песков",
}


def roles(language: str, text: str) -> set[str | None]:
    watch = compile_watchlist([Actor("it", "person", NAMES[language])], ())
    return {match.role for match in watch.match("", text, language=language)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", 'Asked whether the truce would hold, Hassan Fadlallah shook his head: "Not in its current form."'),
        ("en", '"We will be back," read a post on Hassan Fadlallah\'s account on X.'),
        ("en", "Hassan Fadlallah did not rule out a new round of talks."),
        ("fr", "C'est « une farce », s'est emporté Hassan Fadlallah."),
        ("fr", "Hassan Fadlallah n'exclut pas un accord."),
        ("tr", "Devlet Bahçeli, partisinin grup toplantısında gündeme ilişkin değerlendirmelerde bulundu."),
        ("ar", "أكد عضو كتلة الوفاء للمقاومة حسن فضل الله في تصريح أن الجلسة قائمة."),
        ("ar", "قال النائب في البرلمان اللبناني حسن فضل الله، اليوم الخميس، إن القانون لن يمر."),
        ("ar", "لم يستبعد حسن فضل الله جولة جديدة."),
        ("he", "בתגובה אמר אביגדור ליברמן כי המהלך מסוכן."),
        ("ru", "Об этом журналистам сообщил пресс-секретарь президента Дмитрий Песков."),
        ("ru", "«Это не так», — сказал журналистам пресс-секретарь Кремля Дмитрий Песков."),
        ("ru", "Дмитрий Песков не исключил новых контактов."),
    ],
)
def test_who_is_reported_to_have_spoken_is_the_speaker(language: str, text: str) -> None:
    assert roles(language, text) == {"speaker"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le juge a convoqué Hassan Fadlallah, a indiqué une source judiciaire."),
        ("tr", "Devlet Bahçeli hastaneye kaldırıldı, yetkililer açıkladı."),
        ("ru", "Зеленский назвал слова Дмитрия Пескова ложью."),
        ("ru", "О назначении Дмитрия Пескова сообщил телеканал."),
        ("en", "Hassan Fadlallah was seen leaving the ministry by a side door."),
    ],
)
def test_who_is_only_spoken_about_is_mentioned(language: str, text: str) -> None:
    assert roles(language, text) == {"mentioned"}
