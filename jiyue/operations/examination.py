"""``jiyue doctor``: one screen on which an operator sees whether this installation is fit, and what to do if not."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from jiyue.accounts.models import Membership
from jiyue.accounts.roles import ADMINISTRATORS
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.operations import certificates
from jiyue.operations.backup import default_key
from jiyue.operations.lateness import lateness
from jiyue.operations.originals import buckets
from jiyue.operations.readiness import clock_is_off, disk_is_short
from jiyue.operations.soundness import missing_migrations
from jiyue.publishing.files import has_bytes
from jiyue.publishing.hosts import host_files
from jiyue.publishing.nginx import stamp


class Level(StrEnum):
    GOOD = "✓"
    NOTE = "!"  # works, but think about it
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    what: str
    remedy: str = ""


Findings = Iterator[Finding]
WRITTEN = re.compile(r"^# stamp ([0-9a-f]+)$", re.MULTILINE)


def examine(*, nginx: Path | None) -> Findings:
    yield from _database()
    if connection.connection is None:
        return
    at = now()
    for look in (_disk, _clock, _keys, _backups, _buckets, _second_places, _people, _settings, _hosts):
        yield from look(at)
    if nginx is not None:
        yield from _nginx(nginx)
        yield from _certificates(nginx, at)
    elif settings.PUBLIC_SCHEME == "https":
        remedy = _("设置 JIYUE_NGINX，证书到期前会告警；证书在别的设备上的，在那里看。")
        yield Finding(Level.NOTE, _("没有人看着证书的期限"), remedy)


def _database() -> Findings:
    try:
        connection.ensure_connection()
        missing = missing_migrations()
    except (OperationalError, InterfaceError) as error:
        yield Finding(Level.BAD, _("数据库不通：%s") % str(error).strip(), _("检查 JIYUE_DATABASE_URL 和数据库服务。"))
        return
    yield Finding(Level.GOOD, _("数据库：%s") % connection.vendor)
    yield _judge(not missing, _("数据库迁移"), _("缺 %d 个，运行 jiyue migrate。") % missing)


def _disk(at: datetime) -> Findings:
    yield _judge(not disk_is_short(at), _("磁盘空间"), _("剩余不足 2 GiB：清理或扩容 %s。") % settings.HOME)


def _clock(at: datetime) -> Findings:
    yield _judge(not clock_is_off(at), _("时钟"), _("与数据库服务器相差超过五秒：检查 NTP（timedatectl）。"))


def _keys(at: datetime) -> Findings:
    folder = settings.HOME / "keys"
    open_ones = [path.name for path in [folder, *folder.glob("*")] if stat.S_IMODE(path.stat().st_mode) & 0o077]
    remedy = _("别人可读：%(names)s。运行 chmod -R go= %(folder)s。")
    yield _judge(not open_ones, _("密钥文件的权限"), remedy % {"names": "、".join(open_ones), "folder": folder})
    if os.geteuid() == 0:
        yield Finding(Level.NOTE, _("正以 root 运行"), _("为平台单设一个用户，见 docs/howto/deploy.md。"))


def _backups(at: datetime) -> Findings:
    late = [text for _code, text in lateness(at)]
    yield _judge(not late, _("备份与演练"), " ".join([*late, _("见 docs/howto/backup.md。")]))
    if default_key() == settings.BACKUP_KEY:
        remedy = _("另存一份，或用 JIYUE_BACKUP_KEY 放到别处：机器坏了，备份也读不出。")
        yield Finding(Level.NOTE, _("备份密钥只在本机"), remedy)
    place = settings.BACKUP_TO
    if place.exists() and place.stat().st_dev == settings.HOME.stat().st_dev:
        remedy = _("把 JIYUE_BACKUP_TO 设到另一块盘、另一台机器。")
        yield Finding(Level.NOTE, _("备份与数据在同一块盘"), remedy)


def _buckets(at: datetime) -> Findings:
    """What lies in a bucket is in no backup of ours."""
    for bucket in buckets():
        try:
            keeps = bucket.keeps_versions()
        except OSError as error:
            yield Finding(Level.BAD, _("对象存储 %s：问不到是否保留历史版本") % bucket, str(error))
            continue
        remedy = _("桶里的内容不在 jiyue backup 里：请打开桶的版本保留（versioning），否则删掉的找不回来。")
        yield _judge(keeps, _("对象存储 %s 保留历史版本") % bucket, remedy)


def _second_places(at: datetime) -> Findings:
    if not settings.AUDIT_ANCHOR:
        yield Finding(Level.NOTE, _("审计锚点没有第二处"), _("设置 JIYUE_AUDIT_ANCHOR。"))
    if not settings.ALARM_HOOK:
        yield Finding(Level.NOTE, _("告警只在后台显示"), _("设置 JIYUE_ALARM_HOOK，让人在夜里也看得到。"))


def _people(at: datetime) -> Findings:
    held = set(Membership.objects.filter(user__is_active=True).values_list("role", flat=True))
    missing = [str(role.label) for role in sorted(ADMINISTRATORS - held)]
    yield _judge(not missing, _("三员"), _("没有%s：由安全管理员建立。") % "、".join(missing))


def _settings(at: datetime) -> Findings:
    if settings.DEMO:
        yield Finding(Level.NOTE, _("演示环境"), _("正式环境不得打开 JIYUE_DEMO。"))
    yield _judge(
        settings.SECOND_FACTOR != "off" or settings.DEMO, _("第二因素登录"), _("去掉 JIYUE_SECOND_FACTOR=off。")
    )
    yield _judge("*" not in settings.ALLOWED_HOSTS, _("应答的域名"), _("JIYUE_ALLOWED_HOSTS 不能是 *。"))
    yield _judge(
        settings.PUBLIC_SCHEME == "https" or settings.DEMO, _("HTTPS"), _("设置 JIYUE_HTTPS=1。"), otherwise=Level.NOTE
    )


def _hosts(at: datetime) -> Findings:
    wrong = [name for name, body in host_files().items() if not has_bytes(f"{settings.PUBLIC_ROOT}/{name}", body)]
    yield _judge(not wrong, _("域名表与登记一致"), _("运行 jiyue publish --verify。"))


def _nginx(file: Path) -> Findings:
    try:
        written = WRITTEN.search(file.read_text())
    except OSError as error:
        yield Finding(Level.BAD, _("读不到 %s") % file, str(error))
        return
    remedy = _("用 jiyue nginx --output %s 重新写出，再 nginx -s reload。") % file
    yield _judge(written is not None and written[1] == stamp(), _("nginx 配置与本版本、设置一致"), remedy)


def _certificates(file: Path, at: datetime) -> Findings:
    try:
        front = certificates.read_front(file)
    except Refused as refused:
        yield Finding(Level.BAD, _("证书"), str(refused))
        return
    found = list(certificates.complaints(front, at))
    for complaint in found:
        level = Level.BAD if complaint.urgent else Level.NOTE
        yield Finding(level, complaint.text, _("换上新证书，再 nginx -s reload。"))
    for each in front.certificates:
        if each not in [complaint.certificate for complaint in found]:
            yield Finding(Level.GOOD, _("证书 %(name)s 还有 %(days)d 天") % {"name": each, "days": each.days(at)})
    if front.certificates:
        bare = certificates.uncovered(front)
        yield _judge(not bare, _("每个域名都有证书"), _("没有：%s。") % "、".join(bare[:10]))


def _judge(fine: bool, what: str, remedy: str, *, otherwise: Level = Level.BAD) -> Finding:
    return Finding(Level.GOOD, what) if fine else Finding(otherwise, what, remedy)
