"""Media and the file store in S3-compatible storage, asked over real HTTP. The server is moto's: it speaks the
protocol and keeps everything in memory; it is no proof for a particular product."""

import shutil
import socket
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from django.core.management import call_command

from jiyue.common import outbox
from jiyue.common.objects import Bucket
from jiyue.library.models import Picture
from jiyue.operations import originals
from jiyue.operations.examination import Level, examine
from jiyue.operations.soundness import complaints
from jiyue.publishing.actions import publish_all
from jiyue.publishing.models import Output
from jiyue.publishing.store import RemoteStore, store
from jiyue.publishing.verify import verify
from tests import factories


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server():
    from moto.server import ThreadedMotoServer

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def bucket(server, settings, tmp_path):
    """A new bucket for media and store; the directories of this machine begin empty."""
    name = f"jiyue-{tmp_path.name.replace('_', '-')}"[:60].lower().strip("-")
    where = {"endpoint_url": server, "access_key": "key", "secret_key": "secret", "bucket_name": name}
    settings.STORE_S3 = where | {"location": "store"}
    settings.STORE_ROOT, settings.PUBLIC_ROOT = tmp_path / "store", tmp_path / "public"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "jiyue.common.objects.MediaStorage",
            "OPTIONS": where | {"location": "media"},
        },
    }
    made = Bucket(settings.STORE_S3)
    made._client.create_bucket(Bucket=name)
    return made


def objects(bucket, prefix):
    found = bucket._client.list_objects_v2(Bucket=bucket._name, Prefix=prefix)
    return {each["Key"].removeprefix(f"{prefix}/") for each in found.get("Contents", [])}


def damaged_and_restored(website, at):
    """Deletes every public file and the local store; answers what ``verify`` could do about it."""
    shutil.rmtree(store().root)
    pages = [page for page in (store().root.parent / "public" / website.code).rglob("*.html") if page.is_file()]
    before = {page: page.read_bytes() for page in pages}
    for page in pages:
        page.unlink()
    found = verify(at=at, websites=[website.pk])
    assert {page: page.read_bytes() for page in pages} == before
    return found


@pytest.mark.promise("database", "文件库在对象存储上：本机目录全失，公开文件逐字节恢复", "全部恢复，0 重新生成")
def test_public_files_come_back_from_the_bucket(cluster, bucket, friday, measured):
    publish_all(at=friday, websites=[cluster.site.pk], workers=1)
    kept = objects(bucket, "store")
    digests = set(Output.objects.filter(website=cluster.site).values_list("digest", flat=True))
    assert {RemoteStore._relative(digest) for digest in digests} <= kept

    found = damaged_and_restored(cluster.site, friday)

    measured(objects=len(kept), restored=len(found.restored), rendered=len(found.rendered))
    assert found.rendered == []
    assert len(found.restored) > 5


@pytest.mark.promise("database", "对象存储不可用时发布停下并说明原因，恢复后自动补上，不丢内容", "0 丢失")
def test_a_failing_bucket_loses_nothing(cluster, bucket, friday, settings, measured):
    publish_all(at=friday, websites=[cluster.site.pk], workers=1)
    while outbox.drain("publishing", at=friday):
        pass
    release = cluster.published("停电期间发布的信息")
    waiting = outbox.waiting("publishing")
    working = settings.STORE_S3
    settings.STORE_S3 = working | {"bucket_name": "gone"}
    with pytest.raises(ClientError, match="NoSuchBucket"):
        outbox.drain("publishing", at=friday)
    settings.STORE_S3 = working | {"endpoint_url": "http://127.0.0.1:1"}
    with pytest.raises(BotoCoreError, match="Could not connect"):
        outbox.drain("publishing", at=friday)
    file = settings.PUBLIC_ROOT / cluster.site.code / release.address.lstrip("/")
    assert not file.exists()
    assert outbox.waiting("publishing") == waiting > 0

    settings.STORE_S3 = working
    outbox.drain("publishing", at=friday)

    assert "停电期间发布的信息" in file.read_text()
    measured(waiting=waiting, lost=0)


