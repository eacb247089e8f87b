"""Lists as real sites build them, made by hand: agencies, ministries, card grids, files, scripts, two lists side by side."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from scraper.errors import ParseError
from scraper.model import Item, Listed, Page, Select, Source
from scraper.parsers.listing import parse

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def listed(body: str, url: str, language: str = "ar", select: Select | None = None) -> Listed:
    page = Page(url=url, asked=url, body=body.encode(), fetched_at=NOW, charset="utf-8")
    source = Source(id="s", kind="listing", url=url, language=language, timezone="Asia/Baghdad", select=select)
    return parse(page, source)


def addresses(found: Listed) -> list[str]:
    return [(item.url or "").partition("://")[2].partition("/")[2] for item in found.items]


def day(item: Item) -> str:
    return "" if item.published is None else item.published.at.date().isoformat()


AGENCY = "https://agency.example/ar/"
LEAD = ("وزير الداخلية يعلن نتائج التحقيق في حادث المعبر الحدودي", "/ar/2026/01/15/158001")
LATEST = (
    ("الحكومة توافق على موازنة العام الجديد", "/ar/news/158010", "منذ 5 دقائق"),
    ("بيان مشترك بعد لقاء رئيسي الوزراء في العاصمة", "/ar/news/158009", "منذ ساعتين"),
    ("اجتماع طارئ لمجلس الأمن غدا", "/ar/news/158008", "قبل 3 ساعات"),
    ("الدفاع: استشهاد جنديين", "/ar/news/158007", "أمس 22:10"),
)
PICTURES = (
    ("صور من افتتاح معرض بغداد الدولي للكتاب", "/ar/gallery/881"),
    ("جولة في سوق الصفافير القديم وسط العاصمة", "/ar/gallery/880"),
    ("الفيضانات تغمر القرى في محافظة واسط", "/ar/gallery/879"),
)


def agency() -> str:
    menu = "".join(
        f'<a href="/ar/cat/{n}">{name}</a>' for n, name in enumerate(("سياسة", "أمن", "اقتصاد", "رياضة", "ثقافة"))
    )
    latest = "".join(
        f'<div class="row-news"><span class="t">{ago}</span><a href="{href}">{title}</a></div>'
        for title, href, ago in LATEST
    )
    pictures = "".join(
        f'<div class="pic"><a href="{href}"><img src="{n}.jpg" alt=""></a><a class="cap" href="{href}">{title}</a></div>'
        for n, (title, href) in enumerate(PICTURES)
    )
    return f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>الوكالة</title></head><body>
    <div class="top">{menu}</div>
    <div class="slider"><div class="slide"><span class="cat"><a href="/ar/cat/1">أمن</a></span>
      <h2><a href="{LEAD[1]}">{LEAD[0]}</a></h2><p>التفاصيل الكاملة حول الحادث الذي وقع مساء الأربعاء قرب المعبر.</p></div></div>
    <div class="latest"><h3><a href="/ar/latest">آخر الأخبار</a></h3>{latest}</div>
    <div class="gallery"><h3>معرض الصور</h3>{pictures}</div>
    <div class="foot"><a href="/ar/about">من نحن</a><a href="/ar/contact">اتصل بنا</a>
    <a href="/ar/privacy-policy-terms">سياسة الخصوصية</a></div>
    </body></html>"""


def test_an_agencys_front_page_gives_its_lead_its_latest_and_its_pictures() -> None:
    found = listed(agency(), AGENCY)
    assert addresses(found) == [
        LEAD[1][1:],
        *(href[1:] for _, href, _ in LATEST),
        *(href[1:] for _, href in PICTURES),
    ]
    assert [item.title for item in found.items][:2] == [LEAD[0], LATEST[0][0]]
    assert [day(item) for item in found.items][1:5] == ["2026-01-15", "2026-01-15", "2026-01-15", "2026-01-14"]


MINISTRY = "https://ministry.example/statements.aspx"


