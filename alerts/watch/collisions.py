"""What in a watchlist will surprise: names that ring for others or for nobody, names that are words, rules that do one work.

Pure, and told before anything rings; `alerts/checkup.py` adds what the stored statements show. Every finding has its remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Literal, TypeAlias

from alerts.model import Actor, Keywords
from alerts.watch.asked import name_key
from alerts.watch.match import Watchlist, compile_watchlist
from alerts.watch.namewords import is_common, is_filler, is_particle, is_title
from alerts.watch.rules import Rule, compile_rules
from alerts.watch.sense import SAMPLES, everywhere, never
from alerts.watch.tree import And, Leaf, Not, Or, Phrase, Tree, Word

FindingKind = Literal[
    "collision", "silent", "ambiguous", "common word", "acronym", "no context", "shared", "never", "everything", "overlap",
    "other people",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a watch (`@actor` or a list's id) that a person should settle. `text` is the spelling it is about."""

    kind: FindingKind
    watch: str
    text: str
    message: str
    remedy: str


_MOST_COMPARED = 400
"""Rules that are compared with each other."""
_MOST_SHARING = 20
_ACRONYMS = """
    ACT ADD AGE AID AIM AIR ALL AND ANY APP ARE ARM ART ASK BAD BAG BAN BAR BED BIG BIT BOX BOY BUS BUT BUY CAN CAP CAR CEO CUP
    CUT DAY DID DIE DOG DRY DUE EAT END EU FAN FAR FEW FIT FLY FOR FUN GAP GAS GET GOT GUN GUY HAD HAS HER HIM HIS HIT HOT HOW ICE
    ILL INN IS ITS JOB JOY KEY KID LAB LAW LAY LEG LET LIE LIP LOT LOW MAN MAP MAY MEN MET MIX NET NEW NOR NOT NOW NUT ODD OFF OIL
    OLD ONE OUR OUT OWN PAN PAY PER PUT RAN RAW RED RUN SAD SAY SEA SEE SET SHE SIT SIX SKY SON SUN TAX TEA TEN THE TIE TIP TON TOO
    TOP TRY TWO UN UP US USE VAN WAR WAS WAY WEB WHO WHY WIN WON YES YET YOU ABLE ALSO AREA ARMS BACK BANK BASE BEEN BOMB CALL CAME
    CASE CITY COME COST DATA DEAD DEAL FACE FACT FALL FIRE FIVE FREE FROM FULL FUND GAIN GIVE GOAL GOOD HAND HARD HEAD HELP HIGH
    HOLD HOME HOPE IDEA INTO IRAN IRAQ JUST KEEP KILL LAND LAST LEAD LESS LIFE LINE LIVE LONG LOSS MADE MAIN MAKE MANY MASS MEET
    MORE MOST MOVE MUST NAME NEAR NEED NEWS NEXT ONLY OPEN OVER PACT PART PEACE PLAN PORT RAID RISE RISK ROLE RULE SAFE SAID SAME
    SEEN SHIP SIDE SIGN SITE SOME STAR STOP TAKE TALK TEAM TERM TEST THAT THEM THEN THEY THIS TIME TOLD UNIT VERY VIEW VOTE WANT
    WEEK WELL WENT WERE WHAT WHEN WILL WITH WORD WORK YEAR
"""
"""English words that a headline in capitals spells as an acronym is spelled."""
_NOUNS = """
    بدر نصر فتح حماس نجباء النجباء شباب الشباب جهاد الجهاد حزب الله انصار الانصار حركه الحركه مقاومه المقاومه
    الحشد حشد كتائب الكتائب سرايا عصائب لواء الدعوه دعوه الحق حق الامل امل الوعد وعد التيار تيار القدس قدس النور نور
    party front movement resistance brigade brigades army guard union forum state republic hope dawn justice reform victory
"""
"""Names of groups that texts use as plain words."""


@cache
def _acronyms() -> frozenset[str]:
    return frozenset(_ACRONYMS.split())


@cache
def _nouns() -> frozenset[str]:
    return frozenset(map(name_key, _NOUNS.split()))


@cache
def _sampled() -> frozenset[str]:
    """The words of the texts about nothing in particular."""
    return frozenset(word for texts in SAMPLES.values() for text in texts for word in name_key(text).split())


def check_actors(actors: Sequence[Actor], *, progress: Callable[[int], None] | None = None) -> tuple[Finding, ...]:
    """What will surprise in the names of actors, actor by actor. `progress` is told how many were looked at: each name is
    tried on all others, some milliseconds each."""
    if not actors:
        return ()
    watch = compile_watchlist(actors, ())
    shared = _shared(actors)
    told: set[frozenset[str]] = set()
    found: list[Finding] = []
    for count, actor in enumerate(actors, 1):
        found += [*_spelled(actor, watch, told), *_words(actor), *_company(actor), *shared.get(actor.id, ())]
        if progress is not None and count % 50 == 0:
            progress(count)
    return tuple(found)


