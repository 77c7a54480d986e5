"""Formats of the register, with where they come from (``regulation.md`` §1.4, 1.5)."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _


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
