"""Which host name leads to which tree. Websites that are not online lead to a notice instead of their files.

``public/hosts.json`` is read by the built-in server, ``public/hosts.map`` is included by nginx.
"""

import json

from django.conf import settings
from django.utils.translation import gettext as _

from jiyue.common.rendering import render
from jiyue.publishing import served
from jiyue.publishing.files import has_bytes, write_atomically
from jiyue.publishing.store import digest_of, store
from jiyue.publishing.suspensions import write_suspensions
from jiyue.websites.models import Host, Website


OFFLINE = ".offline"
CLOSED = ".closed"
UNKNOWN = ".unknown"
NOTICE_STATUS = {OFFLINE: 503, CLOSED: 410, UNKNOWN: 421}  # 421: this server does not answer for that host name
RETRY_AFTER = 3600


def write_hosts() -> None:
    for name, body in host_files().items():
        _write(name, body)
    write_suspensions()


def host_files() -> dict[str, bytes]:
    """Every public file that belongs to no website, by its name below ``public``: what the guard expects there."""
    hosts = {name: _folder(state, code) for name, state, code in _registered()}
    lines = [f'"{name}" "{folder}";\n' for name, folder in hosts.items()]
    files = {
        "hosts.json": json.dumps(hosts, ensure_ascii=False, indent=1).encode(),
        "hosts.map": "".join(lines).encode(),
    }
    for folder, notice in _notices().items():
        context = {"title": notice[0], "text": notice[1]}
        files[f"{folder}/{NOTICE_STATUS[folder]}.html"] = render("publishing/notice.html", context).encode()
    return files


def _registered() -> list[tuple[str, str, str]]:
    return list(Host.objects.order_by("name").values_list("name", "website__state", "website__code"))


def _folder(state: str, code: str) -> str:
    if state == Website.State.ONLINE:
        return code
    return CLOSED if state == Website.State.CLOSED else OFFLINE


def _notices() -> dict[str, tuple[str, str]]:
    return {
        OFFLINE: (_("网站暂停服务"), _("本网站正在维护或尚未开通，请稍后再访问。")),
        CLOSED: (_("网站已永久下线"), _("本网站已永久下线，有关信息请到上级政府门户网站查询。")),
        UNKNOWN: (_("没有这个网站"), _("本服务器没有以该域名开办的网站，请核对网址。")),
    }


def _write(name: str, body: bytes) -> None:
    path = f"{settings.PUBLIC_ROOT}/{name}"
    right = served.Right(digest_of(body), len(body))
    if served.lookup(name) != right:
        store().put(right.digest, body, durable=True)
        served.note({name: right})
    if not has_bytes(path, body):
        write_atomically(path, body, beside=settings.PUBLIC_ROOT, durable=True)
