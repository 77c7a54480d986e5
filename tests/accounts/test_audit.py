"""The trail: a chain nobody can edit, with what was done, tried and read."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from jiyue.accounts import anchors, audit, certificates, exports, retention, verification
from jiyue.accounts.chain import GENESIS, canonical, digest_of, visible
from jiyue.accounts.models import AuditCheck, AuditEntry, AuditRepeat
from jiyue.accounts.signals import trail_broken
from jiyue.accounts.trail import events, name_actions
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.common.origin import origin
from tests import append_only


SCRIPT = Path(__file__).parents[2] / "tools" / "verify_audit.py"
STRANGE = "甲\r\n2026-01-01 伪造\x1b[2J\u202e\x00\u2028完"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def auditor(client, cluster):
    client.force_login(cluster.audit_admin)
    return client


def entries(*, of: int, cluster, at=None):
    return [
        audit.record(cluster.site, "websites.put_online", by=cluster.supervisor, at=at or cluster.at) for _ in range(of)
    ]


def intrude(statement, *parameters):
    with append_only.lifted(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_every_entry_is_linked_to_the_one_before(cluster):
    chain = list(AuditEntry.objects.order_by("seq"))

    assert [entry.seq for entry in chain] == list(range(1, len(chain) + 1))
    assert [entry.prev for entry in chain] == [GENESIS, *(entry.digest for entry in chain[:-1])]
    assert all(digest_of(entry.row()) == entry.digest for entry in chain)


def test_what_is_hashed_is_documented_and_stays():
    row = (
        7,
        GENESIS,
        1788508800000000,
        3,
        "甲（jia）",
        "content.sign",
        "content.article",
        "9",
        "题",
        2,
        "::1",
        "ab",
        "{}",
    )

    assert digest_of(row) == "100b6dada94e47683901e938bd3955fe8a576ecade3ca4686677dfd94b01fd97"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET action = 'x'",
        "UPDATE accounts_auditentry SET data = data WHERE seq = 1",
        "DELETE FROM accounts_auditentry WHERE seq = 1",
        "DELETE FROM accounts_auditentry",
    ],
)
def test_the_database_refuses_to_change_or_delete(cluster, statement):
    entries(of=2, cluster=cluster, at=now())
    with (
        pytest.raises(IntegrityError, match="audit_is_append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_orm_is_refused_too(cluster):
    (entry,) = entries(of=1, cluster=cluster)
    with pytest.raises(IntegrityError, match="audit_is_append_only"), transaction.atomic():
        entry.delete()
    with pytest.raises(IntegrityError, match="audit_is_append_only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(user=None)


def test_nothing_is_put_in_the_place_of_an_entry(cluster):
    columns = ", ".join(field.column for field in AuditEntry._meta.concrete_fields)
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    statement = f"{verb} INTO accounts_auditentry ({columns}) SELECT {columns} FROM accounts_auditentry WHERE seq = 1"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_table_cannot_be_emptied(cluster):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no TRUNCATE")
    with (
        pytest.raises(IntegrityError, match="audit_is_append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE accounts_auditentry")


def test_two_entries_cannot_follow_the_same_one(cluster):
    first = AuditEntry.objects.get(seq=1)
    fork = AuditEntry(seq=10_000, prev=first.prev, at=cluster.at, action="x", digest="")
    with pytest.raises(IntegrityError), transaction.atomic():
        fork.save(force_insert=True)


def test_an_entry_that_cannot_be_written_undoes_the_act(cluster):
    @transaction.atomic
    def act():
        cluster.site.name = "改过的名字"
        cluster.site.save()
        audit.record(cluster.site, "websites.unheard_of", by=None, at=cluster.at)

    with pytest.raises(LookupError):
        act()

    cluster.site.refresh_from_db()
    assert cluster.site.name != "改过的名字"


def test_an_event_says_what_it_must(cluster):
    with pytest.raises(ValueError, match="reason"):
        audit.record(cluster.site, "websites.take_offline", by=None, at=cluster.at, reason="")


def test_every_event_has_words():
    assert all(str(event.label) for event in events().values())


def test_no_character_acts_on_terminal_or_log(cluster):
    cluster.site.name = STRANGE
    entry = audit.record(cluster.site, "websites.take_offline", by=None, at=cluster.at, reason=STRANGE)
    entry.refresh_from_db()
    lines = b"".join(exports.json_lines(AuditEntry.objects.filter(pk=entry.pk), whole=False, at=cluster.at)).decode()

    assert entry.data["reason"] == STRANGE
    assert not set("\r\x1b\u202e\x00\u2028") & set(entry.target_name + canonical(entry.data) + lines)
    assert lines.count("\n") == 2
    assert visible("普通 text 😀") == "普通 text 😀"


def test_people_leave_their_address_and_the_number_of_the_request(client, cluster):
    client.force_login(cluster.security_admin)
    response = client.post(
        reverse("accounts_suspend", args=[cluster.editor.pk]), {"reason": "调离"}, REMOTE_ADDR="10.1.2.3"
    )
    entry = AuditEntry.objects.get(action="accounts.suspend")

    assert (entry.address, entry.request) == ("10.1.2.3", response["X-Request-ID"])
    assert origin().request == ""


@pytest.mark.parametrize("said", ["unix:", "10.0.0.1\r\nx", ""])
def test_an_address_that_is_none_is_not_kept(client, cluster, said):
    client.force_login(cluster.editor)
    client.get(reverse("accounts_people"), REMOTE_ADDR=said)

    assert AuditEntry.objects.get(action="accounts.denied").address == ""


def test_a_closed_door_is_recorded_once_a_minute_with_a_count(client, cluster):
    client.force_login(cluster.editor)
    for _ in range(5):
        assert client.get(reverse("accounts_people")).status_code == 404

    (entry,) = AuditEntry.objects.filter(action="accounts.denied")
    assert (entry.user, entry.data["view"]) == (cluster.editor, "accounts_people")
    audit.write_repeats(now() + timedelta(minutes=2))
    assert AuditEntry.objects.get(action="accounts.repeated").data["count"] == 4
    assert not AuditRepeat.objects.exists()


def test_who_tries_every_door_does_not_fill_the_disk(cluster):
    before = AuditEntry.objects.count()
    for number in range(200):
        audit.denied(by=cluster.editor, at=cluster.at, view=f"view_{number}")

    assert AuditEntry.objects.count() - before == audit.SUBJECTS + 1


def test_a_refusal_is_recorded(client, cluster):
    client.force_login(cluster.security_admin)
    client.post(
        reverse("accounts_person", args=[cluster.security_admin.pk]),
        {"unit": cluster.city.pk, "role": "security_admin"},
    )

    assert "不能给自己授权" in AuditEntry.objects.get(action="accounts.denied").data["reason"]


def test_looking_at_a_person_is_recorded(client, cluster):
    client.force_login(cluster.security_admin)
    for _ in range(3):
        client.get(reverse("accounts_person", args=[cluster.editor.pk]))

    assert AuditEntry.objects.get(action="accounts.read_personal").target_name == "editor"


def test_a_sound_chain_is_found_sound(cluster):
    entries(of=3, cluster=cluster)
    anchors.anchor_head(cluster.at)
    check = verification.verify(at=cluster.at)

    assert (check.fault, check.anchors, check.last_seq) == ("", 1, AuditEntry.objects.count())
    assert verification.verify_new(cluster.at).first_seq == check.last_seq


def test_a_clock_that_went_back_is_seen(cluster):
    entries(of=1, cluster=cluster, at=cluster.at + timedelta(hours=2))
    entries(of=1, cluster=cluster, at=cluster.at)

    assert verification.verify(at=cluster.at).clock_steps == 1


def test_a_broken_chain_is_told_upwards(cluster):
    heard = []
    trail_broken.connect(receiver := lambda check, **kwargs: heard.append(check.wrong_seq))
    entries(of=5, cluster=cluster)
    intrude("UPDATE accounts_auditentry SET target_name = 'x' WHERE seq = 3")
    verification.verify(at=cluster.at)
    trail_broken.disconnect(receiver)

    assert heard == [3]


def test_what_was_cut_off_is_missed(cluster):
    entries(of=5, cluster=cluster)
    head = anchors.anchor_head(cluster.at).seq
    intrude("DELETE FROM accounts_auditentry WHERE seq > %s", head - 2)
    check = verification.verify(at=cluster.at)

    assert (check.fault, check.wrong_seq) == ("cut", head - 1)


def test_a_chain_written_anew_does_not_fit_its_anchors(cluster):
    entries(of=2, cluster=cluster)
    sound = anchors.anchor_head(cluster.at).seq
    entries(of=4, cluster=cluster)
    anchors.anchor_head(cluster.at)
    rows = list(AuditEntry.objects.filter(seq__gt=sound).order_by("seq"))
    intrude("DELETE FROM accounts_auditentry WHERE seq > %s", sound)
    head = (sound, AuditEntry.objects.get(seq=sound).digest)
    for row in rows:
        row.target_name = "改写"
        row.follow(head)
        row.save(force_insert=True)
        head = (row.seq, row.digest)
    check = verification.verify(at=cluster.at)

    assert (check.fault, check.wrong_seq) == ("rewritten", sound + 1)


def test_an_anchor_nobody_signed_is_no_anchor(cluster, home):
    anchors.anchor_head(cluster.at)
    file = anchors.own_file()
    file.write_text(file.read_text().replace('"signature": "', '"signature": "00'))

    assert verification.verify(at=cluster.at).fault == "anchor"


def test_anchors_go_to_a_second_place(cluster, home, settings):
    settings.AUDIT_ANCHOR = str(home / "elsewhere" / "audit.jsonl")
    entries(of=1, cluster=cluster)
    anchors.anchor_head(cluster.at)
    entries(of=1, cluster=cluster)
    anchors.anchor_head(cluster.at)
    anchors.anchor_head(cluster.at)

    assert (home / "elsewhere" / "audit.jsonl").read_bytes() == anchors.own_file().read_bytes()
    assert len(anchors.read(anchors.own_file())) == 2


def test_anchors_go_through_a_command_that_may_fail_for_a_while(cluster, home, settings):
    settings.AUDIT_ANCHOR = "|false"
    with pytest.raises(subprocess.CalledProcessError):
        anchors.anchor_head(cluster.at)
    settings.AUDIT_ANCHOR = f"|tee -a {home}/piped"
    anchors.anchor_head(cluster.at)

    assert (home / "piped").read_bytes() == anchors.own_file().read_bytes()


def test_the_database_rolled_back_with_its_own_anchors_is_caught_by_the_second_place(cluster, home, settings):
    settings.AUDIT_ANCHOR = str(home / "second")
    anchors.anchor_head(cluster.at)
    old = anchors.own_file().read_bytes()
    entries(of=2, cluster=cluster)
    seq = anchors.anchor_head(cluster.at).seq
    intrude("DELETE FROM accounts_auditentry WHERE seq > %s", seq - 2)
    anchors.own_file().write_bytes(old)

    assert verification.verify(at=cluster.at).wrong_seq == seq - 1


def old_entries(cluster):
    """Older than the floor by the clock of the database, as it stands on this day."""
    intrude("DELETE FROM accounts_auditentry")
    entries(of=3, cluster=cluster, at=now() - timedelta(days=500))
    entries(of=2, cluster=cluster, at=now() - timedelta(days=20))


def test_the_purge_exports_names_and_removes_what_is_old_enough(cluster):
    old_entries(cluster)
    entry = retention.purge(by=cluster.audit_admin, at=now())

    assert (entry.data["first"], entry.data["last"]) == (1, 3)
    assert list(AuditEntry.objects.order_by("seq").values_list("seq", flat=True)) == [4, 5, 6]
    assert verification.verify(at=now()).is_sound
    assert "sound" in verified(retention.archive(1, 3))[1]
    assert retention.purge(by=None, at=now()) is None


@pytest.mark.clause("S-2.5.2c")
def test_nothing_younger_than_the_law_allows_is_purged(cluster, settings):
    old_entries(cluster)
    with pytest.raises(Refused, match=r"网络安全法.*183"):
        retention.purge(by=None, at=now(), days=182)
    settings.AUDIT_DAYS = 30
    with pytest.raises(Refused, match="第二十一条"):
        retention.purge(by=None, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.filter(seq=4).delete()


def test_a_beginning_without_a_signed_purge_is_a_fault(cluster):
    old_entries(cluster)
    AuditEntry.objects.filter(seq__lte=2).delete()

    check = verification.verify(at=now())
    assert (check.fault, check.wrong_seq) == ("beginning", 1)


def test_a_chain_that_is_broken_is_not_purged(cluster):
    old_entries(cluster)
    intrude("UPDATE accounts_auditentry SET target_name = 'x' WHERE seq = 2")

    with pytest.raises(Refused):
        retention.purge(by=None, at=now())
    assert AuditEntry.objects.count() == 5


def verified(export, *more):
    run = subprocess.run([sys.executable, SCRIPT, export, *more], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


def test_the_script_is_short():
    assert len(SCRIPT.read_text().splitlines()) <= 60


def test_an_export_verifies_itself_and_shows_what_was_done_to_it(cluster, home):
    entries(of=4, cluster=cluster)
    anchors.anchor_head(cluster.at)
    file = home / "export.jsonl"
    exports.export(AuditEntry.objects.all(), file, whole=True, by=cluster.audit_admin, at=cluster.at)
    lines = file.read_text().splitlines(keepends=True)

    assert verified(file, "--anchors", anchors.own_file(), "--key", json.loads(lines[-1])["public_key"])[0] == 0
    for mutilated in (
        [lines[0].replace('"user":null', '"user":5'), *lines[1:]],
        [*lines[:2], *lines[3:]],
        [*lines[:2], lines[3], lines[2], *lines[4:]],
        [*lines[:-2], lines[-1]],
        [*lines[:-1], lines[-1].replace('"whole":true', '"whole":false')],
        [*lines[:-1], lines[-1].replace('"entries":', '"entries":1')],
        lines[:-1],
    ):
        file.write_text("".join(mutilated))
        assert verified(file)[0] == 1, mutilated
    file.write_text("".join(lines))
    assert verified(file, "--key", "00" * 32)[0] == 1


def test_a_certificate_says_that_nothing_is_missing_or_what(cluster):
    entries(of=3, cluster=cluster)
    anchors.anchor_head(cluster.at)
    made = certificates.certify("2026-09", by=cluster.audit_admin, at=cluster.at)

    assert made.is_whole
    assert made.of_month == made.entries == made.last
    assert certificates.is_genuine(made.signed())
    assert not certificates.is_genuine(made.signed().replace('"gaps": []', '"gaps": [1]'))
    intrude("DELETE FROM accounts_auditentry WHERE seq = 2")
    assert certificates.certificate("2026-09", at=cluster.at).gaps == [{"seq": 2, "fault": "missing"}]


@pytest.mark.parametrize("month", ["2026-13", "x", "2999-01"])
def test_no_certificate_for_a_month_that_is_none(month, cluster):
    with pytest.raises(Refused):
        certificates.certify(month, by=None, at=cluster.at)


def test_the_command_verifies_exports_certifies_and_refuses_to_purge(cluster, home, capsys):
    entries(of=1, cluster=cluster)
    call_command("audit", "--anchor")
    call_command("audit", "--verify")
    call_command("audit", "--export", str(home / "all.jsonl"))
    call_command("audit", "--certificate", f"{now():%Y-%m}")
    call_command("audit", "--purge")

    out = capsys.readouterr().out
    assert "全部相符" in out
    assert "没有超过保存期的记录" in out
    assert verified(home / "all.jsonl")[0] == 0
    with pytest.raises(CommandError, match="六个月"):
        call_command("audit", "--purge", "--days", "90")
    intrude("UPDATE accounts_auditentry SET target_name = 'x' WHERE seq = 2")
    with pytest.raises(CommandError, match="#2"):
        call_command("audit", "--verify")


def test_the_auditor_reads_searches_and_exports(auditor, cluster):
    audit.record(
        cluster.site, "websites.take_offline", by=cluster.supervisor, at=cluster.at, reason="=cmd|' /C calc'!A0"
    )
    trail = reverse("accounts_trail")

    assert auditor.get(trail, {"q": "calc"}).context["page_obj"].paginator.count == 1
    assert auditor.get(trail, {"q": "没有这个词"}).context["page_obj"].paginator.count == 0
    csv = b"".join(auditor.get(trail, {"export": "csv"}).streaming_content).decode()
    assert "原因：=cmd" in csv
    assert "\n=" not in csv
    lines = b"".join(auditor.get(trail, {"export": "jsonl"}).streaming_content).splitlines()
    assert json.loads(lines[-1])["whole"] is True
    assert len(lines) == json.loads(lines[-1])["entries"] + 1
    assert {"csv", "jsonl"} == {
        entry.data["form"] for entry in AuditEntry.objects.filter(action="accounts.export_trail")
    }
    part = b"".join(auditor.get(trail, {"export": "jsonl", "q": "calc"}).streaming_content).splitlines()
    assert json.loads(part[-1])["whole"] is False


def test_the_auditor_opens_an_entry_and_sees_whether_it_is_itself(auditor, cluster):
    entries(of=2, cluster=cluster)
    last = AuditEntry.objects.first()
    assert last.digest in auditor.get(reverse("accounts_entry", args=[last.pk])).text

    intrude("UPDATE accounts_auditentry SET target_name = 'x' WHERE seq = %s", last.pk)
    assert "被改动过" in auditor.get(reverse("accounts_entry", args=[last.pk])).text


def test_the_auditor_verifies_and_takes_a_certificate(auditor, cluster):
    auditor.post(reverse("accounts_verify"))
    assert AuditCheck.objects.get().is_sound
    assert "相符" in auditor.get(reverse("accounts_soundness")).text

    assert "无缺证明" in auditor.get(reverse("accounts_certificate", args=["2026-09"])).text
    response = auditor.post(reverse("accounts_certificate_file", args=["2026-09"]))
    assert certificates.is_genuine(response.text)
    assert auditor.get(reverse("accounts_certificate", args=["2026-99"])).status_code == 404


@pytest.mark.parametrize("name", ["accounts_trail", "accounts_soundness"])
@pytest.mark.parametrize("who", ["editor", "supervisor", "security_admin", "system_admin"])
def test_nobody_else_sees_the_trail(client, cluster, who, name):
    client.force_login(getattr(cluster, who))

    assert client.get(reverse(name)).status_code == 404


def test_a_new_app_declares_what_it_records():
    name_actions({"tests.thing": "事"})
    assert str(events()["tests.thing"].label) == "事"
