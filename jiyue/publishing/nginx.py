"""The configuration with which nginx serves the public tree, written from settings and the register of websites.

Which host leads to which website stands in ``public/hosts.map``, which every publication keeps up to date; nginx reads
it again on ``nginx -s reload``.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from jiyue.common.errors import Refused
from jiyue.publishing import suspensions
from jiyue.publishing.headers import (
    ALWAYS_FRESH,
    FOR_EVER,
    NEVER_KEPT,
    SHOWN,
    UNCHANGING,
    UPLOADED,
    headers_of,
    security_headers,
)
from jiyue.publishing.hosts import CLOSED, OFFLINE, RETRY_AFTER, UNKNOWN
from jiyue.publishing.tree import GONE, MEDIA_TYPES


# What differs between the servers of one installation and says nothing of version and settings.
PLAIN: dict[str, Any] = {
    "port": 0, "application": "", "run": "", "workers": "", "certificates": (), "tls_port": 0, "tls_suffix": "", "stamp": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certificate:
    """``names``: the host names it is shown for, ``*.example.gov.cn`` for all below; the first one also for any other."""

    certificate: Path
    key: Path
    names: tuple[str, ...]


def certificate_of(certificate: Path, key: Path) -> Certificate:
    """The names stand in the certificate itself. Raises ``Refused`` for files that are no pair."""
    try:
        told = x509.load_pem_x509_certificate(certificate.read_bytes())
        secret = load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise Refused(_("读不出证书或私钥：%s") % error) from None
    if told.public_key() != secret.public_key():
        raise Refused(_("%(key)s 不是 %(certificate)s 的私钥。") % {"key": key, "certificate": certificate})
    try:
        names = told.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise Refused(_("证书 %s 里没有域名。") % certificate) from None
    return Certificate(certificate.resolve(), key.resolve(), tuple(names.get_values_for_type(x509.DNSName)))


def configuration(
    *,
    port: int,
    application: str,
    run: Path,
    workers: str = "auto",
    certificates: Sequence[Certificate] = (),
    tls_port: int = 443,
) -> str:
    """``application`` is the address of ``jiyue serve``; pid file, logs and temporary files lie in ``run``."""
    context = {
        "port": port,
        "certificates": certificates,
        "tls_port": tls_port,
        "tls_suffix": "" if tls_port == 443 else f":{tls_port}",
        "application": application,
        "run": run,
        "workers": workers,
        "public": settings.PUBLIC_ROOT,
        "static": settings.STATIC_ROOT,
        "admin_host": settings.ADMIN_HOST,
        "office_paths": settings.OFFICE_PATHS,
        "dynamic_paths": settings.DYNAMIC_PATHS,
        "max_body": settings.MAX_REQUEST_BYTES,
        "headers": security_headers(),
        "uploaded": UPLOADED,
        "uploaded_headers": headers_of(f"{UPLOADED}x.png"),
        "shown": [suffix[1:] for suffix in SHOWN],
        "types": [(value.partition(";")[0], suffix[1:]) for suffix, value in MEDIA_TYPES.items()],
        "unchanging": UNCHANGING,
        "always_fresh": ALWAYS_FRESH,
        "for_ever": FOR_EVER,
        "gone": GONE,
        "offline": OFFLINE,
        "closed": CLOSED,
        "unknown": UNKNOWN,
        "retry_after": RETRY_AFTER,
        "suspended": suspensions.root(),
        "cluster": suspensions.CLUSTER,
        "suspensions": [
            ("cluster", f"{suspensions.CLUSTER}.html"),
            ("website", "$site.html"),
            ("page", "$site$uri"),
        ],
        "never_kept": NEVER_KEPT,
        "spared": suspensions.SPARED,
        "retry_suspended": suspensions.RETRY_AFTER,
    }
    text = render_to_string("publishing/nginx.conf", {**context, **PLAIN})
    return render_to_string("publishing/nginx.conf", {**context, "stamp": _digest(text)})


def stamp() -> str:
    """Stands in a configuration written by this version with these settings."""
    text = configuration(port=0, application="", run=Path(), workers="")
    return text.partition("# stamp ")[2].partition("\n")[0]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
