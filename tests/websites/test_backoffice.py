"""The register through the browser."""

import pytest
from django.urls import reverse

from jiyue.content.models import ColumnPage, HomePage
from jiyue.library.models import Release
from jiyue.organisations import actions as organisations
from jiyue.websites.models import Website, WebsiteChange
from jiyue.websites.skins import SKINS
from tests.factories import a_person
from tests.queries import queries_of


REGISTER = "/admin/websites/"


def at(name, website):
    return reverse(f"websites_{name}", args=[website.pk])


@pytest.fixture
def supervisor(cluster, friday):
    """Of the city, above all its bureaus."""
    return a_person("city-supervisor", "supervisor", cluster.city, at=friday)


@pytest.fixture
def bureau_without_website(cluster):
    return organisations.establish(
        name="云州市民政局", code="mzj", level="city", kind="department", parent=cluster.city
    )


def register_data(website, **values):
    stored = {"name": website.name, "index_number_template": website.index_number_template}
    return {**stored, **values}


@pytest.mark.clause("Y-5a")
def test_from_nothing_to_a_website_with_a_home_page(client, supervisor, bureau_without_website):
    client.force_login(supervisor)

    response = client.post(
        reverse("websites_open"), {"unit": bureau_without_website.pk, "kind": "department", "online": "on"}
    )

    website = Website.objects.get(unit=bureau_without_website)
    assert response.url == at("website", website)
    assert (website.name, website.code, website.state) == ("云州市民政局网站", "mzj", "online")
    assert [host.name for host in website.hosts.all()] == ["mzj.localhost"]
    assert HomePage.objects.filter(website=website).exists()
    assert ColumnPage.objects.filter(website=website).count() > 4
    assert Release.objects.live().filter(website=website, address="/").exists()


def test_a_unit_with_a_website_is_not_offered_a_second(client, cluster, supervisor, bureau_without_website):
    client.force_login(supervisor)

    text = client.get(reverse("websites_open")).text

    assert "云州市民政局" in text
    assert "云州市教育局" not in text


@pytest.mark.clause("S-2.1a")
def test_a_rule_of_the_register_stands_above_the_form_and_nothing_is_lost(client, cluster, supervisor, friday):
    county = organisations.establish(
        name="临江县人民政府", code="ljx", level="county", kind="government", parent=cluster.city
    )
    office = organisations.establish(name="临江县民政局", code="ljmz", level="county", kind="department", parent=county)
    client.force_login(supervisor)

    response = client.post(reverse("websites_open"), {"unit": office.pk, "kind": "department", "name": "临江民政"})

    assert "不单独开设网站" in response.text
    assert 'value="临江民政"' in response.text
    assert not Website.objects.filter(unit=office).exists()


def test_a_site_manager_keeps_the_register_data_and_every_change_is_shown(client, cluster):
    client.force_login(cluster.site_manager)

    client.post(at("amend", cluster.site), register_data(cluster.site, phone="0539-1234567"))

    change = WebsiteChange.objects.get(website=cluster.site)
    assert (change.field, change.before, change.after) == ("phone", "", "0539-1234567")
    text = client.get(at("website", cluster.site)).text
    assert "联系电话" in text
    assert "0539-1234567" in text


def test_a_malformed_filing_number_is_refused_at_its_field(client, cluster):
    client.force_login(cluster.site_manager)

    response = client.post(at("amend", cluster.site), register_data(cluster.site, icp_filing="12345"))

    assert "ICP备案编号格式如" in response.text
    assert not WebsiteChange.objects.exists()


def test_a_ready_look_is_chosen(client, cluster):
    client.force_login(cluster.site_manager)

    client.post(at("skin", cluster.site), {"preset": "绿"})

    cluster.site.refresh_from_db()
    assert cluster.site.skin == SKINS["绿"]


def test_a_colour_too_pale_for_its_text_is_refused_at_its_field(client, cluster):
    client.force_login(cluster.site_manager)

    response = client.post(at("skin", cluster.site), {"preset": "", "primary": "#ffee88", "nav": "#0f3d7a"})

    assert "与文字的对比度为" in response.text
    cluster.site.refresh_from_db()
    assert cluster.site.skin == {}


def test_host_names_are_the_supervisors_affair(client, cluster, supervisor):
    client.force_login(cluster.site_manager)
    assert client.get(at("hosts", cluster.site)).status_code == 404

    client.force_login(supervisor)
    client.post(at("hosts", cluster.site), {"hosts": "edu.yunzhou.example\nJYJ.localhost"})
    assert [host.name for host in cluster.site.hosts.all()] == ["edu.yunzhou.example", "jyj.localhost"]


def test_taken_offline_with_a_reason_and_put_back(client, cluster, supervisor):
    client.force_login(supervisor)

    client.post(at("take_offline", cluster.site), {"reason": "改版"})
    cluster.site.refresh_from_db()
    assert cluster.site.state == Website.State.OFFLINE

    client.post(at("put_online", cluster.site))
    cluster.site.refresh_from_db()
    assert cluster.site.state == Website.State.ONLINE


def test_for_an_outsider_the_website_does_not_exist(client, cluster):
    client.force_login(cluster.outsider)

    assert "教育局" not in client.get(REGISTER).text
    for name in ("website", "amend", "skin", "hosts", "take_offline"):
        assert client.get(at(name, cluster.site)).status_code == 404
    assert client.post(at("put_online", cluster.site)).status_code == 404


def test_the_register_asks_the_database_as_often_for_three_websites_as_for_one(client, cluster, supervisor):
    client.force_login(cluster.editor)
    client.get(REGISTER)
    one = queries_of(lambda: client.get(REGISTER))

    client.force_login(supervisor)

    assert queries_of(lambda: client.get(REGISTER)) == one
