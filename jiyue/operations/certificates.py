"""The TLS certificates nginx shows: until when they are good, which names they cover, whether nginx shows the file's.

Read from the configuration ``jiyue nginx --output`` has written (``JIYUE_NGINX``), so that nothing is listed twice.
"""

import re
import socket
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiyue.common.errors import Refused
from jiyue.notices.actions import raise_alarm, settle
from jiyue.notices.models import Alarm
from jiyue.websites.models import Host


ENDING = "operations.certificate"
SOON, AT_ONCE = timedelta(days=30), timedelta(days=7)
PATIENCE = 3.0  # seconds for asking nginx on this machine
MAP = re.compile(r"map \$ssl_server_name \$certificate \{(.*?)\n    \}", re.DOTALL)
LINE = re.compile(r'^ +(?:default|"([^"]+)") "([^"]+)";$', re.MULTILINE)
LISTEN = re.compile(r"^ +listen (\d+) ssl", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Certificate:
    file: Path
    names: tuple[str, ...]
    ends: datetime
    body: bytes

    def __str__(self) -> str:
        return self.names[0] if self.names else self.file.name

    def days(self, at: datetime) -> int:
        return (self.ends - at).days


@dataclass(frozen=True, slots=True)
class Front:
    """nginx as it was configured. ``port`` is none where something before it ends TLS."""

    port: int | None
    certificates: tuple[Certificate, ...]


def read_front(configuration: Path) -> Front:
    """Raises ``Refused`` for what cannot be read."""
    try:
        text = configuration.read_text()
    except OSError as error:
        raise Refused(_("读不到 %(file)s：%(why)s") % {"file": configuration, "why": error.strerror}) from None
    found, port = MAP.search(text), LISTEN.search(text)
    files = dict.fromkeys(path for _name, path in LINE.findall(found[1])) if found else {}
    return Front(int(port[1]) if port else None, tuple(_read(Path(file)) for file in files))


@dataclass(frozen=True, slots=True)
class Complaint:
    certificate: Certificate
    text: str
    urgent: bool = True


def complaints(front: Front, at: datetime) -> Iterator[Complaint]:
    """What somebody must do about a certificate."""
    for each in front.certificates:
        day = f"{localtime(each.ends):%Y-%m-%d}"
        if at >= each.ends:
            yield Complaint(each, _("证书 %(name)s 已于 %(day)s 到期。") % {"name": each, "day": day})
        elif each.ends - at <= SOON:
            told = {"name": each, "day": day, "days": each.days(at)}
            text = _("证书 %(name)s 还有 %(days)d 天到期（%(day)s）。") % told
            yield Complaint(each, text, urgent=each.ends - at <= AT_ONCE)
        if is_outdated(front, each):
            yield Complaint(each, _("证书 %s 的文件已更换，nginx 还在用旧的。") % each)


def is_outdated(front: Front, certificate: Certificate) -> bool:
    """Whether nginx on this machine shows another one than the file holds. Nobody there: nothing to complain about."""
    if front.port is None or not certificate.names:
        return False
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # its bytes are compared, nothing is sent
    name = certificate.names[0].replace("*", "www")
    try:
        with (
            socket.create_connection(("127.0.0.1", front.port), timeout=PATIENCE) as raw,
            context.wrap_socket(raw, server_hostname=name) as secure,
        ):
            return secure.getpeercert(binary_form=True) != certificate.body
    except OSError:
        return False


def uncovered(front: Front) -> list[str]:
    """Registered names for which every browser would warn."""
    names = {*Host.objects.values_list("name", flat=True), settings.ADMIN_HOST}
    covered = {name for each in front.certificates for name in each.names}
    return sorted(name for name in names if not _candidates(name) & covered)


def watch_certificates(at: datetime) -> None:
    """Every day. An alarm lasts until the certificate has been replaced."""
    if settings.NGINX is None:
        return
    try:
        told = _by_subject(complaints(read_front(settings.NGINX), at))
    except Refused as refused:
        told = {str(settings.NGINX): str(refused)}
    for subject, text in told.items():
        raise_alarm(ENDING, subject=subject, text=text, at=at, lasting=True)
    for alarm in Alarm.objects.filter(code=ENDING, settled_at=None).exclude(subject__in=told):
        settle(ENDING, subject=alarm.subject, at=at)


def _by_subject(found: Iterable[Complaint]) -> dict[str, str]:
    told: dict[str, str] = {}
    for each in found:
        subject = str(each.certificate)[:200]
        told[subject] = f"{told.get(subject, '')}{each.text}"
    return told


def _read(file: Path) -> Certificate:
    try:
        told = x509.load_pem_x509_certificate(file.read_bytes())  # the first: its issuers follow
    except (OSError, ValueError) as error:
        raise Refused(_("读不出证书 %(file)s：%(why)s") % {"file": file, "why": error}) from None
    try:
        names = told.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Certificate(file, (), _end(told), told.public_bytes(Encoding.DER))
    return Certificate(
        file, tuple(names.get_values_for_type(x509.DNSName)), _end(told), told.public_bytes(Encoding.DER)
    )


def _end(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc.astimezone(UTC)


def _candidates(name: str) -> set[str]:
    return {name, f"*.{name.partition('.')[2]}"}