def ministry() -> str:
    rows = (
        ("14/01/2026", "تعميم", "بشأن دوام الدوائر الرسمية", "View.aspx?id=3301"),
        ("11/01/2026", "بيان", "تصريح الناطق الرسمي", "View.aspx?id=3300"),
        ("07/01/2026", "قرار", "تعيين ملاكات جديدة في المديرية العامة", "View.aspx?id=3299"),
        ("29/12/2025", "بيان", "رد الوزارة على ما نشر", "View.aspx?id=3288"),
    )
    body = "".join(
        f'<tr><td>{n}</td><td>{date}</td><td>{kind}</td><td>{title}</td><td><a href="{href}">التفاصيل</a></td></tr>'
        for n, (date, kind, title, href) in enumerate(rows, 1)
    )
    return f"""<html><head><meta charset=utf-8><title>وزارة</title></head><body><form id="aspnetForm">
    <table class="menu"><tr><td><a href="Default.aspx">الرئيسية</a></td><td><a href="About.aspx">عن الوزارة</a></td></tr></table>
    <table id="GridView1"><tr><th>ت</th><th>التاريخ</th><th>النوع</th><th>العنوان</th><th></th></tr>{body}</table>
    </form></body></html>"""


def test_a_table_whose_links_say_details_gives_the_titles_of_its_rows() -> None:
    found = listed(ministry(), MINISTRY)
    assert addresses(found) == [f"View.aspx?id={n}" for n in (3301, 3300, 3299, 3288)]
    assert [item.title for item in found.items] == [
        "بشأن دوام الدوائر الرسمية",
        "تصريح الناطق الرسمي",
        "تعيين ملاكات جديدة في المديرية العامة",
        "رد الوزارة على ما نشر",
    ]
    assert [day(item) for item in found.items] == ["2026-01-14", "2026-01-11", "2026-01-07", "2025-12-29"]


GRID = "https://portal.example/actualites"


def grid() -> str:
    texts = (
        (
            "Politique",
            "Le premier ministre reçoit une délégation parlementaire",
            "il y a 3 heures",
            "le-premier-ministre-recoit",
        ),
        ("Société", "Grève des transports", "hier", "greve-transports-4711"),
        ("Monde", "Trois blessés dans un accident près de la frontière", "12 janvier 2026", "trois-blesses-accident"),
        ("Sport", "Victoire historique", "11 janvier 2026", "victoire-historique-4709"),
    )
    cards = "".join(
        f'<div class="css-1x{n}"><a class="css-9{n}" href="/actualites/{slug}"><div><img src="{n}.webp" alt=""></div>'
        f"<div><span>{section}</span><div>{title}</div><span>{when}</span></div></a></div>"
        for n, (section, title, when, slug) in enumerate(texts)
    )
    return f"""<html lang=fr><head><title>Actualités</title></head><body><header><a href="/">Accueil</a>
    <a href="/actualites">Actualités</a>
    <a href="/emploi">Emploi</a></header><div id="__app"><div class="css-a"><h1>Actualités</h1><div class="css-grid">{cards}</div>
    <button>Voir plus</button></div></div></body></html>"""


def test_a_grid_of_cards_without_headings_gives_titles_without_section_and_age() -> None:
    found = listed(grid(), GRID, "fr")
    assert [item.title for item in found.items] == [
        "Le premier ministre reçoit une délégation parlementaire",
        "Grève des transports",
        "Trois blessés dans un accident près de la frontière",
        "Victoire historique",
    ]
    assert [day(item) for item in found.items] == ["2026-01-15", "2026-01-14", "2026-01-12", "2026-01-11"]


FILES = "https://council.example/en/resolutions"


