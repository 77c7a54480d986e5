"""The register of websites and its rules."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from jiyue.accounts.actions import grant
from jiyue.accounts.models import User
from jiyue.accounts.roles import Role
from jiyue.common.errors import Refused
from jiyue.common.models import DirtyKey
from jiyue.organisations.actions import establish
from jiyue.websites import actions, formats
from jiyue.websites.models import Host, Website
from jiyue.websites.skins import SKINS, TOKENS, check_skin, contrast


@pytest.fixture
def supervisor(cluster, friday):
    grant(cluster.supervisor, Role.SUPERVISOR, cluster.city, by=None, at=friday)
    return User.objects.get(pk=cluster.supervisor.pk)


def register(unit, **values):
    values = {"kind": "department", "code": unit.code, "name": unit.name, "hosts": [f"{unit.code}.localhost"]} | values
    return actions.register(unit=unit, by=values.pop("by", None), at=values.pop("at"), **values)


@pytest.mark.clause("S-2.1a")
@pytest.mark.clause("H-4a")
def test_a_unit_opens_one_website_at_most(cluster, friday):
    with pytest.raises(Refused, match="一个单位最多开设一个网站"):
        register(cluster.bureau, code="jyj2", name="教育局另一个网站", hosts=["jyj2.localhost"], at=friday)
    with pytest.raises(IntegrityError), transaction.atomic():
        Website.objects.create(unit=cluster.bureau, kind="department", code="jyj2", name="另一个")


@pytest.mark.clause("S-2.1a")
@pytest.mark.clause("J-2.1a")
def test_county_departments_and_townships_open_columns_and_no_websites(cluster, friday):
    county = establish(name="青禾县人民政府", code="qinghe", level="county", kind="government", parent=cluster.city)
    department = establish(name="青禾县教育局", code="qhjyj", level="county", kind="department", parent=county)
    town = establish(name="青禾县临溪镇人民政府", code="linxi", level="township", kind="government", parent=county)

    register(county, kind="portal", at=friday)
    for unit in (department, town):
        with pytest.raises(Refused, match="在本级门户开设栏目"):
            register(unit, at=friday)


def test_a_portal_belongs_to_a_government(cluster, friday):
    unit = establish(name="云州市商务局", code="swj", level="city", kind="department", parent=cluster.city)

    with pytest.raises(Refused, match="人民政府主办"):
        register(unit, kind="portal", at=friday)


def test_only_a_supervisor_above_registers_and_puts_online(cluster, friday, supervisor):
    unit = establish(name="云州市商务局", code="swj", level="city", kind="department", parent=cluster.city)
    with pytest.raises(Refused, match="监管员"):
        register(unit, by=cluster.site_manager, at=friday)

    website = register(unit, by=supervisor, at=friday)
    with pytest.raises(Refused, match="监管员"):
        actions.put_online(website, by=cluster.site_manager, at=friday)
    actions.put_online(website, by=supervisor, at=friday)

    assert list(Website.objects.online().filter(pk=website.pk)) == [website]
    with pytest.raises(Refused, match="正常运行"):
        actions.put_online(website, by=supervisor, at=friday)


def test_every_changed_field_is_in_the_history(cluster, friday):
    actions.amend(cluster.site, by=cluster.site_manager, at=friday, phone="0899-0000123", address="云州市学府路1号")

    history = cluster.site.changes.all()
    assert {(row.field, row.before, row.after) for row in history} == {
        ("phone", "", "0899-0000123"),
        ("address", "", "云州市学府路1号"),
    }
    assert {f"frame:{cluster.site.pk}", "cluster"} <= set(DirtyKey.objects.values_list("key", flat=True))


def test_nobody_from_another_bureau_amends(cluster, friday):
    with pytest.raises(Refused, match="权限"):
        actions.amend(cluster.site, by=cluster.outsider, at=friday, phone="1")


def test_a_site_manager_does_not_choose_host_names(cluster, friday):
    actions.amend(cluster.site, by=cluster.site_manager, at=friday, hosts=["evil.localhost"])

    assert not Host.objects.filter(name="evil.localhost").exists()


def test_a_host_name_leads_to_one_website(cluster, friday, supervisor):
    with pytest.raises(ValidationError, match="已存在"):
        actions.amend(cluster.site, by=supervisor, at=friday, hosts=["localhost"])


@pytest.mark.parametrize(
    ("validator", "good", "bad"),
    [
        (formats.identification_code, ["5301000001", "bm64130001"], ["530100001", "53010000011", "bm1", "一二三"]),
        (formats.icp_filing, ["云ICP备12345678号", "云ICP备00000000号-1"], ["ICP备1号", "云ICP备12345678"]),
        (formats.police_filing, ["云公网安备 53010002000001号", "云公网安备53010002000001号"], ["云公网安备1号"]),
        (formats.host_name, ["jyj.yunzhou.gov.cn", "云州教育.政务", "localhost"], ["-a.cn", "a..b", "a_b.cn", "x/y"]),
    ],
    ids=["identification code", "icp", "police", "host"],
)
@pytest.mark.clause("S-2.1d")
def test_register_formats(validator, good, bad):
    for value in good:
        validator(value)
    for value in bad:
        with pytest.raises(ValidationError):
            validator(value)


@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
@pytest.mark.clause("Y-5d")
def test_shipped_skins_are_readable(skin):
    check_skin(skin)

    assert all(contrast(value, TOKENS[token]) >= 4.5 for token, value in skin.items())


@pytest.mark.parametrize(
    ("skin", "message"),
    [({"primary": "#ffff00"}, "对比度"), ({"font": "#000000"}, "没有"), ({"nav": "red"}, "颜色")],
)
def test_a_skin_that_cannot_be_read_is_refused(cluster, friday, skin, message):
    with pytest.raises(ValidationError, match=message):
        actions.amend(cluster.site, by=cluster.site_manager, at=friday, skin=skin)


def test_contrast_of_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_offline_and_back(cluster, friday, supervisor):
    actions.take_offline(cluster.site, by=supervisor, at=friday, reason="机房搬迁")
    assert cluster.site not in Website.objects.online()
    actions.put_online(cluster.site, by=supervisor, at=friday + dt.timedelta(days=2))

    cluster.site.refresh_from_db()
    assert cluster.site.online_since == friday.date()
