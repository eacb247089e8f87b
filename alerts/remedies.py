"""What each condition of a source means and what a person can do about it: one sentence each, for notices and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scraper.model import Condition


@dataclass(frozen=True, slots=True)
class Remedy:
    """`said`: what it is, as in "news is broken: ...". `next`: what to do; "" where there is nothing to be done."""

    said: str
    next: str = ""


REMEDIES: Final[dict[Condition, Remedy]] = {
    "ok": Remedy("well"),
    "unchanged": Remedy("well, and the same as at the poll before"),
    "malformed": Remedy("malformed, but read", "nothing is lost for now; tell the site that its feed is not valid"),
    "no_dates": Remedy(
        "none of its items has a date",
        "the time of the first sight stands in for it; for a listing, `select.date` can say where the date is",
    ),
    "stale": Remedy(
        "nothing new for longer than it is used to",
        "open it in a browser: has it moved, or has the site stopped? `silent_after` says how long is too long",
    ),
    "empty_list": Remedy(
        "the page loads and lists nothing any more",
        "its layout may have changed: `bayan sources repair ID` looks for its list, `bayan sources probe URL` for another way",
    ),
    "empty_body": Remedy(
        "an answer without a body", "is it the right address? `bayan sources probe URL` looks for its feed"
    ),
    "html": Remedy(
        "a web page in the place of the feed", "the feed has moved or ended: `bayan sources probe URL` looks for it"
    ),
    "script_shell": Remedy(
        "a page that only a script fills", "take its feed, sitemap or API: `bayan sources probe URL` looks for them"
    ),
    "wall": Remedy(
        "a wall that wants consent or a browser",
        "name yourself in fetch.user_agent, ask the site, or take another address; walls are not climbed",
    ),
    "no_list": Remedy(
        "a page without its list",
        "the layout has changed: `bayan sources repair ID` proposes new selectors, `bayan sources probe URL` another way",
    ),
    "preview_off": Remedy(
        "the channel's preview on the web is switched off", "no program can read it: find the channel's mirror or site"
    ),
    "refused": Remedy(
        "the site refuses us", "name yourself in fetch.user_agent, ask the site, or take another address"
    ),
    "robots": Remedy(
        "its robots.txt keeps programs out", 'ask the site, take its feed, or set robots = "warn" where you may'
    ),
    "rate_limited": Remedy("the site asks for fewer requests", "raise the source's interval"),
    "not_found": Remedy(
        "there is no such page",
        "open it in a browser and take its new address; `bayan sources probe URL` looks for another way to the site",
    ),
    "gone": Remedy("the page was taken away for good", "find its new address, or set enabled = false"),
    "http_error": Remedy("the site answers with an error", "open it in a browser: the address may have changed"),
    "server_error": Remedy("the site itself fails", "wait: it is asked again, more and more seldom"),
    "redirect_loop": Remedy("it leads in circles", "open it in a browser and take the address where it ends"),
    "tls": Remedy(
        "no safe connection to it",
        "see in a browser whether its certificate has expired, or it takes no https; the site has to mend it",
    ),
    "dns": Remedy(
        "its name does not resolve", "check the address for a typing mistake, and the network: `bayan doctor`"
    ),
    "timeout": Remedy(
        "no answer in time", "raise fetch.total_timeout, or see whether a browser on this machine reaches it"
    ),
    "unreachable": Remedy("no connection to it", "check the address and the network: `bayan doctor`"),
    "blocked": Remedy(
        "a private address", "only `allow_private = true` at the source opens it; it is your network, not the web"
    ),
    "protocol": Remedy("it does not speak HTTP as it should", "try the other scheme (http, https)"),
    "incomplete": Remedy("the answer broke off", "raise fetch.total_timeout if it stays so"),
    "undecodable": Remedy("its body is not what its Content-Encoding says", "the site has to mend it"),
    "unreadable": Remedy("its answer cannot be read", "`bayan read URL` shows what the parsers make of it"),
    "too_large": Remedy("it is too large", "raise fetch.max_bytes, or take an address that says less"),
    "too_complex": Remedy("it would take too long to read", "take another address (its feed)"),
    "suspect": Remedy(
        "not what its kind says", "`bayan sources probe URL` says what is there: another kind, or another address"
    ),
}
