"""What the guard found, in the back office."""

from jiyue.publishing.evidence import capture
from jiyue.publishing.tampering import report
from jiyue.publishing.ward import Deviation, Kind, Outcome


def test_the_record_shows_what_lay_there_and_hands_out_the_evidence(client, cluster, friday, home):
    (home / "static").mkdir()
    (home / "evil.html").write_text("<script>坏</script>")
    foreign = capture(str(home / "evil.html"))
    found = Deviation("public/jyj/evil.html", Kind.STRANGER, foreign, outcome=Outcome.REMOVED)
    [row] = report([found], cluster.site, at=friday)
    client.force_login(cluster.system_admin)

    assert "public/jyj/evil.html" in client.get("/admin/tampering/").text
    assert "&lt;script&gt;坏" in client.get(f"/admin/tampering/{row.pk}/").text
    evidence = client.get(f"/admin/tampering/{row.pk}/evidence/")
    assert evidence.content.decode() == "<script>坏</script>"
    assert evidence["Content-Disposition"].startswith("attachment")
    client.force_login(cluster.editor)
    assert client.get(f"/admin/tampering/{row.pk}/").status_code == 404
