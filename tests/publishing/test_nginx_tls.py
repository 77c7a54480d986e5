"""HTTPS by the real nginx with certificates made here: which one is shown, what is refused, where HTTP leads."""

import datetime as dt
import http.client
import socket
import ssl
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command

from jiyue.common.errors import Refused
from jiyue.publishing.actions import publish_all
from jiyue.publishing.nginx import certificate_of, configuration
from tests.publishing.conftest import AT
from tests.publishing.test_nginx import NGINX, free_port, pytestmark, wait_for  # noqa: F401


def a_certificate(folder, *names):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternative = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(dt.datetime(2026, 1, 1))  # noqa: DTZ001
        .not_valid_after(dt.datetime(2036, 1, 1)).add_extension(alternative, critical=False)  # noqa: DTZ001
    )  # fmt: skip
    stem = names[0].replace("*", "any")
    certificate, secret = folder / f"{stem}.pem", folder / f"{stem}.key"
    certificate.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, secret


@pytest.fixture
def served(world, website, home, settings):
    settings.PUBLIC_SCHEME = "https"
    world.write(website, home="首页")
    publish_all(at=AT, workers=1)
    (home / "static").mkdir()
    run = home / "nginx"
    run.mkdir()
    certificates = [certificate_of(*a_certificate(home, *names)) for names in (["*.localhost"], ["office.test"])]
    plain, tls = free_port(), free_port()
    file = run / "nginx.conf"
    text = configuration(
        port=plain, application="127.0.0.1:1", run=run, workers="1", certificates=certificates, tls_port=tls
    )
    file.write_text(text)
    tested = subprocess.run(
        [NGINX, "-t", "-c", file, "-e", run / "error.log"], capture_output=True, text=True, check=False
    )
    assert "test is successful" in tested.stderr, tested.stderr
    process = subprocess.Popen([NGINX, "-c", file, "-e", run / "error.log", "-g", "daemon off; user root;"])
    try:
        wait_for(tls)
        yield plain, tls
    finally:
        process.terminate()
        process.wait(10)


def handshake(port, name, *, protocols=("http/1.1",), most=None):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(list(protocols))
    if most:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = most
    raw = socket.create_connection(("127.0.0.1", port), timeout=10)
    return context.wrap_socket(raw, server_hostname=name)


def test_pages_come_over_tls_with_hsts_and_http_leads_there(served):
    plain, tls = served
    with handshake(tls, "jtj.localhost") as secure:
        secure.sendall(b"GET / HTTP/1.1\r\nHost: jtj.localhost\r\nConnection: close\r\n\r\n")
        answer = http.client.HTTPResponse(secure)
        answer.begin()
        body = answer.read()
        answer.close()
        assert (answer.status, body.decode()) == (200, "<p>首页</p>")
        assert answer.headers["strict-transport-security"] == "max-age=31536000"

    connection = http.client.HTTPConnection("127.0.0.1", plain)
    connection.request("GET", "/x/?a=1", headers={"Host": "jtj.localhost"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert (answer.status, answer.headers["location"]) == (301, f"https://jtj.localhost:{tls}/x/?a=1")


def test_each_name_gets_its_own_certificate(served):
    shown = {}
    for name in ("jtj.localhost", "office.test", "unknown.example"):
        with handshake(served[1], name) as secure:
            told = x509.load_der_x509_certificate(secure.getpeercert(binary_form=True))
            shown[name] = told.subject.rfc4514_string()

    assert shown == {
        "jtj.localhost": "CN=*.localhost",
        "office.test": "CN=office.test",
        "unknown.example": "CN=*.localhost",
    }


def test_http2_is_spoken_and_old_protocols_are_not(served):
    with handshake(served[1], "jtj.localhost", protocols=("h2", "http/1.1")) as secure:
        assert secure.selected_alpn_protocol() == "h2"
        assert secure.version() == "TLSv1.3"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        handshake(served[1], "jtj.localhost", most=ssl.TLSVersion.TLSv1_1)


def test_files_that_are_no_pair_are_refused(tmp_path):
    first, _key = a_certificate(tmp_path, "a.localhost")
    _certificate, other = a_certificate(tmp_path, "b.localhost")

    with pytest.raises(Refused):
        certificate_of(first, other)
    with pytest.raises(Refused):
        certificate_of(tmp_path / "nix", other)


def test_tls_without_the_setting_is_refused(db, tmp_path, settings):
    settings.PUBLIC_SCHEME = "http"

    with pytest.raises(CommandError):
        call_command("nginx", "--tls", str(tmp_path / "c"), str(tmp_path / "k"))