def check_rules(keywords: Sequence[Keywords], actors: Sequence[Actor] = ()) -> tuple[Finding, ...]:
    """What will surprise in keyword lists and rules: that match never or always, or find what another finds."""
    rules = compile_rules(keywords, [actor.id for actor in actors])
    found = [
        Finding("never", rule.keywords.id, "", f"can never match: {reason}", "change it, or take it out")
        for rule in rules
        if (reason := never(rule.tree))
    ]
    for id_, languages in everywhere(rules).items():
        said = "fires on nearly everything" + ("" if len(languages) == len(SAMPLES) else f" in {', '.join(languages)}")
        found.append(Finding("everything", id_, "", said, "write what shall be found, and no more"))
    found += [finding for one, other in combinations(rules[:_MOST_COMPARED], 2) for finding in _overlap(one, other)]
    return tuple(found)


def _spelled(actor: Actor, watch: Watchlist, told: set[frozenset[str]]) -> Iterator[Finding]:
    """Each full name, as a text by itself: it should ring for its actor and for nobody else. `told` are the pairs that were."""
    for text in (actor.name, *actor.aliases):
        explained = watch.explain("", text)
        rings = dict.fromkeys(match.actor for match in explained.matches if match.actor is not None)
        others = [id_ for id_ in rings if id_ != actor.id]
        near = [one.match for one in explained.suppressed if f"(@{actor.id})" in one.reason]
        others += [
            one.actor
            for one in near
            if one.actor is not None and one.actor not in others and _is_whole(one.surface, text)
        ]
        if actor.id not in rings:
            why = next((one.reason for one in explained.suppressed if one.match.actor == actor.id), "it finds nothing")
            if any(f"(@{id_})" in why for id_ in others):
                message = f"rings for @{others[0]} and not for its own actor: {why}"
                yield Finding("collision", f"@{actor.id}", text, message, "give one of the two names more words")
            else:
                remedy = "take the phrase out of `not_near`" if "not meant" in why else "write it as texts do"
                yield Finding("silent", f"@{actor.id}", text, f"never rings: {why}", remedy)
            continue
        for other in others:
            pair = frozenset((actor.id, other))
            if pair not in told:
                told.add(pair)
                spelled = "" if other in rings else ", in other spellings"
                message = f"rings for @{other} too{spelled}"
                remedy = "give one of them more words, or leave this spelling to the other; bayan match - says why"
                yield Finding("collision", f"@{actor.id}", text, message, remedy)


def _is_whole(surface: str, text: str) -> bool:
    return len(name_key(surface).split()) == len(name_key(text).split())


def _words(actor: Actor) -> Iterator[Finding]:
    """Names that say too little, and names that are words."""
    for text in (actor.name, *actor.aliases):
        words = name_key(text).split()
        spoken = [word for word in words if not is_particle(word)]
        watch = f"@{actor.id}"
        weaken = f'move it to `weak_aliases`, with `context`; try: bayan backtest {actor.id} --without "{text}" --weak'
        if _is_acronym(text):
            remedy = "move it to `acronyms`, where case counts and company is needed"
            yield Finding("acronym", watch, text, "is an acronym among full names: small letters ring too", remedy)
        elif len(words) == 1 and words[0] in _nouns():
            yield Finding("common word", watch, text, "is a word of the language", weaken)
        elif len(words) == 1 and (is_common(words[0]) or is_title(words[0]) or is_filler(words[0])):
            yield Finding("ambiguous", watch, text, "is a given name or title that many bear", weaken)
        elif len(words) == 1 and len(words[0]) < 4:
            yield Finding("ambiguous", watch, text, "is one word of fewer than four letters", weaken)
        elif actor.type == "person" and len(spoken) == 2 and all(is_common(one) or is_title(one) for one in spoken):
            yield Finding("ambiguous", watch, text, "is made of names that many bear", weaken)
        elif languages := _in_samples(text):
            yield Finding(
                "common word", watch, text, f"stands in texts about nothing in particular ({languages})", weaken
            )
    for text in actor.acronyms:
        if text.upper() in _acronyms():
            message = "is a word too, and headlines in capitals write it so"
            remedy = f'take it out, or write the rule: ="{text}" AND (word OR other)'
            yield Finding("acronym", f"@{actor.id}", text, message, remedy)
        elif sum(letter.isalnum() for letter in text) < 3:
            message = "has fewer than three letters"
            yield Finding("acronym", f"@{actor.id}", text, message, "take it out: it stands for much else")
        elif text.isascii() and text.islower():
            message = "is in small letters: case counts, so it finds no acronym"
            yield Finding("acronym", f"@{actor.id}", text, message, f'write "{text.upper()}"')


