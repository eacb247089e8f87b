"""The text of an article and the addresses it links to: trafilatura's text, less the lines that are not the article's own.

What trafilatura leaves in most often are lines that are nothing but a link to another article, the label over them, the
headline and byline once more, and calls to subscribe or follow. Whether a line is such a link is read from the tree, not
guessed from its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from scraper.parsers.metadata import Said, same_title, words
from scraper.text import clean_line

MAX_LINKS = 200
_MAX_BLOCK = 4_000
_MAX_CALL = 400
_SURE = 40
"""So many letters at the start of two texts tell that they are one."""
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "cite",
        "em",
        "font",
        "i",
        "mark",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "s",
    }
)
_CALLS = (
    r"©|\(c\) ?\d|copyright\b|.{0,80}\ball rights reserved\b",
    r"(?:like|follow|join) (?:us|me|[\w' ]{2,30}) on \w+|(?:sign up|subscribe) (?:to|for|now|here|today)\b|click here (?:to|for)\b",
    r"(?:get|receive) (?:our|the) .{0,40}newsletter|thank(?:s| you) for (?:signing|subscribing|reading)\b",
    r"share (?:this|on)\b.{0,40}$|(?:read|see) (?:also|more|next)\W*$|recommended (?:by|for you)|(?:\d+ )?comments?\W*$",
    r"(?:related|most read|trending|also read|don.t miss|you may also like|more (?:from|on|stories)\b.{0,40})\W*$",
    r"(?:advertisement|anzeige|werbung|publicité|publicidad|reklam|إعلان)\W*$",
    r"(?:lesen sie auch|mehr zum thema|(?:à )?lire aussi|lea también|leggi anche|lees ook|читайте также)\W*$",
    r"(?:اقرأ (?:أيضا|ايضا|المزيد)|(?:أخبار|اخبار|مواضيع|مقالات) ذات صلة|شارك(?:ها)? (?:هذا|الخبر|المقال)|كلمات مفتاحية)\W*$",
    r"(?:بیشتر بخوانید|(?:مطالب|اخبار|خبرهای) مرتبط|برچسب ?ها|اشتراک گذاری|ilgili haberler|etiketler|paylaş|קראו (?:עוד|גם)|תגיות)\W*$",
    r"انتهى(?:/?\W*\d{0,3}\s?\w?)?$|انتهای پیام|پایان پیام|کد خبر\b.{0,30}$|رقم الخبر\b.{0,30}$|haber kodu\b.{0,30}$",
    r"(?:للاشتراك|اشتركوا?|تابعونا|تابعنا|انضموا?) .{0,60}(?:تل[يغج]\w*رام|telegram|واتس ?اب|قنا(?:ة|تنا)|فيس ?بوك|تويتر|يوتيوب)",
    r".{0,40}ما را در .{0,40}دنبال کنید|به کانال .{0,40}بپیوندید|(?:telegram|whatsapp) kanalımız|подпис(?:ывайтесь|аться|ывайся) на\b",
    r"הצטרפו (?:ל|אל).{0,30}(?:טלגרם|ערוץ|ווטסאפ|וואטסאפ)|עקבו אחרינו",
    r"(?:most|meist|más|plus|più) (?:read|gelesen|leídas?|lus?|lett[aei]) (?:in|on|from|en|dans|auf)\b.{2,30}$|tell us what you think",
    r"(?:this is a )?(?:breaking|developing)(?: news?)? story\b|more to follow\W*$|get in touch with (?:us|our)\b",
    r"for more stories like this|join (?:our|the) (?:commenting|conversation|discussion)|join thought-provoking",
    r"(?:write|email|contact|reach) (?:to )?[\w. ’'-]{2,40} at [\w.+-]+@|our standards: ",
    r"(?:advertisement|story continues below).{0,40}$|il vous reste [\d.,]+ ?% de cet article|esta funcionalidad es s[oó]lo para",
    r"empfohlener (?:redaktioneller |externer )?inhalt|an dieser stelle (?:finden|befindet|wird|ist).{0,80}(?:inhalt|content)",
    r"ich bin damit einverstanden, dass (?:mir )?.{0,20}externe|suscr[ií]bete|abonnez-vous|jetzt abonnieren",
    r"(?:photo|image|picture|fotos?|bild|quelle|credit|crédit|фото|写真|사진|ảnh|صورة|تصویر) ?(?:by|credit)?[:：] ?.{1,80}$",
)
_CALL = re.compile(rf"^\W*(?:{'|'.join(_CALLS)})", re.IGNORECASE)
_BYLINE = re.compile(r"^\W*(?:by|von|par|por|di|door|av|af|yazan|بقلم|كتب|автор)[: ]\s*[^.!?]{3,60}$", re.IGNORECASE)
_LAYOUT = re.compile(r"[\W_]+")
_ENDS = re.compile(r"[.!?…؟۔。:;,\"”»’)\]]\W*$")


@dataclass(slots=True)
class _Block:
    """A block of the text that holds links: its letters in all, those inside links, the last link's, and its addresses.

    `amid` is true for a line of a block that has lines without links, too, besides the first.
    """

    plain: str
    linked: int
    last: str
    addresses: list[str]
    amid: bool = False


def own_lines(
    text: str,
    blocks: Sequence[_Block],
    *,
    titles: Iterable[str],
    authors: Iterable[str],
    is_date: Callable[[str], bool],
) -> str:
    """`text`, in which `linked_blocks` found `blocks`, without the lines that are not its own.

    Left out are lines that repeat one of the `titles` of the page, name the author or the date before it begins, are only
    links to other pages, or call to subscribe. A text that would lose more than half of itself is left as it is: it is a list
    of links.
    """
    linked = {block.plain for block in blocks if _is_only_link(block)} | _under_one_label(blocks)
    headed = linked - {block.plain for block in blocks if block.amid}
    lines = text.split("\n")
    keep = [True] * len(lines)
    names = {letters(name) for name in authors if name}
    for i, line in enumerate(lines):
        plain = letters(line)
        if plain in linked or (len(line) < _MAX_CALL and _CALL.match(line)):
            keep[i] = False
    for i in range(len(lines) - 2, -1, -1):
        if (
            keep[i]
            and not keep[i + 1]
            and len(lines[i]) < 60
            and letters(lines[i + 1]) in headed
            and _is_label(lines[i])
        ):
            keep[i] = False
    named = {squashed for title in titles if (squashed := letters(title))}
    below = False
    for i, line in enumerate(lines[:8]):
        plain = letters(line)
        ends = not _ENDS.search(line)
        repeats = not below and any(
            (plain.endswith(own) and len(plain) < len(own) + 50) or (ends and len(plain) > 11 and own.endswith(plain))
            for own in named
        )
        over = any(len(later) > 80 for later in lines[i + 1 :])  # a date under a statement is the statement's
        if repeats or plain in names or _BYLINE.match(line) or (over and len(line) < 60 and is_date(line)):
            keep[i] = False
        elif len(line) > 80:
            if below:
                break
            below = True  # names and the date may stand under the paragraph that sums the article up
    for i in range(len(lines) - 1, -1, -1):
        if keep[i] and lines[i].strip():
            keep[i] = len(lines[i]) > 60 or not lines[i].rstrip().endswith(":")
            break
    kept = "\n".join(line for line, k in zip(lines, keep, strict=True) if k).strip()
    return kept if 2 * len(kept) > len(text) else text


def standfirst(tree: Any, said: Said, title: str, text: str) -> str:
    """The paragraph over an article that sums it up, where the page shows it and the `text` found so far lacks it, else "".

    It is known by this: it is what the page says of itself in its description, and it is shown.
    """
    whole = letters(text)
    wanted = {
        start
        for summary in _summaries(said)
        if len(start := letters(summary[:300])[:_SURE]) == _SURE and start not in whole
    }
    if not wanted:
        return ""
    openings = {start[:8] for start in wanted}
    # A description that stands before the headline or under the text is the site's.
    under = not any(same_title(heading.text, title) for heading in said.headings)
    for element in tree.iter("h1", "h2", "h3", "p", "div", "h4", "span", "strong", "section", "li", "td"):
        if not under and element.tag in ("h1", "h2", "h3"):
            under = same_title(words(element, 600), title)
        elif under and element.text and letters(element.text[:60])[:8] in openings:
            shown = words(element, _MAX_BLOCK)
            in_picture = any(around.tag in ("figure", "figcaption") for around in element.iterancestors())
            if not in_picture and len(shown) < 1_000 and letters(shown)[:_SURE] in wanted:
                return shown
        elif (
            under
            and element.tag == "p"
            and len(element.text or "") > 80
            and letters(element.text[:120])[:_SURE] in whole
        ):
            break
    return ""


def _summaries(said: Said) -> Iterator[str]:
    """What the page says of itself in a sentence or two, also without the word for its kind that may stand before it."""
    told = [said.meta(name) for name in ("og:description", "description", "twitter:description")]
    for node in said.nodes:
        if node.is_article:
            told += (node.description, node.body if len(node.body) < _MAX_CALL else "")
    for summary in dict.fromkeys(told):
        yield summary
        kind, colon, rest = summary.partition(": ")
        if colon and len(kind) < _SURE:
            yield rest


def _is_label(line: str) -> bool:
    return line.rstrip().endswith((":", "...", "…")) or not _ENDS.search(line)


def letters(text: str) -> str:
    """The letters and digits of `text`, without case: what is left when layout is taken away."""
    return _LAYOUT.sub("", text.casefold())


def _is_only_link(block: _Block) -> bool:
    """Whether nearly all of a block is a link, at most with a label before it ("Read more: ...")."""
    rest = len(block.plain) - block.linked
    if block.linked < 12:
        return False
    return rest <= 0.1 * len(block.plain) or (rest <= 16 and block.linked >= 25 and block.plain.endswith(block.last))


def _under_one_label(blocks: Sequence[_Block]) -> set[str]:
    """The blocks that are a link after a label which stands before other links, too: "FROM OUR ARCHIVE | Another headline"."""
    labelled = [
        (block.plain[: -len(block.last)], block.plain)
        for block in blocks
        if block.linked == len(block.last) >= 25 and block.plain.endswith(block.last)
    ]
    count = Counter(label for label, _ in labelled)
    return {plain for label, plain in labelled if count[label] > 1 and 2 < len(label) < _SURE}


def linked_blocks(tree: Any, text: str) -> tuple[_Block, ...]:
    """The blocks of `tree` that hold links to other pages and stand in `text`, in their order."""
    whole = letters(text)
    blocks: dict[Any, _Block | None] = {}
    broken: set[Any] = set()
    runs: list[_Block] = []
    for anchor in tree.iter("a"):
        href = (anchor.get("href") or "").strip()
        if not href or href.startswith("#") or len(href) > 2_000:
            continue
        start = " ".join((anchor.text or "")[:40].split())
        if start[:10] not in text and not len(anchor):
            continue  # most links are the menu's, and that is soon known
        for inner in anchor.iter("p", "h2", "h3", "h4") if len(anchor) else ():
            # A card: all of it is one link, and each of its paragraphs may come as a line.
            said = letters(words(inner, _MAX_BLOCK))
            if len(said) > 11 and said[:60] in whole:
                blocks[inner] = _Block(said, len(said), said, [href])
        linked = letters(words(anchor, _MAX_BLOCK))
        if linked[:60] not in whole:
            continue
        element = anchor.getparent()
        while element is not None and element.tag in _INLINE:
            element = element.getparent()
        if element is None:
            continue
        if element in broken:
            continue
        if element not in blocks and element.find("br") is not None:
            broken.add(element)
            found = [run for run in _runs(element) if len(run.plain) > 3]
            amid = any(not run.addresses for run in found[1:])
            runs.extend(replace(run, amid=amid) for run in found if run.addresses and run.plain[:60] in whole)
            continue
        if element not in blocks:
            plain = letters(words(element, _MAX_BLOCK))
            blocks[element] = _Block(plain, 0, "", []) if len(plain) > 3 and plain[:60] in whole else None
        block = blocks[element]
        if block is not None:
            block.linked += len(linked)
            block.last = linked
            block.addresses.append(href)
    return (*(block for block in blocks.values() if block is not None), *runs)


def _runs(element: Any) -> Iterator[_Block]:
    """The lines that `br` elements make of a block."""
    said: list[str] = []
    run = _Block("", 0, "", [])
    inside = 0
    for node, ends in _walk(element):
        tag = node.tag
        if not ends:
            piece = node.text if isinstance(tag, str) else None
            if tag == "a":
                inside += 1
                href = (node.get("href") or "").strip()
                if href and not href.startswith("#") and len(href) <= 2_000:
                    run.addresses.append(href)
                title = words(node, _MAX_BLOCK)
                run.last = letters(title)
                run.linked -= _MAX_BLOCK * (" " not in title)  # an address that is written out is part of the text
        else:
            inside -= tag == "a"
            piece = node.tail if node is not element else None
            if tag == "br":
                run.plain = letters("".join(said))
                yield run
                said, run = [], _Block("", 0, "", [])
        if piece:
            said.append(piece)
            if inside:
                run.linked += len(letters(piece))
    run.plain = letters("".join(said))
    yield run


def _walk(element: Any) -> Iterator[tuple[Any, bool]]:
    """The first nodes of `element`, each twice: where it begins, and where it ends."""
    todo = [(element, False)]
    for _ in range(_MAX_BLOCK):
        if not todo:
            return
        node, ends = todo.pop()
        yield node, ends
        if not ends:
            todo.append((node, True))
            todo.extend((child, False) for child in reversed(node))


def links(blocks: Iterable[_Block], text: str, url: str, base: str) -> tuple[str, ...]:
    """Absolute http and https addresses that those `blocks` which stand in `text` link to, each once, at most 200.

    They are relative to `base`, the page's own `base` element, or to `url` where that is "".
    """
    root = (_absolute(url, base) if base else None) or url
    whole, found = letters(text), dict[str, None]()
    for block in blocks:
        if block.plain[:60] in whole:
            found.update((address, None) for href in block.addresses if (address := _absolute(root, href)))
        if len(found) >= MAX_LINKS:
            break
    return tuple(found)[:MAX_LINKS]


def _absolute(root: str, href: str) -> str | None:
    try:
        address = urljoin(root, href)
        parts = urlsplit(address)
        return clean_line(address, 2_000) if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
