import json
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, localtime, make_aware
from django.utils.translation import gettext as _

from jiyue.common.clock import now
from jiyue.publishing.page_at import Version, find_address, proof_of, version_at, versions_of


class Command(BaseCommand):
    help = _("那天的网页：给出并证明一个网址在某日（或某时刻）的内容")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help=_("网址，如 http://www.example.gov.cn/gzdt/2026/11/99.html"))
        parser.add_argument("date", help=_("日期（当日结束时）或时刻，如 2026-11-20、“2026-11-20 15:30”"))
        parser.add_argument("--out", type=Path, help=_("把网页写入该文件"))
        parser.add_argument("--proof", type=Path, help=_("把签名的证明写入该文件（JSON）"))

    def handle(self, *, url: str, date: str, out: Path | None, proof: Path | None, **options: Any) -> None:
        found = find_address(url)
        if found is None:
            raise CommandError(_("登记的网站中没有这个域名。"))
        moment = min(_moment(date), now())
        version = version_at(*found, moment)
        if version is None:
            raise CommandError(_("%s 时这个网址没有内容。") % f"{localtime(moment):%Y-%m-%d %H:%M:%S}")
        body = version.body()
        if body is None:
            raise CommandError(_("文件库中没有摘要为 %s 的内容，请从备份恢复文件库。") % version.digest)
        self._describe(version, moment)
        if out is not None:
            out.write_bytes(body)
        if proof is not None:
            proof.write_text(json.dumps(proof_of(version, moment, at=now()), ensure_ascii=False, indent=1))

    def _describe(self, version: Version, moment: datetime) -> None:
        until = f"{localtime(version.until):%Y-%m-%d %H:%M:%S}" if version.until else str(_("至今"))
        lines = [
            (_("网站"), version.website.name),
            (_("地址"), version.path),
            (_("时刻"), f"{localtime(moment):%Y-%m-%d %H:%M:%S}"),
            (_("在网上"), f"{localtime(version.since):%Y-%m-%d %H:%M:%S} — {until}"),
            (_("状态码"), str(version.status)),
            (_("摘要"), version.digest),
            (_("版本"), str(len(versions_of(version.website, version.path)))),
        ]
        for label, value in lines:
            self.stdout.write(f"{label}　{value}")


def _moment(text: str) -> datetime:
    """The end of a day, or a moment, in local time."""
    try:
        day, moment = parse_date(text), parse_datetime(text)
    except ValueError:
        day = moment = None
    if day is not None:
        return make_aware(datetime.combine(day, time.max), get_current_timezone())
    if moment is None:
        raise CommandError(_("看不懂这个日期：%s。写作 2026-11-20 或 “2026-11-20 15:30”。") % text)
    return make_aware(moment) if is_naive(moment) else moment
