"""Sound inputs for the fuzzer to break, and pieces that mean something to the doors it throws them at."""

from __future__ import annotations

import json

RSS = b"""\x00<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xml:base="https://b.example/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>News</title><language>ar</language><item><title>Khazali &amp; co &lt;b&gt;warn&lt;/b&gt;</title><link>/a?utm_source=x</link>
<guid isPermaLink="false">g1</guid><pubDate>Sat, 20 Jun 2026 11:00:00 +0300</pubDate><dc:creator>A</dc:creator>
<description><![CDATA[<p>text <a href="javascript:x">y</a></p>]]></description>
<content:encoded>full &#x202e; text</content:encoded></item>
<item><title>&#1602;&#1610;&#1587;</title><link>http://[::1]/b</link><pubDate>yesterday</pubDate></item></channel></rss>"""
ATOM = b"""\x00<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fa"><title type="html">T</title><entry><id>urn:1</id>
<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x <b>y</b></div></title><link rel="alternate" href="a"/>
<updated>2026-06-20T09:00:00Z</updated><summary>s</summary><author><name>N</name></author></entry></feed>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [
            {
                "id": 1,
                "url": "/a",
                "title": "x",
                "content_html": "<p>y",
                "date_published": "2026-06-20T09:00:00Z",
                "authors": [{"name": "n"}],
            }
        ],
    }
).encode()
LIST = b"""\x00<html lang="en"><head><base href="/x/"><title>T</title><meta charset="windows-1256"></head><body><main>
<article><h2><a href="a/1">First statement of the group</a></h2><time datetime="2026-06-20">7 hours ago</time><p>teaser</p></article>
<article><h2><a href="a/2">Second statement of the group</a></h2>
<time>30 \xd8\xae\xd8\xb1\xd8\xaf\xd8\xa7\xd8\xaf 1404</time><p>t</p></article>
<article><h2><a href="//[bad">Third statement of the group</a></h2><time>June 20, 2026</time></article></main>
<a class="next" href="?page=2">next</a><script type="application/ld+json">{"@type":"NewsArticle","headline":"x",
"datePublished":"2026-06-20T09:00:00Z","author":[{"name":"n"}]}</script></body></html>"""
ARTICLE = LIST.replace(
    b"</main>", b'<h1>Head</h1><p>On June 20, 2026, he said: "' + b"many words here, " * 20 + b'"</p></main>'
)
EML = b"""From: a@example.org\nSubject: =?utf-8?B?2YLZitiz?=\nDate: Sat, 20 Jun 2026 11:00:00 +0300\nMessage-ID: <x@y>
MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain; charset=utf-7\n
hello +AGE-\n--B\nContent-Type: text/html; charset=x\nContent-Transfer-Encoding: base64\n\nPGI+aGk8L2I+\n--B--\n"""
UPDATE = json.dumps(
    {
        "update_id": 1,
        "message": {
            "message_id": 2,
            "date": 1,
            "chat": {"id": -5, "type": "supergroup", "title": "x"},
            "from": {"id": 3, "is_bot": False, "first_name": "A", "language_code": "ar"},
            "text": "/watch@bayan_bot name here",
            "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "x"},
            "message_thread_id": 7,
            "is_topic_message": True,
            "reply_to_message": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "supergroup"}},
        },
    }
).encode()
CALLBACK = json.dumps(
    {
        "update_id": 1,
        "callback_query": {
            "id": "q",
            "from": {"id": 3, "is_bot": False, "first_name": "A"},
            "chat_instance": "c",
            "data": "abc",
            "message": {"message_id": 2, "date": 0, "chat": {"id": 3, "type": "private"}},
        },
    }
).encode()
MEMBER = json.dumps(
    {
        "update_id": 1,
        "my_chat_member": {
            "chat": {"id": -5, "type": "group", "title": "x"},
            "date": 1,
            "from": {"id": 3, "is_bot": False, "first_name": "A"},
            "old_chat_member": {"status": "left", "user": {"id": 9, "is_bot": True, "first_name": "b"}},
            "new_chat_member": {"status": "member", "user": {"id": 9, "is_bot": True, "first_name": "b"}},
        },
    }
).encode()
CONFIG = b"""timezone = "UTC"\ninclude = ["more/*.toml"]
[fetch]\ninterval = "10m"\nmax_bytes = "10MiB"\nallow_private = ["10.0.0.0/8", "h:80"]
proxy = "socks5h://u:p@127.0.0.1:9050"\n[sources.a]\nkind = "listing"\nurl = "https://news.example.org/"\nheaders = {X = { env = "T" }}
select = { item = "article", link = "a@href" }\ntags = ["x"]\nspeaks_for = ["k"]\n[sources.b]\nkind = "sitemap"\nurl = "https://x.example/s.xml"
match_url = "(a+)+$"\n[actors.k]\ntype = "person"\nname = "Qais al-Khazali"\naliases = ["\xd9\x82\xd9\x8a\xd8\xb3"]\nmember_of = ["k"]
[keywords.t]\nquery = "drone NEAR/5 border -toy"\n[channels.c]\nkind = "telegram"\ntoken = { env = "T" }\nchat = -100123\n[channels.s]
kind = "console"\n[[routes]]\nname = "all"\nchannels = ["c"]\ndigest = ["07:00"]\n[health]\nnotify = ["s"]\n[logging]\nformat = "json"\n
[quiet_hours.night]\nfrom = "22:00"\nto = "06:00"\n"""
FTM = b'{"id":"a","schema":"Person","properties":{"name":["Qais al-Khazali"],"alias":["x","\\u202e"],"weakAlias":["K"],"position":["p"]}}\n'  # noqa: E501
CSV = (
    b'id,schema,name,aliases,birth_date,countries\n1,Person,"Qais, al-Khazali","x;y;""z""",,iq\n2,Organization,AAH,,,\n'
)
UN = b"""<?xml version="1.0"?><CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>QAIS</FIRST_NAME>
<SECOND_NAME>KHAZALI</SECOND_NAME><DESIGNATION><VALUE>x</VALUE></DESIGNATION><NAME_ORIGINAL_SCRIPT>\xd9\x82</NAME_ORIGINAL_SCRIPT>
<INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Abu</ALIAS_NAME></INDIVIDUAL_ALIAS></INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>"""
SITEMAP = b"""\x00<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example.org/news/a</loc><lastmod>2026-06-20</lastmod><news:news><news:title>T</news:title>
<news:publication_date>2026-06-20T09:00:00Z</news:publication_date></news:news></url></urlset>"""
INDEX = b"""\x00<sitemapindex><sitemap><loc>https://news.example.org/s.xml</loc><lastmod>2026</lastmod></sitemap></sitemapindex>"""
ANSWER = json.dumps(
    {
        "next": "/p2",
        "data": {"items": [{"id": 1, "link": "/a", "title": {"rendered": "x &amp; y"}, "date": 1750000000}]},
    }
).encode()
SPEECH = (
    "Qais al-Khazali, secretary-general of AAH, condemns threats\nأكد قيس الخزعلي، الأمين العام لعصائب أهل الحق، تهديد «العدو» "
    "#QaisAlKhazali Кайс аль-Хазали Q\u200da\u00adi\u0301s 声明 drone strike near the border @khazali https://x.example/a"
).encode()
XML_WORDS = (
    "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "&a;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?x",
    "&#0;",
    "&#xD800;",
    "&#x110000;",
    "&#99999999999;",
    "xml:base='//['",
    "xmlns:a='b'",
    "<item>",
    "</item>",
    "<a:b>",
    "encoding='utf-16'",
    "<title type='xhtml'>",
    "isPermaLink='true'",
)
HTML_WORDS = (
    "<table>",
    "<select>",
    "<svg>",
    "<math>",
    "<template>",
    "<noscript>",
    "<plaintext>",
    "<base href='//['>",
    "<meta charset=x>",
    "<script type=application/ld+json>",
    "<time datetime=''>",
    "<frameset>",
    "<textarea>",
    "<!--",
    "<a href='http://[::1'>",
    "<b><i><u>",
)
JSON_WORDS = (
    "[[[[",
    '{"a":',
    "1e999",
    "-0",
    "NaN",
    "\\ud800",
    "null",
    "true",
    "[]",
    "{}",
    '""',
    "9" * 400,
    '"\\u0000"',
)
URL_WORDS = (
    "//",
    "\\",
    "@",
    "%00",
    "%2f..",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0x7f.1",
    "127.1",
    "2130706433",
    "0177.0.0.1",
    ":0",
    ":99999",
    "#!",
    "?a=b&a",
    "http://",
    "javascript:",
    "xn--",
    "。",
    "１２７",
    "ß",
    "\u202e",
    "..",
    ".",
    "localhost",
    "%25lo",
    "①",
)
TOML_WORDS = (
    "[[",
    "]]",
    "= {",
    "'''",
    '"""',
    "\\u0000",
    "0x",
    "1e999",
    "inf",
    "nan",
    "1979-05-27",
    "[sources.a]",
    "url = 1",
    "chat = []",
    '"10h"',
    "[actors.k]",
    "name = ''",
    "query = '/(/'",
    "include = ['*']",
    "token = {file = '/dev/zero'}",
    "timezone = '../x'",
    "interval = '9999999999d'",
    "allow_private = ['::/0']",
    "url = 'http://['",
    "glob = '**'",
    "path = '/'",
    "headers = {'a\\n' = 'b'}",
    "proxy = 'http://['",
    "ignore = ['(']",
)
RULE_WORDS = (
    "AND",
    "OR",
    "NOT",
    "NEAR/3",
    "NEAR/0",
    '"a b"~2',
    "title:",
    "lang:",
    "source:",
    "tag:",
    "url:",
    "@khazali",
    "/(a+)+$/",
    "/[/",
    "(",
    ")",
    "-",
    "a*",
    "=Exact",
    "'",
    "“",
    "\u200f",
    "*",
    "~99999",
    "speaker:",
    "/\\p{L}{1,1000}/i",
)
DATE_WORDS = (
    "ago",
    "hours",
    "yesterday",
    "منذ",
    "ساعات",
    "خرداد",
    "1404",
    "٢٠٢٦",
    "June",
    "20",
    "2026-06-20",
    "T09:00:00+99:99",
    "GMT+25",
    "AM",
    "Updated",
    "99999999999",
    "0",
    "-1",
    "31.02.2026",
    "вчера",
    "dün",
    "أمس",
    "30 days",
    "hicri",
    "1447",
    "٫",
    "/",
    "年",
    "月",
    "日",
    "in 3 minutes",
)
HEADER_WORDS = (
    "retry-after:",
    "content-type:",
    "charset=",
    "etag:",
    "cache-control:",
    "max-age=",
    "x-wp-totalpages:",
    "99999999999999999999",
    "-1",
    "1e9",
    "Sat, 20 Jun 2026 11:00:00 GMT",
    "Sat, 99 Jun 99999 99:99:99 +9999",
    "gzip",
    "br, gzip",
    "cf-mitigated: challenge",
    "٣",
    'W/"x"',
    "age:",
)
TROUBLE = (
    "\u202e",
    "\u2066",
    "\u2069",
    "\u200d",
    "\u0301" * 9,
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "\x00",
    "😀",
    "👩‍👩‍👧",
    "ﷺ",
    "ـ",
    "İ",
    "ß",
    "\u0640",
    "\u2028",
    "قيس الخزعلي",
    "Qais al-Khazali",
    "@here",
    "#tag",
)

SELECTORS = b"article\na@href\nh2\ntime\np\n.next@href"
SELECTOR_WORDS = (
    ":has(", ":not(", ":is(", "> ", "~ ", "+ ", "*", "[href^='/']", "::text", ":nth-child(2n+1)", ":lexbor-contains('x' i)",
    ",", "#a", ".b", "@href", "\\", "|", ":nth-last-of-type(99999999999)", "div ", "article ", ")", "(",
)  # fmt: skip
SERIES = json.dumps(
    {
        "source": "s",
        "url": "https://news.example.org/",
        "fetched_at": "2026-06-20T12:00:00+00:00",
        "status": 200,
        "items": [
            {"guid": "1", "url": "https://news.example.org/1", "title": "Khazali", "text": "words", "language": "ar"}
        ],
    }
).encode()
