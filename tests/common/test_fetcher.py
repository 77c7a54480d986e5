import gzip
import ipaddress
import random
import socket
import subprocess
import sys
import time
import tracemalloc
import zlib

import brotli
import pytest

from jiyue.common.fetcher import FetchError, Kind, Limits, fetch, is_public
from tests.common.hostile import Hostile, certificate, page, redirect


LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
MEGABYTE = 1024 * 1024


@pytest.fixture
def serve():
    servers = []

    def start(routes=None, **options):
        servers.append(Hostile(routes or {}, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def ask(server, path="/", *, host="127.0.0.1", scheme=None, **options):
    bounds = {"networks": LOOPBACK, "ports": frozenset({server.port}), "seconds": 5}
    own = {name: options.pop(name) for name in list(options) if name in Limits.__dataclass_fields__}
    return fetch(server.url(path, host, scheme), limits=Limits(**{**bounds, **own}), **options)


def refusal(*args, **options):
    with pytest.raises(FetchError) as caught:
        (ask if isinstance(args[0], Hostile) else fetch)(*args, **options)
    return caught.value.kind


def test_a_page_comes_back_with_status_headers_body_and_address(serve):
    server = serve({"/": page("开学".encode(), Content_Type="text/html")})

    answer = ask(server)

    assert (answer.status, answer.body.decode(), answer.header("Content-type")) == (200, "开学", "text/html")
    assert (answer.url, answer.truncated, answer.address) == (server.url(), False, "127.0.0.1")


@pytest.mark.parametrize(
    "packed",
    [
        ("gzip", gzip.compress(b"a" * 1000)),
        ("gzip", gzip.compress(b"a" * 400) + gzip.compress(b"a" * 600)),
        ("x-gzip", gzip.compress(b"a" * 1000) + b"\0" * 8),
        ("deflate", zlib.compress(b"a" * 1000)),
        ("deflate", zlib.compress(b"a" * 1000)[2:-4]),
        ("br", brotli.compress(b"a" * 1000)),
    ],
)
def test_packed_bodies_are_unpacked(serve, packed):
    encoding, body = packed

    assert ask(serve({"/": page(body, Content_Encoding=encoding)})).body == b"a" * 1000


def test_chunked_bodies_are_put_together(serve):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve({"/": lambda send, request: send(head + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")})

    assert ask(server).body == b"abcde"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_bomb_is_cut_at_the_bound_in_bounded_memory(serve, encoding):
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": lambda data: brotli.compress(data, quality=1)}[
        encoding
    ]
    bomb = pack(bytes(200 * MEGABYTE))
    server = serve({"/": page(bomb, Content_Encoding=encoding)})
    tracemalloc.start()

    answer = ask(server, unpacked_bytes=2 * MEGABYTE)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(answer.body), answer.truncated) == (2 * MEGABYTE, True)
    assert peak < 16 * MEGABYTE


def test_whoever_needs_the_whole_body_gets_an_error_instead_of_a_part(serve):
    server = serve({"/": page(b"x" * 5000)})

    assert ask(server, body_bytes=4000).truncated
    assert refusal(server, body_bytes=4000, whole=True) == Kind.TOO_LARGE


def test_a_body_of_exactly_the_bound_is_whole(serve):
    answer = ask(serve({"/": page(b"x" * 4000)}), body_bytes=4000, unpacked_bytes=4000, whole=True)

    assert (len(answer.body), answer.truncated) == (4000, False)


def test_an_endless_body_is_cut(serve):
    def endless(send, request):
        send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            send(b"x" * 65536)

    answer = ask(serve({"/": endless}), body_bytes=MEGABYTE)

    assert (len(answer.body), answer.truncated) == (MEGABYTE, True)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 100 C\r\n"])
def test_a_drip_ends_with_the_time_of_the_whole_fetch(serve, start):
    server = serve({"/": lambda send, request: (send(start), server.drip(send))})
    began = time.monotonic()

    assert refusal(server, seconds=0.6) == Kind.TIMEOUT
    assert time.monotonic() - began < 1.5


def test_a_drip_in_chunks_ends_as_well(serve):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve({"/": lambda send, request: (send(head), server.drip(send, b"1\r\nx\r\n"))})

    assert refusal(server, seconds=0.5) == Kind.TIMEOUT


@pytest.mark.parametrize(
    "flood",
    [
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(200)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(90)) * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 50_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"e" * 70_000 + b"\r\n",
    ],
)
def test_a_flood_of_headers_is_too_large(serve, flood):
    assert refusal(serve({"/": lambda send, request: send(flood)}), body_bytes=4000) == Kind.TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>HTTP/0.9</html>",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\n\xff\xff\xff",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(random.Random(1).randbytes(999))[:500],
    ],
)
def test_what_is_not_http_is_refused(serve, answer):
    assert refusal(serve({"/": lambda send, request: send(answer)})) == Kind.PROTOCOL


