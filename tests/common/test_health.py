import pytest
from django.db import OperationalError
from django.db.migrations.executor import MigrationExecutor


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


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (lambda *_: [("a migration", False)] * 2, {"migrations_missing": 2, "waiting": {}}),
        (lambda *_: (_ for _ in ()).throw(OperationalError("gone")), {"database": "down"}),
    ],
)
def test_without_database_or_migrations_nobody_is_sent_here(client, db, monkeypatch, plan, told):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", plan)

    answer = client.get("/-/readyz")

    assert (answer.status_code, answer.json()) == (503, told)
    assert client.get("/-/healthz").status_code == 200
