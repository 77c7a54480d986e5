"""Everything that can happen to a website as the register knows it, in the order in which it happens."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.common.errors import Refused
from jiyue.common.outbox import touch
from jiyue.organisations.models import Unit
from jiyue.websites.models import Host, Website, WebsiteChange
from jiyue.websites.permissions import can_amend, can_put_online, can_register
from jiyue.websites.signals import website_registered
from jiyue.websites.skins import check_skin


@transaction.atomic
def register(
    *,
    unit: Unit,
    kind: str,
    code: str,
    name: str,
    hosts: list[str],
    by: User | None,
    at: datetime,
    **details: Any,
) -> Website:
    """Enters a website into the register, in preparation. The first host name is the primary one.

    Raises ``Refused`` when the unit may not have a website of its own (苏政办发〔2017〕96号 二(一))."""
    if by is not None and not can_register(by, unit):
        raise Refused(_("只有上级网站主管单位的监管员可以登记网站。"))
    unit = Unit.objects.select_for_update().get(pk=unit.pk)  # two at once would both find none
    _require_own_website_allowed(unit, kind)
    website = Website(unit=unit, kind=kind, code=code, name=name, **details)
    website.full_clean()
    website.save()
    _set_hosts(website, hosts)
    record(website, "websites.register", by=by, at=at, hosts=hosts)
    website_registered.send(Website, website=website, by=by, at=at)
    return website


@transaction.atomic
def amend(website: Website, *, by: User, at: datetime, hosts: list[str] | None = None, **values: Any) -> Website:
    """Changes register data; every changed field leaves a row in the history (S2)."""
    website = Website.objects.select_for_update().get(pk=website.pk)
    if not can_amend(by, website):
        raise Refused(_("您没有修改该网站登记信息的权限。"))
    if "skin" in values:
        check_skin(values["skin"])
    before = {field: getattr(website, field) for field in values}
    for field, value in values.items():
        setattr(website, field, value)
    website.full_clean()
    website.save(update_fields=list(values))
    if hosts is not None and can_put_online(by, website):
        before["hosts"], values["hosts"] = list(website.hosts.values_list("name", flat=True)), hosts
        _set_hosts(website, hosts)
    changed = {field: str(value) for field, value in values.items() if before[field] != value}
    WebsiteChange.objects.bulk_create(
        WebsiteChange(website=website, at=at, by=by, field=field, before=str(before[field]), after=after)
        for field, after in changed.items()
    )
    record(website, "websites.amend", by=by, at=at, fields=sorted(changed))
    names = [f"name:{website.pk}"] if changed.keys() & {"name", "short_name"} else []
    touch([f"frame:{website.pk}", "cluster", *names], at=at)
    return website


@transaction.atomic
def put_online(website: Website, *, by: User | None, at: datetime) -> None:
    """Starts serving a website. (The opening procedure with its approvals leads here, S3.)"""
    website = Website.objects.select_for_update().get(pk=website.pk)
    if by is not None and not can_put_online(by, website):
        raise Refused(_("只有上级网站主管单位的监管员可以决定网站上线。"))
    if website.state not in {Website.State.PREPARING, Website.State.OFFLINE}:
        raise Refused(_("该网站已处于“%s”状态。") % website.get_state_display())
    website.state = Website.State.ONLINE
    website.online_since = website.online_since or at.date()
    website.save(update_fields=["state", "online_since"])
    record(website, "websites.put_online", by=by, at=at)
    touch([f"site:{website.pk}", "cluster"], at=at)


@transaction.atomic
def take_offline(website: Website, *, by: User, at: datetime, reason: str) -> None:
    website = Website.objects.select_for_update().get(pk=website.pk)
    if not can_put_online(by, website):
        raise Refused(_("只有上级网站主管单位的监管员可以决定网站下线。"))
    if website.state != Website.State.ONLINE:
        raise Refused(_("该网站已处于“%s”状态。") % website.get_state_display())
    website.state = Website.State.OFFLINE
    website.save(update_fields=["state"])
    record(website, "websites.take_offline", by=by, at=at, reason=reason)
    touch([f"site:{website.pk}", "cluster"], at=at)


@transaction.atomic
def open_website(
    *, unit: Unit, kind: str, code: str, name: str, hosts: list[str], online: bool, by: User, at: datetime
) -> Website:
    """Registers a website and, if asked, puts it online at once; its pages come from the blueprint in between."""
    website = register(unit=unit, kind=kind, code=code, name=name, hosts=hosts, by=by, at=at)
    if online:
        put_online(website, by=by, at=at)
    return website


def base_url(website: Website) -> str:
    """Scheme, primary host and, outside production, port."""
    host = website.hosts.order_by("-primary").values_list("name", flat=True).first() or "localhost"
    return f"{settings.PUBLIC_SCHEME}://{host}{settings.PUBLIC_PORT}"


def _require_own_website_allowed(unit: Unit, kind: str) -> None:
    small_department = unit.level == Unit.Level.COUNTY and unit.kind != Unit.Kind.GOVERNMENT
    if small_department or unit.level == Unit.Level.TOWNSHIP:
        raise Refused(
            _("县级政府部门和乡镇、街道不单独开设网站，请在本级门户开设栏目（苏政办发〔2017〕96号 二（一））。")
        )
    if kind == Website.Kind.PORTAL and unit.kind != Unit.Kind.GOVERNMENT:
        raise Refused(_("政府门户网站由人民政府主办。"))
    if unit.websites.exclude(state=Website.State.CLOSED).exists():
        raise Refused(_("一个单位最多开设一个网站（苏政办发〔2017〕96号 二（一））。"))


def _set_hosts(website: Website, names: list[str]) -> None:
    website.hosts.all().delete()
    for position, name in enumerate(names):
        host = Host(website=website, name=name.lower(), primary=position == 0)
        host.full_clean()
        host.save()
