"""Articles as the programs of ministries and parties build them, made by hand: short statements in the frames of their pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper.model import Article, Page, Source
from scraper.parsers.article import parse

SEEN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TITLE = "وزير الدفاع يستقبل نظيره"
LINES = (
    "استقبل وزير الدفاع اليوم في مكتبه نظيره الضيف، وبحث الجانبان سبل تعزيز التعاون العسكري بين البلدين الشقيقين.",
    "وأكد الوزير خلال اللقاء أهمية التنسيق المشترك في مواجهة التحديات الأمنية التي تمر بها المنطقة، مشددا على ضرورة الحوار.",
)
BODY = "".join(f"<p>{line}</p>" for line in LINES)


def read(inside: str, head: str = f"<title>{TITLE} | وزارة الدفاع</title>") -> Article:
    markup = f'<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8">{head}</head><body>{inside}</body></html>'
    url = "https://ministry.example/ar/news/100"
    page = Page(url=url, asked=url, body=markup.encode(), fetched_at=SEEN, media_type="text/html", charset="utf-8")
    return parse(page, Source(id="s", kind="listing", url="https://ministry.example/", timezone="Asia/Baghdad"))


BLOG = f"""<article class="post"><header class="entry-header"><h1 class="entry-title">{TITLE}</h1><div class="entry-meta"><span
class="posted-on"><a href="/x"><time class="entry-date published" datetime="2026-11-20T21:30:00+03:00">نوفمبر 20, 2026</time><time
class="updated" datetime="2026-11-21T08:00:00+03:00">نوفمبر 21, 2026</time></a></span><span class="byline">بواسطة <a class="url fn n"
href="/author/admin">admin</a></span></div></header><div class="entry-content">{BODY}</div><nav class="post-navigation"><a
href="/1">السابق: خبر آخر</a></nav></article><section class="related"><h3>مقالات ذات صلة</h3><a href="/2">خبر ثالث</a></section>"""
NODE = f"""<main><article class="node"><h1 class="page-title"><span>{TITLE}</span></h1><div class="node__submitted">Submitted by admin
on خ, 11/20/2026 - 14:30</div><div class="field field--name-body">{BODY}</div></article></main>"""
ITEM = f"""<div class="item-page" itemscope itemtype="https://schema.org/Article"><div class="page-header"><h1>أخبار الوزارة</h1></div>
<h2 itemprop="headline">{TITLE}</h2><dl class="article-info"><dt>التفاصيل</dt><dd class="createdby">كتب بواسطة: Super User</dd><dd
class="published"><time datetime="2026-11-20T08:12:33+00:00" itemprop="datePublished">نشر بتاريخ: 20 تشرين2/نوفمبر 2026</time></dd><dd
class="hits">الزيارات: 152</dd></dl><div itemprop="articleBody">{BODY}</div></div>"""
FORM = f"""<form id="aspnetForm" action="Details.aspx"><input type="hidden" name="__VIEWSTATE"
value="x"><div><a href="/">الرئيسية</a></div><h2 class="news-title">{TITLE}</h2><div
class="newsDate">20/11/2026</div><div class="ms-rtestate-field">{BODY}</div></form>"""


@pytest.mark.parametrize("inside", [BLOG, NODE, ITEM, FORM], ids=["blog", "node", "item", "form"])
def test_a_short_statement_is_its_own_paragraphs_and_nothing_of_its_frame(inside: str) -> None:
    article = read(inside)
    assert article.text == "\n".join(LINES)
    assert article.title == TITLE
    assert article.author is None
    assert article.published is not None and f"{article.published.at:%Y-%m-%d}" == "2026-11-20"


def test_a_statement_of_one_sentence_is_read() -> None:
    assert read(f"<h1>{TITLE}</h1><p>نحمل العدو المسؤولية الكاملة.</p>").text == "نحمل العدو المسؤولية الكاملة."


def test_lines_that_breaks_make_are_lines() -> None:
    said = "بسم الله الرحمن الرحيم<br><br>تعلن القيادة العامة أن قواتها نفذت فجر اليوم عملية في المنطقة الحدودية.<br>وتؤكد أنها رد."
    article = read(f"<h1>بيان رقم 12</h1><div class=x>{said}</div>", head="<title>بيان</title>")
    assert article.text.split("\n") == [line for line in said.split("<br>") if line]
    assert article.title == "بيان رقم 12"
