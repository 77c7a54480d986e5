"""Whether the data of an installation is whole: asked after a restore, by every drill and by ``jiyue doctor``."""

from collections.abc import Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from jiyue.accounts.verification import FAULTS, verified
from jiyue.operations import originals
from jiyue.publishing import manifest
from jiyue.publishing.models import Output
from jiyue.publishing.store import store
from jiyue.websites.models import Website


def complaints() -> Iterator[str]:
    missing = missing_migrations()
    if missing:
        yield _("缺少 %d 个数据库迁移，请运行 jiyue migrate。") % missing
        return
    yield from _trail()
    yield from _manifests()
    yield from _bodies()
    yield from _originals()


def missing_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _trail() -> Iterator[str]:
    walk = verified()
    if walk.fault:
        yield _("审计链第 %(seq)s 条起不符：%(fault)s") % {"seq": walk.wrong_seq or "—", "fault": _(FAULTS[walk.fault])}


def _manifests() -> Iterator[str]:
    for website in Website.objects.order_by("code"):
        if not manifest.is_sound(website.pk):
            yield _("网站 %s 的发布清单与签名不符。") % website.code


def _bodies() -> Iterator[str]:
    """Every page that is public now can be put back from the store."""
    digests = Output.objects.exclude(digest="").order_by().values_list("digest", flat=True).distinct()
    lost = len(store().missing(digests.iterator()))
    if lost:
        yield _("文件库缺少 %d 份现行页面，请运行 jiyue publish --all。") % lost


def _originals() -> Iterator[str]:
    """Every uploaded file the database speaks of is there, or the bucket still has a version of it."""
    lost = originals.missing()
    if lost:
        told = {"count": len(lost), "first": lost[0]}
        yield _("缺少 %(count)d 份上传的原件，如 %(first)s：从较早的备份取回。") % told
