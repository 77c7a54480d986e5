"""The forms of the register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jiyue.websites.models import Website
from jiyue.websites.skins import SKINS, TOKENS, check_skin


TOKEN_NAMES = {
    "primary": _("主色"),
    "primary-hover": _("主色（指向时）"),
    "accent": _("强调色"),
    "accent-soft": _("强调底色"),
    "nav": _("导航条"),
    "nav-active": _("导航条（当前项）"),
    "footer": _("页脚"),
}
DEFAULTS = {
    "primary": "#12498f", "primary-hover": "#0d3a75", "accent": "#a8171e", "accent-soft": "#fbe9e9",
    "nav": "#0f3d7a", "nav-active": "#0a2c5e", "footer": "#0a2c5e",
}  # fmt: skip


class RegisterDataForm(forms.ModelForm[Website]):
    """What a website manager keeps up to date. Unit, kind, code and state are decided elsewhere."""

    class Meta:
        model = Website
        fields = [
            "name", "short_name", "description", "operator", "identification_code", "icp_filing", "police_filing",
            "mark_code", "protection_level", "address", "phone", "email", "contact_name", "index_number_template", "mourning",
        ]  # fmt: skip
        help_texts = {
            "description": _("写入网页标签，不超过 200 字。"),
            "identification_code": _("页脚显示，点击进入核验。"),
            "index_number_template": _(
                "新发布信息的索引号按此生成；已有的不变。可用 {code} {uscc} {org9} {yyyy} {yyyymm} {seq:05d}。"
            ),
            "mourning": _("全国性哀悼活动期间使用：整个网站显示为灰色。"),
        }


class HostsField(forms.CharField):
    """One host name a line, the primary one first."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip().lower() for line in super().clean(value).splitlines() if line.strip()]


class HostsForm(forms.Form):
    hosts = HostsField(label=_("域名"), help_text=_("每行一个，第一个为主域名。"))


class SkinForm(forms.Form):
    """One of the ready looks, or the colours one by one; each must leave the text on it readable."""

    preset = forms.ChoiceField(
        label=_("配色"), choices=[*((name, name) for name in SKINS), ("", _("自定义"))], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for token in TOKENS:
            self.fields[token] = forms.CharField(
                label=TOKEN_NAMES[token],
                required=False,
                widget=forms.TextInput(attrs={"type": "color"}),
                initial=self.initial.get(token, DEFAULTS[token]),
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("preset"):
            for token in TOKENS:
                self._check(token, given.get(token, ""))
        return given

    def _check(self, token: str, value: str) -> None:
        try:
            check_skin({token: value})
        except ValidationError as error:
            self.add_error(token, error)

    def skin(self) -> dict[str, str]:
        preset = self.cleaned_data.get("preset")
        if preset:
            return SKINS[preset]
        return {token: self.cleaned_data[token] for token in TOKENS if self.cleaned_data[token] != DEFAULTS[token]}


class OpenForm(forms.Form):
    """新建网站: what it takes to have a site with a home page; everything else has a default."""

    unit: Any = forms.ModelChoiceField(
        label=_("主办单位"), queryset=None, help_text=_("只列出还没有网站、可以开设网站的单位。")
    )
    kind = forms.ChoiceField(label=_("类型"), choices=Website.Kind.choices, initial=Website.Kind.DEPARTMENT)
    name = forms.CharField(
        label=_("网站名称"), max_length=100, required=False, help_text=_("不填则为“单位名称＋网站”。")
    )
    code = forms.SlugField(
        label=_("代码"),
        max_length=40,
        required=False,
        help_text=_("用于网址和目录，一经使用不再改变；不填则用单位代码。"),
    )
    hosts = HostsField(
        label=_("域名"), required=False, help_text=_("每行一个，第一个为主域名；不填则暂用“代码.localhost”。")
    )
    online = forms.BooleanField(label=_("建好后立即上线"), required=False, initial=True)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = units

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        unit = given.get("unit")
        if unit:
            given["name"] = given.get("name") or f"{unit.name}网站"
            given["code"] = given.get("code") or unit.code
            given["hosts"] = given.get("hosts") or [f"{given['code']}.localhost"]
        return given


class OfflineForm(forms.Form):
    reason = forms.CharField(label=_("下线原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
