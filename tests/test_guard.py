"""Which addresses may be reached, and which spellings of an address are refused unread."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import ConfigError, FetchError
from scraper.net.guard import Origin, Reach, is_ambiguous, read_grants, refusal, refusal_by_name, standing
from scraper.net.target import MAX_LENGTH, read_target

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "2606:4700::1111",
    "2a00:1450:4001::200e",
    "::ffff:8.8.8.8",
    "100.63.255.255",
]
PRIVATE = [
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.8.9.10", "100.64.0.1", "100.127.255.255",
    "::1", "fc00::1", "fd00:ec2::254", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.9", "fec0::1",
]  # fmt: skip
NEVER = [
    "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "192.88.99.1", "::", "fe80::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:53aa::1", "::7f00:1",
    "::ffff:0:127.0.0.1", "::ffff:169.254.169.254", "4000::1", "100::1", "168.63.129.16",
]  # fmt: skip
HERE = Origin("http", "site.example", 80)


def at(*addresses: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    return [ipaddress.ip_address(address) for address in addresses]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_needs_no_permission(address: str) -> None:
    assert standing(ipaddress.ip_address(address))[0] == "public"
    assert refusal(HERE, at(address), Reach()) == ""


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_opens_to_the_source_that_owns_it_and_to_nobody_else(address: str) -> None:
    assert address in refusal(HERE, at(address), Reach()).replace("::ffff:a00:1", "::ffff:10.0.0.1").replace(
        "::ffff:7f00:1", "::ffff:127.0.0.1"
    )
    assert refusal(HERE, at(address), Reach(own=HERE)) == ""
    assert refusal(HERE, at(address), Reach(own=HERE._replace(port=81))) != ""
    assert refusal(HERE, at(address), Reach(own=HERE._replace(scheme="https"))) != ""


@pytest.mark.parametrize("address", NEVER)
def test_link_local_multicast_and_embedding_addresses_open_to_a_written_range_only(address: str) -> None:
    endpoint = Reach(own=HERE, endpoints=frozenset({("site.example", 80)}))
    assert refusal(HERE, at(address), endpoint) != ""
    plain = ipaddress.ip_address(address)
    mapped = getattr(plain, "ipv4_mapped", None) or plain
    assert refusal(HERE, at(address), read_grants([f"{mapped}/{mapped.max_prefixlen}"])) == ""


def test_one_bad_answer_among_good_ones_refuses_the_name() -> None:
    assert refusal(HERE, at("8.8.8.8", "10.0.0.1"), Reach()) == "site.example:80 is at 10.0.0.1 (private)"


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_mapped_into_ipv6_stands_as_it_would_alone(address: ipaddress.IPv4Address) -> None:
    assert standing(ipaddress.IPv6Address(f"::ffff:{address}")) == standing(address)


@given(st.ip_addresses())
def test_nothing_is_public_that_python_calls_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if standing(address)[0] == "public":
        plain = getattr(address, "ipv4_mapped", None) or address
        assert plain.is_global and not plain.is_multicast and not plain.is_reserved


def test_a_grant_is_a_range_an_address_or_a_host_and_port() -> None:
    reach = read_grants(["10.1.0.0/16", "192.168.7.7", "Wiki.lan:8080", "[fd00::7]:443", "fd01::/64"])
    assert [str(network) for network in reach.networks] == ["10.1.0.0/16", "192.168.7.7/32", "fd01::/64"]
    assert reach.endpoints == {("wiki.lan", 8080), ("fd00::7", 443)}


def test_every_grant_that_cannot_be_read_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        read_grants(["10.0.0.0/8", "wiki.lan", "10.0.0.1/8", "host:0", "host:99999", "ho st:80", ""])
    assert len(caught.value.problems) == 6
    assert {problem.key for problem in caught.value.problems} == {"fetch.allow_private"}


def test_a_name_is_judged_before_a_proxy_gets_it() -> None:
    for host in (
        "localhost",
        "LOCALHOST".lower(),
        "intranet",
        "printer.local",
        "db.internal",
        "x.home.arpa",
        "a.localhost.",
    ):
        assert "local name" in refusal_by_name(Origin("http", host, 80), Reach())
    assert refusal_by_name(Origin("http", "10.0.0.1", 80), Reach()) == "10.0.0.1:80 is at 10.0.0.1 (private)"
    assert refusal_by_name(Origin("http", "news.example.org", 80), Reach()) == ""
    assert refusal_by_name(Origin("http", "intranet", 80), Reach(own=Origin("http", "intranet", 80))) == ""


@pytest.mark.parametrize(
    "host",
    ["127.1", "0177.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "127.0.0.1.", "1", "a.1", "0x", "1.2.3.4.5", "08"],
)
def test_a_host_that_ends_in_a_number_and_is_no_plain_address_is_ambiguous(host: str) -> None:
    assert is_ambiguous(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "a.example", "1.example", "0x7f.example", "::1", "::ffff:127.0.0.1", "x0"]
)
def test_a_plain_address_and_a_name_are_not(host: str) -> None:
    assert not is_ambiguous(host)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://site.example/", "file:///etc/passwd", "gopher://site.example/_x", "data:text/html,x", "javascript:1", "//site.example/",
        "site.example", "", "http://", "http:///x", "http://:80/", "http://a@site.example/", "http://site.example@127.0.0.1/",
        "http://127.0.0.1\\@site.example/", "http://site.example/a b", "http://site.example/\r\nX: y", "http://site.example/\x00",
        "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://１２７.0.0.1/", "http://①②⑦.0.0.1/", "http://a%2eb/",
        "http://[fe80::1%25eth0]/", "http://[::1/", "http://site.example:99999/", "http://site.example:x/", "http://exa$mple/",
        "http://site.example/" + "a" * MAX_LENGTH, "http://" + "a" * 300 + "\udc80/", "HTTP:site.example", "http://..example/",
    ],
)  # fmt: skip
def test_an_odd_address_is_refused_before_anybody_is_asked(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        read_target(url)
    assert caught.value.outcome == "blocked"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://Site.Example", "http://site.example/"),
        ("HTTPS://site.example:443/a?b#c", "https://site.example/a?b"),
        ("http://site.example:80/بيان", "http://site.example/%D8%A8%D9%8A%D8%A7%D9%86"),
        ("http://site.example/%D8%A8?q=a%20b", "http://site.example/%D8%A8?q=a%20b"),
        ("http://موقع.example/", "http://xn--4gbrim.example/"),
        ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("http://site.example./", "http://site.example./"),
    ],
)
def test_a_plain_address_is_read_in_one_form(url: str, expected: str) -> None:
    assert read_target(url).url == expected


def test_a_relative_address_is_read_from_where_it_stands() -> None:
    base = read_target("https://site.example:8443/a/b?c")
    assert read_target("../d", base=base).url == "https://site.example:8443/d"
    assert read_target("?e", base=base).url == "https://site.example:8443/a/b?e"
    assert read_target("//other.example/f", base=base).url == "https://other.example/f"


@given(st.text(max_size=80) | st.from_regex(r"https?://[^\n]{0,60}", fullmatch=True))
def test_no_text_is_anything_but_read_or_refused(url: str) -> None:
    try:
        target = read_target(url)
    except FetchError as error:
        assert error.outcome == "blocked"
        return
    assert target.origin.scheme in ("http", "https")
    assert target.url.isascii() and target.url.isprintable() and " " not in target.url
    assert read_target(target.url) == target