def _in_samples(text: str) -> str:
    if not set(name_key(text).split()) <= _sampled():
        return ""
    watch = compile_watchlist([Actor("one", "group", text)], ())
    return ", ".join(language for language, texts in SAMPLES.items() if any(watch.match("", one) for one in texts))


def _company(actor: Actor) -> Iterator[Finding]:
    """Weak aliases that no word of context ever lets count."""
    weak = (*actor.weak_aliases, *actor.acronyms)
    if weak and not actor.context:
        message = "counts only beside a full name, where the statement rings anyway: there is no `context`"
        yield Finding("no context", f"@{actor.id}", weak[0], message, "write words of context, or take it out")
    full = {name_key(text) for text in (actor.name, *actor.aliases)}
    for text in actor.context:
        if name_key(text) in full:
            remedy = "take it out of `context`: a full name is company already"
            yield Finding("no context", f"@{actor.id}", text, "is a full name of the same actor", remedy)
        elif name_key(text) in {name_key(one) for one in weak}:
            message = "is a weak alias too: each would let the other count"
            yield Finding("no context", f"@{actor.id}", text, message, "write another word of context")


def _shared(actors: Sequence[Actor]) -> dict[str, list[Finding]]:
    """Weak aliases that two actors have, with a word of context in common: both ring."""
    owners: dict[str, list[tuple[Actor, str]]] = {}
    for actor in actors:
        for text in (*actor.weak_aliases, *actor.acronyms):
            owners.setdefault(name_key(text), []).append((actor, text))
    found: dict[str, list[Finding]] = {}
    for pairs in owners.values():
        for (one, text), (other, _) in combinations(pairs[:_MOST_SHARING], 2):
            both = {name_key(word) for word in one.context} & {name_key(word) for word in other.context}
            if both and one.id != other.id:
                message = f"rings for @{other.id} too wherever “{min(both)}” stands"
                remedy = "leave it to one of the two, or give them different words of context"
                found.setdefault(one.id, []).append(Finding("shared", f"@{one.id}", text, message, remedy))
    return found


def _overlap(one: Rule, other: Rule) -> Iterator[Finding]:
    """Two rules of which one finds all that the other does, or that have entries in common."""
    ids = (one.keywords.id, other.keywords.id)
    if _key(one.tree) == _key(other.tree):
        remedy = "keep one of the two"
        yield Finding("overlap", ids[0], "", f"asks for the same as {ids[1]}", remedy)
        return
    mine, theirs = _choices(one.tree), _choices(other.tree)
    if mine is None or theirs is None:
        return
    for (id_, entries), (rival, others) in (((ids[0], mine), (ids[1], theirs)), ((ids[1], theirs), (ids[0], mine))):
        held = [leaf for leaf in entries if any(_covers(wider, leaf) for wider in others)]
        if held and len(held) == len(entries):
            message = f"finds nothing that {rival} does not find"
            yield Finding("overlap", id_, held[0].text, message, f"take it out, or take its entries out of {rival}")
            return
    common = [leaf.text for leaf in mine if any(_covers(wider, leaf) or _covers(leaf, wider) for wider in theirs)]
    if common:
        message = f"stands in {ids[1]} too" + (f", and {len(common) - 1} more" if len(common) > 1 else "")
        yield Finding("overlap", ids[0], common[0], message, "keep each entry in one of the two")


Key: TypeAlias = "tuple[str, frozenset[Key]] | Leaf"


def _key(tree: Tree) -> Key:
    """A rule without the ways to write it: the order of its terms, their quotes."""
    match tree:
        case And() | Or() if len(tree.parts) == 1:
            return _key(tree.parts[0])
        case And() | Or():
            return type(tree).__name__, frozenset(map(_key, tree.parts))
        case Not():
            return "Not", frozenset((_key(tree.part),))
    return replace(tree, text="")


def _choices(tree: Tree) -> list[Phrase] | None:
    """The entries of a plain list; None for anything that asks for more."""
    while isinstance(tree, And) and len(tree.parts) == 1:
        tree = tree.parts[0]
    parts = tree.parts if isinstance(tree, Or) else (tree,)
    phrases = [part for part in parts if isinstance(part, Phrase)]
    return phrases if len(phrases) == len(parts) else None


def _covers(wider: Phrase, leaf: Phrase) -> bool:
    """Whether `wider` finds whatever `leaf` finds."""
    if wider.field not in (None, leaf.field) or leaf.slop or wider.slop or len(wider.words) != len(leaf.words):
        return False
    return all(_is_within(mine, theirs) for mine, theirs in zip(leaf.words, wider.words, strict=True))


def _is_within(word: Word, wider: Word) -> bool:
    return word.form.startswith(wider.form) if wider.star else word == wider


def _is_acronym(text: str) -> bool:
    letters = text.replace(".", "")
    return 2 <= len(letters) <= 5 and letters.isascii() and letters.isalpha() and letters.isupper()
