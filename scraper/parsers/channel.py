"""The public preview of a Telegram channel (t.me/s/NAME) becomes items: one for each message, newest last, as it stands there.

    body -> charset -> shape -> tree -> messages -> text, time, whose words -> items

A message has no headline, so its first line stands for one, or the name of the file that it brings. Classes are those that the
preview has; they were last compared with RSSHub's lib/routes/telegram/channel.ts and RSS-Bridge's TelegramBridge.php.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.errors import ParseError
from scraper.model import Item, Listed, Moment, Page, Source
from scraper.parsers import shape, stranger
from scraper.parsers.charset import decode
from scraper.parsers.entry import MAX_ITEMS, MAX_URL, feed_date, web_address
from scraper.parsers.plain import cut, opening
from scraper.parsers.words import words
from scraper.text import clean_line

_MESSAGE = ".tgme_widget_message[data-post]"
_POST = re.compile(r"[A-Za-z0-9_]{1,64}/[0-9]{1,18}")
_BLOCKS = frozenset({"p", "div", "blockquote", "pre", "li", "ul", "ol"})
_UNSEEN = frozenset({"script", "style", "template", "noscript"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_EDGE = "\x1e"
"""Stands where a block begins or ends until it is known whether a line has ended there already."""
_EDGES = re.compile(rf"(?:\n|(?<! )) *+{_EDGE}[ {_EDGE}]*+")
_RUNS = re.compile(r"[ \xa0]+")


def parse(page: Page, source: Source) -> Listed:
    """The messages of the preview in `page`, in its order; one that says that there are none gives none.

    Raises ParseError: "empty" for no body, "suspect" where there is no preview (it is switched off, there is no such channel,
    a wall), "gone" for the page of one message that is not there any more, "too_complex" for markup that is built to hurt.
    """
    if not page.body.strip():
        raise ParseError("empty", "an empty answer")
    text = decode(page.body, page.charset, source.language).text.replace("\x00", "")
    shape.check(text)
    tree = LexborHTMLParser(text)
    messages = [node for node in tree.css(_MESSAGE) if _POST.fullmatch(_attribute(node, "data-post"))]
    if not messages:
        _refuse_what_is_no_preview(tree)
    spoken = [node for node in messages if not _is_service(node)]
    newest = spoken[-MAX_ITEMS:]
    return Listed(
        items=tuple(_item(node, page, source) for node in newest),
        title=_words(tree, ".tgme_channel_info_header_title"),
        left_out=len(spoken) - len(newest),
        next_page=_older(tree, page),
    )


def _older(tree: LexborHTMLParser, page: Page) -> str | None:
    """The address of the messages before these, which a preview offers while there are any."""
    more = tree.css_first("a.tme_messages_more[data-before]")
    before = _attribute(more, "data-before") if more is not None else ""
    return web_address(page.url, f"?before={before}") if re.fullmatch(r"[0-9]{1,18}", before) else None


def _refuse_what_is_no_preview(tree: LexborHTMLParser) -> None:
    """Return where a preview is there and holds nothing; else raise, saying what was there instead."""
    if tree.css_first(".tgme_channel_history, .tme_no_messages_found, .tgme_channel_info") is not None:
        return
    said = _words(tree, ".tgme_widget_message_error")
    if said:
        # "Post not found"; where the channel may not be shown on the web: "Please open Telegram to view this post".
        if "not found" in said.lower():
            raise ParseError("gone", f"the page of a single message says: {said}")
        raise ParseError("suspect", f"preview off: {said}", condition="preview_off")
    title = _words(tree, ".tgme_page_title")
    if title:
        # t.me answers the address of such a channel with a redirect to t.me/NAME.
        raise ParseError("suspect", f"preview off: {title} shows no messages on the web", condition="preview_off")
    if tree.css_first(".tgme_page, .tgme_page_wrap, .tgme_page_description") is not None:
        raise ParseError("suspect", "preview off, or no channel has this name", condition="preview_off")
    shown = _words(tree, "title")[:100]
    raise ParseError(
        "suspect",
        f"not the preview of a channel{f', titled {shown!r}' if shown else ''}",
        condition=stranger.of(tree.html or ""),
    )


def _is_service(node: LexborNode) -> bool:
    """Whether a message is one of Telegram's own: "Channel created", "Channel photo updated"."""
    around = node.parent
    classes = f"{_attribute(node, 'class')} {_attribute(around, 'class') if around is not None else ''}".split()
    return "service_message" in classes


