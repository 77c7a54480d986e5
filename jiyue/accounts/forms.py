"""The forms of the security administrator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiyue.accounts.models import User
from jiyue.accounts.passwords import LONGEST
from jiyue.accounts.roles import ADMINISTRATORS, Role
from jiyue.organisations.models import Unit


class UnitField(forms.ModelChoiceField[Unit]):
    """The tree of units, indented."""

    def __init__(self, **kwargs: Any) -> None:
        usual = {"label": gettext_lazy("单位"), "empty_label": gettext_lazy("请选择")}
        super().__init__(queryset=Unit.objects.order_by("path"), **{**usual, **kwargs})

    def label_from_instance(self, unit: Unit) -> str:
        return "　" * (unit.path.count("/") - 1) + unit.name


class UnitForm(forms.ModelForm[Unit]):
    """A new unit. Its place in the tree, its code and its level never change."""

    parent = UnitField(label=gettext_lazy("上级单位"))

    class Meta:
        model = Unit
        fields = ["parent", "name", "short_name", "code", "level", "kind", "credit_code"]
        help_texts = {
            "short_name": gettext_lazy("列表中显示；不填则显示全称。"),
            "code": gettext_lazy("建议用拼音首字母，如 jyj；新建网站时作为默认的网站代码，不能改。"),
        }


class RenameForm(forms.ModelForm[Unit]):
    class Meta:
        model = Unit
        fields = ["name", "short_name"]


class EnrolForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
    username = forms.CharField(
        label=gettext_lazy("登录名"), max_length=150, help_text=gettext_lazy("建议用工号或拼音，不与姓名重复出现。")
    )
    email = forms.EmailField(label=gettext_lazy("电子邮箱"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=User.Kind.choices,
        help_text=gettext_lazy("三类管理员互不兼任，也不得兼任业务角色；类别以后不能改。"),
    )


class GrantForm(forms.Form):
    unit = UnitField()
    role = forms.ChoiceField(label=gettext_lazy("角色"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["role"]
        field.choices = [("", gettext_lazy("请选择")), *roles_for(person)]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class MoveForm(forms.Form):
    old = UnitField(label=gettext_lazy("原单位"), help_text=gettext_lazy("这个单位的角色全部收回。"))
    new = UnitField(label=gettext_lazy("新单位"))
    roles = forms.MultipleChoiceField(label=gettext_lazy("在新单位的角色"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=gettext_lazy("依据"), max_length=200, help_text=gettext_lazy("如调令文号。"), required=False
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        old: Any = self.fields["old"]
        old.queryset = Unit.objects.filter(memberships__user=person).distinct().order_by("path")
        roles: Any = self.fields["roles"]
        roles.choices = roles_for(person)


class ReviewForm(forms.Form):
    """``seen``: the list that is being confirmed."""

    seen = forms.CharField(widget=forms.HiddenInput)
    remark = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("如核对中发现并已改正的问题。"),
    )


def roles_for(person: User) -> list[tuple[str, Any]]:
    staff = person.kind == User.Kind.STAFF
    return [(role.value, role.label) for role in Role if (role not in ADMINISTRATORS if staff else role == person.kind)]


def rules() -> SafeString:
    texts = [text for text in password_validators_help_texts() if text]
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((text,) for text in texts)))


class PasswordForm(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=gettext_lazy("新密码"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输一遍"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["password"].help_text = rules()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError(_("两次输入的密码不一致。"))
        return again