def files() -> str:
    rows = (
        ("S_RES_2801.pdf", "Resolution 2801 (2026)", "12 Jan 2026"),
        ("S_RES_2800.pdf", "Resolution 2800 (2025)", "19 Dec 2025"),
        ("S_PRST_44.pdf", "Presidential statement on the protection of civilians", "17 Dec 2025"),
        ("S_RES_2799.pdf", "Resolution 2799 (2025)", "2 Dec 2025"),
    )
    lines = "".join(
        f'<li>{title} <a href="/files/{name}">PDF (240 KB)</a> <a href="/files/ar/{name}">AR</a> <em>{when}</em></li>'
        for name, title, when in rows
    )
    return f"""<html><head><title>Resolutions</title></head><body><nav><a href=/en>Home</a></nav><h1>Resolutions</h1>
    <ul class="documents">{lines}</ul><footer><a href="/en/terms-of-use-page">Terms of use</a></footer></body></html>"""


def test_a_list_of_files_gives_each_document_once_under_its_name() -> None:
    found = listed(files(), FILES, "en")
    assert addresses(found) == [f"files/{name}.pdf" for name in ("S_RES_2801", "S_RES_2800", "S_PRST_44", "S_RES_2799")]
    assert [item.title for item in found.items] == [
        "Resolution 2801 (2026)",
        "Resolution 2800 (2025)",
        "Presidential statement on the protection of civilians",
        "Resolution 2799 (2025)",
    ]
    assert [day(item) for item in found.items] == ["2026-01-12", "2025-12-19", "2025-12-17", "2025-12-02"]


ENDLESS = "https://stream.example/latest"


def endless() -> str:
    entries = [
        {"id": 9000 + n, "slug": f"statement-number-{n}", "title": title, "publishedAt": f"2026-01-{15 - n:02}T08:00:00Z",
         "url": f"/latest/{9000 + n}/statement-number-{n}", "excerpt": "A few words about it that nobody needs to read twice."}
        for n, title in enumerate(
            ("Spokesman denies reports of a meeting", "Parliament votes on the budget", "Committee publishes its report",
             "Leader condemns threats against the region")
        )
    ]  # fmt: skip
    state = {"props": {"pageProps": {"menu": [{"title": "Home", "url": "/"}, {"title": "About us", "url": "/about"}],
                                     "feed": {"items": entries, "hasMore": True}}}}  # fmt: skip
    return f"""<html><head><title>Latest</title></head><body><div id="__next"><div class="spinner">Loading</div></div>
    <script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script></body></html>"""


def test_a_list_that_only_a_script_would_show_is_read_from_the_scripts_data() -> None:
    found = listed(endless(), ENDLESS, "en")
    assert addresses(found) == [f"latest/{9000 + n}/statement-number-{n}" for n in range(4)]
    assert found.items[0].title == "Spokesman denies reports of a meeting"
    assert [day(item) for item in found.items] == ["2026-01-15", "2026-01-14", "2026-01-13", "2026-01-12"]


DOUBLE = "https://paper.example/"


def double() -> str:
    news = "".join(
        f'<article><h3><a href="/news/a-long-headline-number-{n}">{title}</a></h3>'
        f"<p>{'Some words of a teaser that is read. ' * 2}</p></article>"
        for n, title in enumerate(
            (
                "Ministry summons ambassador after remarks",
                "Spokesman denies reports of a meeting",
                "Parliament votes on the budget",
            )
        )
    )
    most = "".join(
        f'<li><span>{n + 1}</span><a href="/opinion/{n}4411/why-it-matters-{n}">{title}</a></li>'
        for n, title in enumerate(("Why the border matters now", "The long war of words", "What the treaty hides"))
    )
    live = "".join(
        f'<div class="ticker-item"><time datetime="2026-01-15T{10 - n}:00+03:00">{10 - n}:00</time>'
        f'<a href="/live/{n}7719">{title}</a></div>'
        for n, title in enumerate(("Talks resume", "Two convoys arrive", "Fire at the port"))
    )
    return f"""<html lang=en><head><title>Paper</title></head><body><nav><a href="/news">News</a><a href="/opinion">Opinion</a></nav>
    <main>{news}</main><aside><h4>Most read</h4><ol>{most}</ol></aside><aside class="ticker"><h4>Live</h4>{live}</aside>
    <footer><a href="/imprint">Imprint</a><a href="/terms-and-conditions-of-use">Terms and conditions</a></footer></body></html>"""