def _item(node: LexborNode, page: Page, source: Source) -> Item:
    post = _attribute(node, "data-post")
    text = _text(node)
    date = node.css_first("a.tgme_widget_message_date")
    link = _attribute(date, "href") if date is not None else ""
    forwarded = _words(node, ".tgme_widget_message_forwarded_from_name")
    signed = _words(node, ".tgme_widget_message_from_author")
    return Item(
        guid=post,
        url=web_address(page.url, link) or web_address("https://t.me/", post),
        title=opening(text) or _attached(node),
        text=text or None,
        published=_published(date),
        author=forwarded or signed or _words(node, ".tgme_widget_message_owner_name") or None,
        language=source.language,
        edited=_is_edited(node),
        forwarded_from=forwarded or None,
        reply_to=_reply_to(node),
    )


def _attached(node: LexborNode) -> str:
    """What a message without words of its own brings: the name of a file or a piece of music, or what a poll asks."""
    found = (_words(node, f".tgme_widget_message_{name}") for name in ("document_title", "poll_question"))
    return next((said for said in found if said), "")


def _published(date: LexborNode | None) -> Moment | None:
    """The time of the message: only the one inside its own date link, not a video's length or a poll's end."""
    clock = date.css_first("time[datetime]") if date is not None else None
    moment = feed_date(_attribute(clock, "datetime"), "UTC") if clock is not None else None
    return Moment(moment.at, moment.precision, "channel:time@datetime", confident=True) if moment else None


def _is_edited(node: LexborNode) -> bool:
    """Whether "edited" stands beside the time: as words of the line itself, not in the name of who signed."""
    meta = node.css_first(".tgme_widget_message_meta")
    own = [one.text_content or "" for one in meta.iter(include_text=True) if one.tag == "-text"] if meta else []
    return any(re.search(r"\bedited\b", text, re.IGNORECASE) for text in own)


def _reply_to(node: LexborNode) -> str | None:
    reply = node.css_first("a.tgme_widget_message_reply[href]")
    found = re.search(rf"/(?:s/)?({_POST.pattern})(?:[?#]|$)", _attribute(reply, "href")) if reply is not None else None
    return found[1] if found else None


def _text(node: LexborNode) -> str:
    """The message's own words; what it answers, links to or asks in a poll is left out.

    The caption of an album stands in two elements of one class, one inside the other: it is said once.
    """
    parts: dict[str, None] = {}
    for found in node.css(".tgme_widget_message_text"):
        if not _stands_in_another(found, node):
            lines = cut(_EDGES.sub("\n", "".join(_pieces(found)))).split("\n")
            said = "\n".join(_RUNS.sub(" ", line).strip() for line in lines).strip()
            if said:
                parts.setdefault(said)
    return cut(re.sub(r"\n{3,}", "\n\n", "\n".join(parts)))


def _stands_in_another(found: LexborNode, message: LexborNode) -> bool:
    if "js-message_reply_text" in _attribute(found, "class"):
        return True
    above = found.parent
    while above is not None and above.mem_id != message.mem_id:
        classes = _attribute(above, "class").split()
        if {"tgme_widget_message_text", "tgme_widget_message_reply", "tgme_widget_message_poll"} & set(classes):
            return True
        above = above.parent
    return False


def _pieces(top: LexborNode) -> Iterator[str]:
    """What is inside `top`, with a newline for each break and an edge around each block. It walks without recursion."""
    todo: list[LexborNode | str] = [top]
    inside_pre = 0
    while todo:
        one = todo.pop()
        if isinstance(one, str):
            inside_pre -= one == "</pre>"
            yield _EDGE
            continue
        name = one.tag or ""
        if name == "-text":
            said = one.text_content or ""
            yield said if inside_pre else _SPACES.sub(" ", said)
        elif name == "br":
            yield "\n"
        elif name not in _UNSEEN and not name.startswith(("-", "!", "_")):
            if name in _BLOCKS and one.mem_id != top.mem_id:
                yield _EDGE
                inside_pre += name == "pre"
                todo.append(f"</{name}>")
            todo.extend(reversed(list(one.iter(include_text=True))))


def _words(node: LexborHTMLParser | LexborNode, selector: str) -> str:
    found = node.css_first(selector)
    return clean_line(words(found, 1_000), 300) if found is not None else ""


def _attribute(node: LexborNode, name: str) -> str:
    return (node.attributes.get(name) or "")[:MAX_URL].strip()
