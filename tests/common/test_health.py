import pytest


def test_healthz_needs_no_database(client):
    assert client.get("/-/healthz").content == b"ok\n"


@pytest.mark.clause("S-2.5.2a")
def test_readyz_counts_what_waits_for_publication(client, cluster):
    before = client.get("/-/readyz").json()["waiting"]["publishing"]

    cluster.published()

    assert client.get("/-/readyz").json()["waiting"]["publishing"] > before


@pytest.mark.parametrize("path", ["/-/healthz", "/-/readyz"])
def test_probes_ask_the_machine_and_not_a_website(client, cluster, settings, path):
    settings.ALLOWED_HOSTS = ["www.yunzhou.example"]

    assert client.get(path, headers={"host": "192.0.2.7:8000"}).status_code == 200
    assert client.get("/search", headers={"host": "192.0.2.7:8000"}).status_code == 400
