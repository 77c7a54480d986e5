"""The forms with which people decide: on a submission, a release, a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiyue.content.actions import CHECKLIST


QUICK_REASONS = (
    _("标题与正文不符"),
    _("有错别字或病句"),
    _("格式不规范"),
    _("来源不明或缺少原文链接"),
    _("附件或图片有误"),
    _("含有不宜公开的内容"),
    _("栏目选择不当"),
)


class DecisionForm(forms.Form):
    """What every decision on a submission carries: which text at which step the person had before them, and which
    button was pressed. ``return`` needs a reason; the action asks for it."""

    seen = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("pass", _("通过")), ("return", _("退回"))], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("退回原因"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("写给采编人：哪里不对，怎样改")}),
    )


class ReviewForm(DecisionForm):
    opinion = forms.CharField(
        label=_("审核意见（可不填）"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ClearForm(DecisionForm):
    checklist = forms.MultipleChoiceField(
        label=_("保密审查清单"),
        choices=[(point, point) for point in CHECKLIST],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    opinion = forms.CharField(
        label=_("审查意见（可不填）"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class SignForm(DecisionForm):
    pass


class AfterReviewForm(DecisionForm):
    """``return`` here takes the emergency publication down."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("事后审核意见")


class ReasonForm(forms.Form):
    """A step that must be explained."""

    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: Any = None, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label or self.fields["reason"].label
        self.fields["reason"].help_text = help_text
