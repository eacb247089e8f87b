"""What a person can do about a source that fails: one line for each class of failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.model import Outcome

REACHED_NOTHING: frozenset[Outcome] = frozenset({"network_error", "timeout"})

REMEDIES: dict[str, str] = {
    "empty": "the page holds no items: is it the right address? a page that a browser fills needs another one (its feed)",
    "suspect": "it is not what its kind says: try the other kind (feed, listing), or another address",
    "incomplete": "the answer broke off; try again, and raise fetch.total_timeout if it stays so",
    "too_large": "raise fetch.max_bytes, or take an address that says less",
    "timeout": "try again; raise fetch.total_timeout, or see whether a browser on this machine reaches it",
    "too_many_redirects": "open it in a browser and take the address where it ends",
    "blocked": "it is a private address, which only `allow_private = true` at the source opens; it is your network, not the web",
    "blocked_by_site": "the site refuses programs: name yourself in fetch.user_agent, ask the site, or take another address",
    "protocol_error": "the server does not speak HTTP as it should; try the other scheme (http, https)",
    "network_error": "check the address for a typing mistake, and the network: `bayan doctor`",
    "decode_error": "the body is not what its Content-Encoding says: the site has to mend it",
    "unsupported_encoding": "the site packs its pages in a form that nobody asked for: it has to mend it",
    "parse_error": "`bayan read URL` shows what the parsers make of it; for a listing, [sources.ID.select] says where to look",
    "too_complex": "the page would take too long to read; take another address (its feed)",
    "http_error": "open it in a browser: the address may have changed",
    "rate_limited": "the site asks for fewer requests: raise the source's interval",
    "gone": "the page was taken away for good: find its new address, or set enabled = false",
}
"""What a person can do about each class of failure (`scraper.model.Outcome`)."""
