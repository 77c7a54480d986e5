"""Numbers that belong to a person, confirmed by their check digits."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from jiyue.inspector.text.hits import Hit
from jiyue.inspector.text.packs import Category


AROUND = 30  # characters that tell what a number is
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_LIKELY = re.compile(r"[0-9A-Z][0-9A-Za-z -]{8,}")  # begins with one set of characters: three times faster to look for
_RUN = re.compile(r"[0-9]{3,4}(?:[ -][0-9]{3,4}){2,4}|[0-9A-Z][0-9A-Za-z]{8,}")
_OFFICE = re.compile(
    r"(?:联系|咨询|办公|值班|服务|监督|举报|投诉|报名|客服|预约|业务|技术支持)[^，。；\n]{0,6}(?:电话|方式|手机)|热线|传真|电话[:：]|联系人"
)
_PERSON = re.compile(r"本人|申请人|户主|家长|监护人|学生|患者|身份证|受益人|获奖|中签|低保|当事人|被执行人")
_CARD = re.compile(r"卡号|[账帐]号|银行|开户|储蓄|存折")
_IDENTITY = re.compile(r"身份证")
_PASSPORT = re.compile(r"护照|通行证|旅行证")
_CREDIT = re.compile(r"信用代码|税号|纳税人识别号")
_PASSPORT_NUMBER = re.compile(r"E[A-HJ-NP-Z]\d{7}|[EGDSP]\d{8}|[HM]\d{8}(?:\d{2})?")
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100 leaves out I O S V Z
_CREDIT_NUMBER = re.compile(rf"[159YAN][1239][0-9]{{6}}[{_CODE}]{{10}}")


def hits(text: str, categories: Mapping[str, Category], today: date) -> Iterator[Hit]:
    for match in (run for likely in _LIKELY.finditer(text) for run in _RUN.finditer(text, *likely.span())):
        if _is_part(text, *match.span()):
            continue
        number = re.sub(r"[ -]", "", match[0])
        around = text[max(0, match.start() - AROUND) : match.end() + AROUND]
        before = text[max(0, match.start() - AROUND) : match.start()]
        code = _kind(number, around, before, today)
        if code in categories:
            yield Hit(match.start(), match.end(), code, categories[code], masked(match[0]))


def masked(number: str) -> str:
    """With its first three and last two characters only: no birthday is left to read."""
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def is_resident_id(number: str, today: date) -> bool:
    """18 characters of GB 11643: a province, a birthday not after ``today``, and the check digit."""
    if not re.fullmatch(r"[1-8]\d{16}[\dXx]", number) or number[:2] not in PROVINCES:
        return False
    weighed = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return "10X98765432"[weighed % 11] == number[17].upper() and _is_birthday(number[6:14], today)


def is_credit_code(number: str) -> bool:
    """18 characters of GB 32100, with the organisation's own check character (GB 11714) inside."""
    if not _CREDIT_NUMBER.fullmatch(number) or number[2:4] not in PROVINCES | {"10"}:
        return False
    weighed = sum(_CODE.index(sign) * pow(3, place, 31) for place, sign in enumerate(number[:17]))
    return _CODE[-weighed % 31] == number[17]


def passes_luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(digit - 9 * (digit > 9) for digit in doubled) % 10 == 0


def _is_part(text: str, start: int, end: int) -> bool:
    """Of something longer: a decimal, an address, a file name, another number."""
    before, after, beyond = text[start - 1 : start] if start else "", text[end : end + 1], text[end + 1 : end + 2]
    if before and (before.isascii() and (before.isalnum() or before in "._/=&%#-*")):
        return True
    return bool(
        after and after.isascii() and (after.isalnum() or after in "_/=&%*" or (after in ".-" and beyond.isalnum()))
    )


def _kind(number: str, around: str, before: str, today: date) -> str:
    """The code of the category, or nothing."""
    kinds: dict[int, Callable[[], str]] = {
        11: lambda: _phone(number, around, before),
        15: lambda: _old_id(number, around, today),
        18: lambda: _eighteen(number, around, today),
    }
    if kind := kinds.get(len(number), lambda: "")():
        return kind
    if 16 <= len(number) <= 19 and number.isdigit():
        return _card(number, around)
    return "personal-passport" if _PASSPORT.search(around) and _PASSPORT_NUMBER.fullmatch(number) else ""


def _eighteen(number: str, around: str, today: date) -> str:
    """An organisation's code is public. A few resident numbers would pass for one: then the text around decides."""
    if is_credit_code(number) and (_CREDIT.search(around) or not is_resident_id(number, today)):
        return "credit-code"
    return "personal-id" if is_resident_id(number, today) else ""


def _old_id(number: str, around: str, today: date) -> str:
    is_one = number.isdigit() and number[:2] in PROVINCES and _is_birthday("19" + number[6:12], today)
    return "personal-id-old" if is_one and _IDENTITY.search(around) else ""


def _phone(number: str, around: str, before: str) -> str:
    if not re.fullmatch(r"1[3-9]\d{9}", number):
        return ""
    return "" if _OFFICE.search(before) and not _PERSON.search(around) else "personal-phone"


def _card(number: str, around: str) -> str:
    if not passes_luhn(number):
        return ""
    if number.startswith("62") and len(number) in {16, 19}:
        return "personal-card"
    has_prefix = re.match(r"62|4|5[1-5]|35|60", number) is not None
    return "personal-card" if has_prefix and _CARD.search(around) else ""


def _is_birthday(digits: str, today: date) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= born <= today
