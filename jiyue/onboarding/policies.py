"""The header table of a policy document, as far as its text gives it."""

import re
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from jiyue.common.html import text_of
from jiyue.content.models import doc_number_format
from jiyue.inspector import dates
from jiyue.library.classification import Genre
from jiyue.onboarding.page import Page


_ISSUER: Final = re.compile(
    r"^([\u4e00-\u9fff、]{2,60}?(?:政府|办公厅|办公室|委员会|常委会|党委|局|厅|部|院|署|会|中心))(?:等.{1,4}部门)?(?:关于|印发|批转|转发|公告|令)"
)
# 2007年4月22日 某某令第495号公布; 2021年5月26日 某某第三十二次会议通过: the line under the title of a law
_ENACTED_BY: Final = re.compile(
    r"日\s*([\u4e00-\u9fff]{0,24}?(?:国务院|总局|人民政府|人民代表大会常务委员会|人民代表大会|部|局|厅))(?=令|第|发布|公布|批准|常务会议)"
)
_ENDINGS: Final = (
    ("通知", Genre.CIRCULAR),
    ("意见", Genre.OPINION),
    ("决定", Genre.DECISION),
    ("公告", Genre.PROCLAMATION),
    ("通告", Genre.ANNOUNCEMENT),
    ("通报", Genre.BULLETIN),
    ("报告", Genre.REPORT),
    ("批复", Genre.REPLY),
    ("纪要", Genre.MINUTES),
    ("函", Genre.LETTER),
    ("令", Genre.ORDER),
)


def _is_standard(number: str) -> bool:
    try:
        doc_number_format(number)
    except ValidationError:
        return False
    return True


def metadata_of(page: Page, *, unit: str, day: date, doubts: list[str]) -> dict[str, Any]:
    """Values for the fields of a policy document; what had to be assumed is added to the doubts."""
    issuer = _ISSUER.match(page.title) or _ENACTED_BY.search(text_of(page.body)[:200])
    signed = (
        next(filter(None, map(dates.alone_in, reversed(text_of(page.body).split("\n")))), None) or page.published_at
    )
    if issuer is None:
        doubts.append(_("发文机关待核对"))
    if signed is None:
        doubts.append(_("没有找到成文日期，暂记为迁入当日"))
    number = page.doc_number if _is_standard(page.doc_number) else ""
    bare = re.sub(r"[（(][^（）()]*[)）]$", "", page.title.strip())
    genre = next((genre for ending, genre in _ENDINGS if bare.endswith(ending)), Genre.OTHER)
    return {
        "doc_number": number,
        "issuer": (issuer[1] if issuer else page.source or unit)[:100],
        "issued_on": signed.date() if signed else day,
        "genre": genre,
    }
