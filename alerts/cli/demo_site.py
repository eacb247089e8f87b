"""The site that `bayan demo` watches: a few pages on a free loopback port, which publishes the model statement on order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from html import escape

STYLE_OF_A_SITE = "<nav><a href='/'>Home</a> <a href='/about'>About</a> <a href='/contact'>Contact</a></nav>"


@dataclass(frozen=True, slots=True)
class Post:
    """One post of the site: how it is listed, and what its page says."""

    path: str
    age: str
    headline: str
    paragraphs: tuple[str, ...]


OLD_POSTS = (
    Post("/posts/1006", "1 day ago", "Water Ministry Announces New Schedule For The Tigris Barrages",
         ("The ministry published the schedule for the coming season.", "Farmers were asked to register by Thursday.")),
    Post("/posts/1005", "2 days ago", "Provincial Council Of Basra Elects A New Speaker In A Second Round",
         ("The council met in closed session.", "The new speaker promised to publish the minutes of every meeting.")),
    Post("/posts/1004", "3 days ago", "Parliament Committee Reviews The Draft Law On Electricity Tariffs",
         ("The committee heard three experts.", "A vote is expected next month.")),
    Post("/posts/1003", "4 days ago", "Airport Authority Reports Record Number Of Passengers In May",
         ("The authority named the new terminal as the reason.", "A second runway is being planned.")),
    Post("/posts/1002", "5 days ago", "Archaeologists Present Finds From The Third Season Near Nippur",
         ("Clay tablets were found in a storage room.", "They will be shown in the national museum.")),
)  # fmt: skip

MODEL_POST = Post(
    "/posts/1007",
    "7 hours ago",
    "Iraqi Militia Leader Qais Al-Khazali Condemns Threats To Khamenei, Warns Of Regional Instability, "
    "Urges International Action",
    (
        "On June 20, 2025, Qais Al-Khazali, the secretary-general of the Iran-backed Iraqi militia Asa'ib Ahl Al-Haqq, "
        "published a statement of solidarity with Iran in which he denounced alleged Israeli threats against "
        "high-ranking Shi'ite leaders.[1]",
        "The statement opens with a verse of the Quran (Al-Tawba 63) and speaks of a \"treacherous Zionist assault\" and of "
        "Iranian \"heroic resistance\". Lines had been crossed, it says, that are religious, humane and international.",
        "It names Supreme Leader Ayatollah Sayyid Ali Al-Husseini Khamenei as the one who was threatened, and recalls an "
        "earlier image that targeted Ayatollah Ali Al-Sistani. The threat is \"a direct attack on sacred figures and "
        "institutions, and it carries consequences that may extend far beyond the immediate moment\".",
        "Al-Khazali supports Iran's \"effective deterrence\" and calls on governments, organizations and world leaders to "
        "intervene at once: silence, he says, encourages more violations.",
    ),
)  # fmt: skip


RELAYED_POSTS = (
    Post("/relay/209", "1 day ago", "Ferry Service Between The Islands Resumes After Repairs",
         ("The first ferry left at dawn.", "Tickets of the last week remain valid.")),
    Post("/relay/208", "2 days ago", "Museum Extends Its Opening Hours For The Summer",
         ("The museum stays open until nine.", "Schools enter free of charge.")),
    Post("/relay/207", "4 days ago", "Union Of Bakers Asks For A New Agreement On Prices",
         ("The union met on Monday.", "An answer is expected within two weeks.")),
)  # fmt: skip

COPY = Post(
    "/relay/210",
    "12 minutes ago",
    "Al-Khazali: Threat To Khamenei Carries Consequences Beyond The Moment",
    (*MODEL_POST.paragraphs, "The relay has asked the office of the militia for a comment on the statement."),
)

CORRECTED = replace(
    MODEL_POST, headline=MODEL_POST.headline.replace("Condemns Threats To", "Rejects Alleged Threats To")
)


@dataclass(slots=True)
class DemoSite:
    """A running site with two lists: `posts` is what its own shows, newest first, `relayed` that of an outlet which copies.

    `/broken` always answers 500.
    """

    posts: list[Post] = field(default_factory=lambda: list(OLD_POSTS))
    relayed: list[Post] = field(default_factory=lambda: list(RELAYED_POSTS))
    origin: str = ""
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free loopback port; `origin` is then the address."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.origin = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def publish(self, post: Post) -> None:
        """Put a post on top of the list."""
        self.posts.insert(0, post)

    def relay(self, post: Post) -> None:
        """Put a post on top of the other list."""
        self.relayed.insert(0, post)

    def correct(self, post: Post) -> None:
        """Put a post in the place of the one at its address."""
        self.posts = [post if one.path == post.path else one for one in self.posts]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            path = request.split(b" ", 2)[1].decode("ascii", "replace")
            status, body = self._page(path)
            payload = body.encode()
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(payload)}\r\n"
            writer.write(f"{head}Connection: close\r\n\r\n".encode() + payload)
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, IndexError):
            pass  # whoever asked has gone, or never asked: a site shrugs
        finally:
            writer.close()

    def _page(self, path: str) -> tuple[str, str]:
        if path == "/statements":
            return "200 OK", _list(self.posts)
        if path == "/relay":
            return "200 OK", _list(self.relayed)
        if path == "/broken":
            return "500 Internal Server Error", "<html><body><h1>Something went wrong</h1></body></html>"
        for post in (*self.posts, *self.relayed):
            if path == post.path:
                return "200 OK", _article(post)
        return "404 Not Found", "<html><body><h1>Not found</h1></body></html>"


def _list(posts: list[Post]) -> str:
    rows = "\n".join(
        f"<div class='post'><h3><a href='{post.path}'>{escape(post.headline)}</a></h3>"
        f"<span class='age'>{post.age}</span></div>"
        for post in posts
    )
    return f"<html><head><title>Demo Monitor</title></head><body>{STYLE_OF_A_SITE}<main>{rows}</main></body></html>"


def _article(post: Post) -> str:
    text = "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in post.paragraphs)
    return (
        f"<html><head><title>{escape(post.headline)}</title></head><body>{STYLE_OF_A_SITE}"
        f"<article><h1>{escape(post.headline)}</h1>{text}</article></body></html>"
    )