def test_redirections_are_followed_and_remembered(serve):
    server = serve({"/": redirect("/二".encode().decode("latin-1")), "/%E4%BA%8C": page(b"there")})

    answer = ask(server)

    assert (answer.body, answer.hops) == (b"there", (server.url("/"),))


def test_without_redirections_the_answer_itself_is_handed_back(serve):
    answer = ask(serve({"/": redirect("http://127.0.0.1/")}), redirects=0)

    assert (answer.status, answer.header("location")) == (302, "http://127.0.0.1/")


def test_a_redirection_to_this_machine_is_refused_at_its_hop(serve):
    inside = serve({"/": page(b"secret")})
    outside = serve({"/": redirect(inside.url("/", "127.0.0.2"))})
    limits = Limits(
        networks=(ipaddress.ip_network("127.0.0.1"),), ports=frozenset({outside.port, inside.port}), seconds=5
    )

    with pytest.raises(FetchError) as caught:
        fetch(outside.url(), limits=limits)

    assert (caught.value.kind, caught.value.url, inside.connections) == (
        Kind.REFUSED,
        inside.url("/", "127.0.0.2"),
        0,
    )


@pytest.mark.parametrize("target", ["/", "/b", "/%2e/..", ""])
def test_loops_and_redirections_to_nowhere_end(serve, target):
    server = serve({"/": redirect(target), "/b": redirect("/"), "/%2e/..": redirect("/")})

    assert refusal(server) == Kind.REDIRECT


def test_an_endless_chain_of_redirections_ends(serve):
    routes = {f"/{number}": redirect(f"/{number + 1}") for number in range(20)}
    server = serve(routes)

    assert refusal(server, "/0", redirects=5) == Kind.REDIRECT
    assert server.connections == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "gopher://x/", "http://user@x/", "http://[::1", "javascript:1"]
)
def test_a_redirection_leads_nowhere_but_to_http(serve, target):
    assert refusal(serve({"/": redirect(target)})) == Kind.URL


def test_secrets_of_one_origin_do_not_follow_a_redirection_to_another(serve):
    abroad = serve({"/": page()})
    server = serve({"/": redirect(abroad.url())})
    headers = {"Authorization": "Bearer secret", "Cookie": "a=b", "Accept": "text/html"}

    fetch(server.url(), headers=headers, limits=Limits(networks=LOOPBACK, ports=frozenset({server.port, abroad.port})))

    assert b"secret" in server.requests[0]
    assert b"secret" not in abroad.requests[0]
    assert b"a=b" not in abroad.requests[0]
    assert b"Accept: text/html" in abroad.requests[0]


def test_a_posted_body_arrives_and_becomes_a_plain_question_after_a_redirection(serve):
    server = serve({"/": redirect("/b", "303 See Other"), "/b": page()})

    ask(server, method="POST", body="告警".encode())

    assert server.requests[0].startswith(b"POST / ")
    assert "告警".encode() in server.requests[0]
    assert server.requests[1].startswith(b"GET /b ")


def test_a_name_that_changes_its_address_is_resolved_once(serve):
    server = serve({"/": page()})
    answers = iter([["127.0.0.1"], ["127.0.0.66"]])

    answer = ask(server, host="rebind.example", resolver=lambda host: next(answers))

    assert (answer.address, len(list(answers))) == ("127.0.0.1", 1)
    assert b"Host: rebind.example:" in server.requests[0]