def test_the_list_beside_the_list_counts_too_even_with_short_titles() -> None:
    found = listed(double(), DOUBLE, "en")
    assert addresses(found) == [
        *(f"news/a-long-headline-number-{n}" for n in range(3)),
        *(f"opinion/{n}4411/why-it-matters-{n}" for n in range(3)),
        *(f"live/{n}7719" for n in range(3)),
    ]
    assert found.items[-1].title == "Fire at the port"


SECTIONED = "".join(
    f'<article><h4><a class="section" href="/{section}/">{name}</a>'
    f' <a href="/{section}/article-{n}/a-slug-of-words">{title}</a></h4></article>'
    for n, (section, name, title) in enumerate(
        (
            ("economy", "Economy", "Ministry publishes its plan for the ports of the south"),
            ("politics", "Politics", "Spokesman denies reports of a meeting in the capital"),
            ("politics", "Politics", "Parliament votes on the budget after three days of debate"),
        )
    )
)


def test_a_sections_link_inside_a_headline_is_no_item_and_lends_it_no_words() -> None:
    found = listed(f"<html><head><title>x</title></head><body><main>{SECTIONED}</main></body></html>", DOUBLE, "en")
    assert [item.title for item in found.items] == [
        "Ministry publishes its plan for the ports of the south",
        "Spokesman denies reports of a meeting in the capital",
        "Parliament votes on the budget after three days of debate",
    ]


def test_selectors_without_a_link_take_the_headlines_link_not_the_sections() -> None:
    found = listed(f"<html><body>{SECTIONED}</body></html>", DOUBLE, "en", Select(item="article"))
    assert addresses(found)[0] == "economy/article-0/a-slug-of-words"
    assert found.items[0].title == "Ministry publishes its plan for the ports of the south"


def test_selectors_without_a_link_keep_a_heading_above_a_link_that_says_read_more() -> None:
    cards = "".join(
        f"<article><h3>Headline number {n}</h3><p><a href='/n/{n}'>Read more</a></p></article>" for n in range(3)
    )
    found = listed(f"<html><body>{cards}</body></html>", DOUBLE, "en", Select(item="article"))
    assert [item.title for item in found.items] == ["Headline number 0", "Headline number 1", "Headline number 2"]


def test_names_of_authors_beside_a_list_are_no_items() -> None:
    authors = "".join(
        f'<li><a href="/staff/author-{n}4411-7719">{name}</a></li>'
        for n, name in enumerate(("Anna Smith", "Jo van Dyke", "Omar Haddad"))
    )
    body = double().replace("<aside><h4>Most read</h4>", f"<ul>{authors}</ul><aside><h4>Most read</h4>")
    assert addresses(listed(body, DOUBLE, "en")) == addresses(listed(double(), DOUBLE, "en"))


def test_the_menu_in_a_pages_data_is_no_list() -> None:
    entries = [
        {"title": name, "url": f"/{name.lower()}"} for name in ("Politics", "Economy", "Culture", "Sports", "Opinion")
    ]
    data = json.dumps({"menu": entries})
    body = f"<html><head><title>Latest</title></head><body><script>window.__STATE__ = {data};</script></body></html>"
    with pytest.raises(ParseError, match="no list in it"):
        listed(body, ENDLESS, "en")


def test_links_to_comments_do_not_repeat_the_articles() -> None:
    cards = "".join(
        f"<article><h2><a href='/s/2026/{n}'>A headline of some words, number {n}</a></h2>"
        f"<a href='/s/2026/{n}/comments'>{n} comments</a></article>"
        for n in range(4)
    )
    found = listed(f"<html><body><main>{cards}</main></body></html>", DOUBLE, "en")
    assert addresses(found) == [f"s/2026/{n}" for n in range(4)]


