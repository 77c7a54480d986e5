import pytest


def test_healthz_needs_no_database(client):
    assert client.get("/-/healthz").content == b"ok\n"


@pytest.mark.clause("S-2.5.2a")
def test_readyz_counts_what_waits_for_publication(client, cluster):
    before = client.get("/-/readyz").json()["waiting"]["publishing"]

    cluster.published()

    assert client.get("/-/readyz").json()["waiting"]["publishing"] > before