def test_a_name_that_changes_to_this_machine_between_two_hops_is_refused(serve):
    server = serve({"/": redirect("/b"), "/b": page(b"secret")})
    answers = iter([["127.0.0.1"], ["127.0.0.66", "10.0.0.8"]])
    networks = (ipaddress.ip_network("127.0.0.1"),)

    kind = refusal(server, host="rebind.example", networks=networks, resolver=lambda host: next(answers))

    assert (kind, server.connections) == (Kind.REFUSED, 1)


def test_of_several_addresses_only_the_public_ones_are_tried(serve):
    server = serve({"/": page()})
    networks = (ipaddress.ip_network("127.0.0.1"),)

    answer = ask(
        server, host="two.example", networks=networks, resolver=lambda host: ["10.0.0.1", "64:ff9b::1", "127.0.0.1"]
    )

    assert answer.address == "127.0.0.1"


def _hanging(host):
    time.sleep(3)
    return ["127.0.0.1"]


def _unknown(host):
    raise OSError("no such name")


@pytest.mark.parametrize(
    ("resolver", "kind"), [(_hanging, Kind.TIMEOUT), (_unknown, Kind.DNS), (lambda host: [], Kind.DNS)]
)
def test_names_nobody_knows_and_resolvers_that_hang(serve, resolver, kind):
    assert refusal(serve(), host="a.example", resolver=resolver, seconds=0.4) == kind


def test_a_closed_port_is_an_error_of_connecting(serve):
    server = serve()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        server.port = closed.getsockname()[1]

    assert refusal(server) == Kind.CONNECT


def test_a_certificate_is_checked_against_the_name_not_the_address(serve, tmp_path):
    for_a, trusting_a = certificate(tmp_path, "a.example")
    server = serve({"/": page()}, context=for_a)
    here = {"resolver": lambda host: ["127.0.0.1"], "context": trusting_a}

    assert ask(server, host="a.example", **here).status == 200
    assert refusal(server, host="b.example", **here) == Kind.TLS
    assert refusal(server, host="a.example", resolver=here["resolver"]) == Kind.TLS


def test_a_handshake_that_stalls_ends(serve):
    server = serve(silent=True)
    began = time.monotonic()

    assert refusal(server, scheme="https", seconds=0.5) == Kind.TIMEOUT
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://a.example/",
            "file:///etc/passwd",
            "//a.example/",
            "a.example",
            "http://",
            "http://user:pw@a.example/",
        ),
        *("http://a.example:22/", "http://a.example:0/", "http://a.example:99999/", "http://a.example\\@b.example/"),
        *(
            "http://a.example/\r\nX: y",
            "http://a.example/ b",
            "http://a..example/",
            "http://-a.example/",
            "http://%61/",
        ),
        *("http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://0x7f.1/"),
        *("http://1.2.3.4.5/", "http://a.1/", "http://①②⑦.①/", "http://[::1]:x/", "http://[fe80::1%25eth0]/"),
        *(f"http://{'a' * 64}.example/", "http://" + "a." * 130 + "example/", "http://a.example\x00.b/"),
    ],
)
def test_addresses_that_are_not_plain_are_refused_before_anybody_is_asked(url):
    def resolver(host):
        raise AssertionError(host)

    assert refusal(url, resolver=resolver) in {Kind.URL, Kind.REFUSED}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1.", "①②⑦.⓪.⓪.①", "１２７。０。０。１", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_this_machine_is_refused_under_every_name(host):
    assert refusal(f"http://{host}/") == Kind.REFUSED


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255"),
        *("192.0.0.8", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "203.0.113.9"),
        *("::", "::1", "::127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1"),
        *("2001:db8::1", "2002:7f00:1::", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1"),
        "5f00::1",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "114.114.114.114", "2400:3200::1", "2606:4700::1111"])
def test_public_addresses(address):
    assert is_public(ipaddress.ip_address(address))


def test_no_address_is_public_that_python_calls_otherwise():
    chance = random.Random(3)
    for _ in range(20_000):
        for address in (ipaddress.IPv4Address(chance.getrandbits(32)), ipaddress.IPv6Address(chance.getrandbits(128))):
            assert address.is_global or not is_public(address)


def test_the_module_knows_no_django():
    code = "import sys, jiyue.common.fetcher; sys.exit(any(name.startswith('django') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
