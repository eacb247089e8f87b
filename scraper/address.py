"""Addresses of pages made comparable: what tracking, sessions and habits add to them is taken off."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_TRACKING = re.compile(
    r"^(utm_.*|mtm_.*|pk_.*|piwik_.*|hsa_.*|at_(medium|campaign|custom.*)|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|"
    r"twclid|igshid|mc_cid|mc_eid|_ga|_gl|cmpid|ocid|ito|ncid|smid|spm|ref|ref_src|referrer|source|cmp|rss|"
    r"phpsessid|jsessionid|aspsessionid.*|sid|sessionid|session_id|session|cfid|cftoken|zanpid|wt_.*|xtor|"
    r"_|nocache|cachebuster|cb|rnd|timestamp|ts)$",
    re.IGNORECASE,
)
_PATH_SESSION = re.compile(r";(jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)
_SAFE = "/:@!$&'()*+,;=-._~"


@lru_cache(maxsize=1024)  # an address of a page is compared four times, and a page is read again and again
def canonical(url: str) -> str:
    """`url` (absolute) in the form under which two addresses of one page are equal. It is for comparing, not for asking.

    Scheme, `www.`, default port, fragment, user part, tracking and session parameters are gone; host in lower case
    without a last dot; percent-encoding is even; parameters are sorted; a last slash is gone. An address that cannot be
    read comes back as it is.
    """
    url = url.strip().encode("utf-8", "replace").decode()  # a lone surrogate has no percent-encoding
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
        port = parts.port
    except ValueError:
        return url
    if not host:
        return url
    host = host.removeprefix("www.")
    if port is not None and port not in (80, 443):
        host = f"{host}:{port}"
    path = quote(
        unquote(_PATH_SESSION.sub("", parts.path), errors="surrogateescape"), safe=_SAFE, errors="surrogateescape"
    )
    path = re.sub(r"/{2,}", "/", path)
    path = re.sub(r"/(index|default)\.(html?|php|aspx?|jsp)$", "/", path, flags=re.IGNORECASE).rstrip("/")
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None, errors="surrogateescape")
        if not _TRACKING.match(name)
    )
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""  # `#!` is an address of its own
    query = f"?{urlencode(kept, errors='surrogateescape')}" if kept else ""
    return f"{host}{path}{query}{fragment}"
