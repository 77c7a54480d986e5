import json

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse

from jiyue.publishing.bridge import Bridge
from jiyue.publishing.server import PublicServer
from tests.publishing.rsgi import ask
from tests.publishing.test_server import tree  # noqa: F401 -- a fixture


def echo(environ, start_response):
    """A WSGI application that tells what reached it."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    shown = {name: value for name, value in environ.items() if isinstance(value, str)}
    response = JsonResponse({**shown, "body": body.decode("latin-1")})
    start_response("201 Created", [("Set-Cookie", "a=1"), ("Content-Type", "application/json")])
    return response


@pytest.fixture
def served(tree, settings):  # noqa: F811
    settings.ADMIN_HOST = "office.localhost"
    return PublicServer(Bridge(echo, threads=1, limit=5000))


def told(answer):
    return json.loads(answer.body)


def test_a_dynamic_path_reaches_the_application(served):
    answer = ask(served, "/search", query="q=%E6%95%99", accept="*/*")

    assert (answer.status, answer.headers["set-cookie"]) == (201, "a=1")
    environ = told(answer)
    assert environ["QUERY_STRING"] == "q=%E6%95%99"
    assert environ["HTTP_HOST"] == "jtj.localhost"
    assert environ["HTTP_ACCEPT"] == "*/*"
    assert environ["REMOTE_ADDR"] == "192.0.2.7"


def test_a_path_in_chinese_is_spelt_as_wsgi_wants_it(served):
    assert told(ask(served, "/-/中"))["PATH_INFO"].encode("latin-1").decode() == "/-/中"


def test_a_body_arrives_whole(served):
    environ = told(ask(served, "/-/x", method="POST", sent=b"a" * 4999, content_type="text/plain"))

    assert (environ["body"], environ["CONTENT_TYPE"]) == ("a" * 4999, "text/plain")


def test_a_body_beyond_the_limit_is_refused(served):
    assert ask(served, "/-/x", method="POST", sent=b"a" * 5001).status == 413


def test_the_back_office_is_reached_on_its_own_host_only(served):
    assert ask(served, "/admin/", host="office.localhost").status == 201
    assert ask(served, "/admin/", host="jtj.localhost").status == 404
    assert ask(served, "/documents/1/", host="jtj.localhost").status == 404


@pytest.mark.parametrize("host", ["off.localhost", "evil.example"])
def test_a_website_that_is_not_online_has_no_search_either(served, host):
    assert ask(served, "/search", host=host).status in (503, 421)


def test_public_answers_of_the_application_carry_the_security_headers_too(served):
    assert "content-security-policy" in ask(served, "/search").headers
    assert "content-security-policy" not in ask(served, "/admin/", host="office.localhost").headers


def test_forged_forwarding_is_dropped(served):
    forged = {"x_forwarded_for": "10.0.0.1", "x_forwarded_proto": "https", "x_forwarded_host": "evil.example"}

    environ = told(ask(served, "/search", **forged))

    assert environ["REMOTE_ADDR"] == "192.0.2.7"
    assert not [name for name in environ if "FORWARDED" in name]


def test_our_own_proxy_is_believed_about_the_last_hop(served, settings):
    settings.TRUSTED_PROXIES = ["192.0.2.7"]

    environ = told(ask(served, "/search", x_forwarded_for="10.0.0.1, 198.51.100.9", x_forwarded_proto="https"))

    assert environ["REMOTE_ADDR"] == "198.51.100.9"
    assert environ["HTTP_X_FORWARDED_PROTO"] == "https"


def test_a_long_answer_is_streamed_and_closed(served):
    closed = []

    def chunks():
        try:
            yield from (b"a", b"b", b"c")
        finally:
            closed.append(True)

    def application(environ, start_response):
        start_response("200 OK", [])
        return StreamingHttpResponse(chunks())

    served.bridge.application = application

    assert ask(served, "/-/export").body == b"abc"
    assert closed == [True]


def test_an_answer_is_closed(served):
    closed = []

    class Response(HttpResponse):
        def close(self):
            closed.append(True)

    def application(environ, start_response):
        start_response("200 OK", [])
        return Response("x")

    served.bridge.application = application

    assert ask(served, "/-/x").body == b"x"
    assert closed == [True]
