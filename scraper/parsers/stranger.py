"""Says what a web page is that came in place of a feed or a list: a wall, a shell that a script fills, or just a page. Pure."""

from __future__ import annotations

import re

from scraper.model import Condition

_LOOKED_AT = 400_000
"""Characters of a page that are looked at."""
_LITTLE = 400
"""Visible characters up to which a page with scripts is a shell: it shows nothing until they have run."""
_SHORT = 2_000
"""Visible characters up to which a page can be a wall and nothing else."""

_UNSEEN = re.compile(
    r"<(script|style|template|svg|noscript)\b[^>]{0,2000}>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]{0,4000}>")
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_ROOT = re.compile(
    r"""<(?:div|main|app-root)\b[^<>]{0,300}\bid=["']?(?:root|app|__next|__nuxt|___gatsby|svelte|main-app)\b""",
    re.IGNORECASE,
)
_NEEDS_SCRIPT = re.compile(
    r"(?:enable|requires?|without|needs?|turn on) javascript|javascript (?:is|to run|must be)", re.IGNORECASE
)
_WALL = re.compile(
    r"just a moment|attention required|access (?:is )?denied|are you (?:a )?(?:human|robot)|not a robot|captcha|"
    r"verif(?:y|ying) (?:that )?you|checking your browser|ddos-guard|unusual traffic|cf-chl|challenge-platform|"
    r"_incapsula_resource|px-captcha|awswafintegration|request (?:was )?(?:blocked|rejected)|you have been blocked|"
    r"before you continue|consent (?:required|to)|(?:we|this (?:web)?site) uses? cookies|(?:accept|allow|reject) (?:all )?cookies|"
    r"cookie (?:consent|wall|settings)|your privacy choices",
    re.IGNORECASE,
)


def of(markup: str) -> Condition:
    """What the HTML page in `markup` is: "wall", "script_shell", or "html" for a page like any other."""
    markup = markup[:_LOOKED_AT]
    found = _TITLE.search(markup)
    title = found[1] if found else ""
    seen = " ".join(_TAG.sub(" ", _UNSEEN.sub(" ", markup.replace(title, "", 1))).split())
    if _WALL.search(title) or (len(seen) < _SHORT and _WALL.search(f"{seen} {_challenge(markup)}")):
        return "wall"
    has_script = _SCRIPT.search(markup) is not None
    if len(seen) < _LITTLE and (has_script or _NEEDS_SCRIPT.search(markup)):
        return "script_shell"
    return "script_shell" if len(seen) < _SHORT and has_script and _ROOT.search(markup) else "html"


def _challenge(markup: str) -> str:
    """What scripts and their addresses give away of a wall; only its own marks count there."""
    marks = re.findall(
        r"cf-chl|challenge-platform|_incapsula_resource|px-captcha|awswafintegration", markup, re.IGNORECASE
    )
    return " ".join(marks[:3])
