from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.publishing.suspensions import catch_up, resume_cluster_by_file, suspend_cluster_by_file
from jiyue.websites.emergency import find_page, resume, suspend
from jiyue.websites.models import Suspension, Website


class Command(BaseCommand):
    help = _("紧急停用与恢复：一个网页、一个网站或全部网站立即答复暂停公告；数据库不通时也能停用全部网站")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["on", "off", "status"], help=_("on 停用，off 恢复，status 列出停用中的"))
        scope = parser.add_mutually_exclusive_group()
        scope.add_argument("--page", metavar="URL", help=_("一个网页"))
        scope.add_argument("--site", metavar="CODE", help=_("一个网站"))
        scope.add_argument("--cluster", action="store_true", help=_("全部网站"))
        parser.add_argument("--reason", default="", help=_("原因，记入审计"))
        parser.add_argument("--text", default="", help=_("向公众说明的话，可以不写"))

    def handle(self, *, act: str, **options: Any) -> None:
        try:
            if act == "status":
                self._list()
            else:
                self._act(act, at=now(), **options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _act(
        self, act: str, *, at: datetime, page: str | None, site: str | None, cluster: bool, reason: str, **options: Any
    ) -> None:
        if not (page or site or cluster):
            raise CommandError(_("请写明 --page、--site 或 --cluster。"))
        if act == "on" and not reason.strip():
            raise CommandError(_("请用 --reason 写明原因。"))
        try:
            catch_up()
            website, path = _scope(page, site)
            if act == "on":
                done = suspend(website, path=path, reason=reason, text=options["text"], by=None, at=at)
                self.stdout.write(_("已停用：%s") % done)
            else:
                done = resume(website, path=path, reason=reason, by=None, at=at)
                self.stdout.write(_("已恢复：%s") % done)
        except (OperationalError, InterfaceError) as error:
            if not cluster:
                raise CommandError(_("数据库不通（%s）。此时只能停用全部网站：--cluster。") % error) from error
            self._act_by_file(act, reason=reason, text=options["text"], at=at)

    def _act_by_file(self, act: str, *, reason: str, text: str, at: datetime) -> None:
        if act == "on":
            suspend_cluster_by_file(at, reason=reason, text=text)
            self.stdout.write(_("数据库不通：已用文件停用全部网站，数据库恢复后补记。"))
        else:
            resume_cluster_by_file(at, reason=reason)
            self.stdout.write(_("数据库不通：已用文件恢复全部网站，数据库恢复后补记。"))

    def _list(self) -> None:
        active = Suspension.objects.active().select_related("website", "by")
        for each in active:
            self.stdout.write(f"{localtime(each.since):%Y-%m-%d %H:%M}  {each}  {each.reason}")
        if not active:
            self.stdout.write(_("没有停用的。"))


def _scope(page: str | None, site: str | None) -> tuple[Website | None, str]:
    if page:
        return find_page(page)
    if not site:
        return None, ""
    website = Website.objects.filter(code=site).first()
    if website is None:
        raise Refused(_("没有代码为“%s”的网站。") % site)
    return website, ""
