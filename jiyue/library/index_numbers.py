"""索引号: assigned by the website's template at first publication, unique in the whole library, never given twice.

Tokens of a template: ``{code}`` the website's code, ``{uscc}`` the unit's 统一社会信用代码, ``{org9}`` its nine-character
organisation code, ``{yyyy}`` ``{yyyymm}``, ``{seq:05d}`` the serial of the year (``regulation.md`` §5.6)."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from jiyue.library.models import IndexNumberSequence
from jiyue.websites.formats import index_number_template
from jiyue.websites.models import Website


GB32100_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def assign(website: Website, *, released_at: datetime) -> str:
    """Takes the next serial of the year. Runs inside the transaction of the publication."""
    year = timezone.localtime(released_at).year
    sequence, _created = IndexNumberSequence.objects.select_for_update().get_or_create(website=website, year=year)
    IndexNumberSequence.objects.filter(pk=sequence.pk).update(last=F("last") + 1)
    sequence.refresh_from_db()
    return spell(website, released_at=released_at, serial=sequence.last)


def hold(website: Website) -> None:
    list(IndexNumberSequence.objects.select_for_update().filter(website=website).order_by("year"))


def spell(website: Website, *, released_at: datetime, serial: int) -> str:
    moment = timezone.localtime(released_at)
    credit_code = website.unit.credit_code
    index_number_template(website.index_number_template)
    return website.index_number_template.format(
        code=website.code.upper(),
        uscc=credit_code or website.code.upper(),
        org9=credit_code[8:17] or website.code.upper(),
        yyyy=f"{moment:%Y}",
        yyyymm=f"{moment:%Y%m}",
        seq=serial,
    )


def credit_code_is_valid(code: str) -> bool:
    """GB 32100-2015: 18 characters, the last a check character (weights 3^(i-1) mod 31)."""
    if len(code) != 18 or any(character not in GB32100_CHARACTERS for character in code):
        return False
    total = sum(GB32100_CHARACTERS.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return GB32100_CHARACTERS[(31 - total % 31) % 31] == code[17]