@pytest.mark.promise("database", "上传的原件在私有桶中：匿名取不到，地址仍归后台，发布后的副本才公开", "匿名 0 可读")
def test_originals_are_private(cluster, bucket, friday, server, settings, measured):
    picture = factories.a_picture(cluster.bureau)
    assert picture.file.url.startswith("/admin/media/")
    assert any(picture.file.name in key for key in objects(bucket, "media"))
    assert Picture.objects.get(pk=picture.pk).file.read()[:4] == b"\x89PNG"
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{server}/{bucket._name}/media/{picture.file.name}")
    with refused.value as answer:
        assert answer.code == 403
    measured(readable_by_anonymous=0)


def about_buckets(findings):
    return [(finding.level, bool(finding.remedy)) for finding in findings if "对象存储" in finding.what]


@pytest.mark.promise("database", "原件在桶里时，自检核对桶是否保留历史版本", "未保留、连不上都指出")
def test_a_bucket_that_forgets_is_named(cluster, bucket, settings, measured):
    assert about_buckets(examine(nginx=None)) == [(Level.BAD, True)] * 2

    bucket._client.put_bucket_versioning(Bucket=bucket._name, VersioningConfiguration={"Status": "Enabled"})
    assert about_buckets(examine(nginx=None)) == [(Level.GOOD, False)] * 2

    settings.STORE_S3 = settings.STORE_S3 | {"endpoint_url": "http://127.0.0.1:1"}
    assert about_buckets(examine(nginx=None)) == [(Level.GOOD, False), (Level.BAD, True)]
    measured(buckets=2)


@pytest.mark.promise(
    "database", "恢复和演练核对数据库提到的每一份原件都在桶里或桶的历史版本里", "丢失的一份不漏，删除可取回的不误报"
)
def test_every_original_is_asked_for_in_the_bucket(cluster, bucket, friday, measured):
    bucket._client.put_bucket_versioning(Bucket=bucket._name, VersioningConfiguration={"Status": "Enabled"})
    _kept, deleted, lost = (factories.a_picture(cluster.bureau).file.name for _number in range(3))
    assert list(complaints()) == []

    bucket._client.delete_object(Bucket=bucket._name, Key=f"media/{deleted}")
    assert originals.missing() == []

    (version,) = bucket._client.list_object_versions(Bucket=bucket._name, Prefix=f"media/{lost}")["Versions"]
    bucket._client.delete_object(Bucket=bucket._name, Key=f"media/{lost}", VersionId=version["VersionId"])
    assert originals.missing() == [lost]
    assert [lost in complaint for complaint in complaints()] == [True]
    measured(originals=3, lost=1, found=1)


@pytest.mark.promise("database", "文件库在桶里时，本机缓存全失不算数据丢失；桶里也没有的才算", "不误报，不漏报")
def test_a_lost_cache_is_no_lost_store(cluster, bucket, friday, measured):
    publish_all(at=friday, websites=[cluster.site.pk], workers=1)
    shutil.rmtree(store().root)
    assert list(complaints()) == []

    digest = Output.objects.filter(website=cluster.site).values_list("digest", flat=True).first()
    bucket._client.delete_object(Bucket=bucket._name, Key=f"store/{RemoteStore._relative(digest)}")
    assert store().missing([digest]) == [digest]
    assert [complaint for complaint in complaints() if "文件库缺少" in complaint]
    measured(bodies=Output.objects.filter(website=cluster.site).count())


@pytest.mark.promise("database", "旧安装改用对象存储：一条命令补传已有内容", "全部补传")
def test_what_was_there_before_is_uploaded(cluster, bucket, friday, settings, measured, capsys):
    settings.STORE_S3, later = None, settings.STORE_S3
    publish_all(at=friday, websites=[cluster.site.pk], workers=1)
    settings.STORE_S3 = later
    assert objects(bucket, "store") == set()

    call_command("publish", upload_store=True)

    local = {path.relative_to(store().root).as_posix() for path in store().root.glob("sha256/??/*")}
    assert objects(bucket, "store") == local
    assert damaged_and_restored(cluster.site, friday).rendered == []
    measured(uploaded=len(local))