def test_a_page_that_is_one_form_is_read_and_a_search_form_is_not() -> None:
    form = "<form><input name=q>" + "".join(
        f"<a href='/s/hot-topic-of-the-day-{n}'>A hot topic of this very day {n}</a>" for n in range(4)
    )
    found = listed(double().replace("<main>", form + "</form><main>"), DOUBLE, "en")
    assert addresses(found) == addresses(listed(double(), DOUBLE, "en"))


def test_one_promoted_entry_of_a_form_of_its_own_counts_beside_a_list() -> None:
    promoted = "<article class=box><a href='/2026/03?from=box'>This week in print: how the border came to be where it is</a></article>"
    found = listed(double().replace("</main>", f"{promoted}</main>"), DOUBLE, "en")
    assert "2026/03?from=box" in addresses(found)


TEXTS = (
    "Ministry summons ambassador after remarks on the border",
    "Storm at sea",
    "Parliament votes on the budget after three days of debate",
    "The man who knew",
    "Spokesman denies reports of a secret meeting in the capital",
)


def of_shape(shape: str, language: str = "en") -> Listed:
    entries = "".join(shape.format(n=n, title=title) for n, title in enumerate(TEXTS))
    return listed(f"<html lang={language}><body><div class=main>{entries}</div></body></html>", DOUBLE, "")


@pytest.mark.parametrize(
    "shape",
    [
        "<div><a href='/news/{n}00100'><span class=top>Topic</span><span class=ttl>{title}</span><span class=txt>Two sentences that"
        " sum up what the article says. Nobody takes them for a headline.</span></a></div>",
        "<article><a href='/x/{n}00100'><h4 class=k>A kicker that is long by itself {n}</h4><h3>{title}</h3></a></article>",
        "<div class=card><h4>{title}</h4><p>What it says in many words, and in more.</p><a href='/n/a-b-c-{n}'>Read more</a></div>",
        "<div><a href='/n/a-b-c-{n}' title='{title}'><img src=x alt='{title}'></a></div>",
        "<p><b>1{n} January 2026</b> - <a href='statement{n}0.htm'>{title}</a></p>",
    ],
)
def test_short_headlines_are_found_where_the_long_ones_stand(shape: str) -> None:
    assert [item.title for item in of_shape(shape).items] == list(TEXTS)


def test_a_page_of_nothing_but_short_titles_is_a_list_where_its_addresses_count_them() -> None:
    found = of_shape("<div class=v><a href='/video/{n}88123'><img></a><a href='/video/{n}88123'>{title:.20}</a></div>")
    assert len(found.items) == len(TEXTS)


def test_the_language_of_the_page_decides_which_number_is_the_day() -> None:
    shape = "<li><a href='/n/a-b-c-{n}'>{title}</a> <small>0{n}/01/2026</small></li>"
    assert [day(item) for item in of_shape(shape, "ar").items][1:] == [f"2026-01-0{n}" for n in range(1, 5)]
    assert [day(item) for item in of_shape(shape, "en").items][2:] == ["", "", ""]
    assert [item.language for item in of_shape(shape, "ar").items] == [""] * 5


def test_a_bare_number_beside_a_headline_is_no_date() -> None:
    found = of_shape("<li><a href='/n/a-b-c-{n}'>{title}</a> <span>176837580{n}</span></li>")
    assert [day(item) for item in found.items] == [""] * 5


def test_a_heading_that_holds_every_link_of_a_page_costs_little() -> None:
    anchors = "".join(f"<a href='/n/{n}9999'>word {n}</a>" for n in range(5_000))
    began = time.process_time()
    with pytest.raises(ParseError, match="no list in it"):
        listed(f"<html><body><h2>{anchors}</h2></body></html>", DOUBLE, "en")
    assert time.process_time() - began < 10  # it was a hundred seconds
