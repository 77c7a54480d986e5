"""Formats of the register, with where they come from (``regulation.md`` §1.4, 1.5)."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _


INDEX_NUMBER = 60  # characters
# 政府网站标识码: ten digits, or bm and eight digits for units of the State Council; no check digit is known.
identification_code = RegexValidator(r"^(?:\d{10}|bm\d{8})$", _("政府网站标识码为10位数字，或“bm”加8位数字。"))
icp_filing = RegexValidator(r"^[\u4e00-\u9fff]ICP备\d{6,10}号(?:-\d+)?$", _("ICP备案编号格式如“云ICP备00000000号-1”。"))
police_filing = RegexValidator(
    r"^[\u4e00-\u9fff]公网安备 ?\d{14}号$", _("公安机关备案号格式如“云公网安备 53990002000001号”。")
)
_LABEL = r"[a-z0-9\u4e00-\u9fff](?:[a-z0-9\u4e00-\u9fff-]{0,61}[a-z0-9\u4e00-\u9fff])?"
host_name = RegexValidator(
    rf"^(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*$", _("域名只能包含小写字母、数字、汉字、连字符和点。")
)
colour = RegexValidator(r"^#[0-9a-f]{6}$", _("颜色写作 # 加六位十六进制数。"))
# Only what is listed stands in braces: ``str.format`` would read attributes and pad to any length.
index_number_template = RegexValidator(
    r"^(?:[^{}]|\{(?:code|uscc|org9|yyyy|yyyymm|seq(?::0?[1-9]d)?)\})*$",
    _("索引号规则只能用 {code} {uscc} {org9} {yyyy} {yyyymm} {seq:05d}。"),
)


def check_index_numbers(template: str, code: str) -> None:
    """Raises ``ValidationError`` for a rule that cannot be followed, or makes longer numbers than there is room for."""
    index_number_template(template)
    longest = template.format(code=code, uscc="0" * 18, org9="0" * 9, yyyy="2026", yyyymm="202612", seq=999_999)
    if len(longest) > INDEX_NUMBER:
        raise ValidationError(
            _("按此规则生成的索引号有 %(length)d 字，最多 %(most)d 字。")
            % {"length": len(longest), "most": INDEX_NUMBER}
        )
