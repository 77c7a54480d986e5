from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiyue.onboarding.word import MAX_FILE, MAX_PASTE


class TakeForm(forms.Form):
    """A Word file, or what was pasted; the paste area of the page writes into ``pasted``."""

    document = forms.FileField(
        label=gettext_lazy("Word 文件（.docx）"),
        required=False,
        help_text=gettext_lazy("不超过 %d MB；标题、表格、图片都会保留") % (MAX_FILE // 1024 // 1024),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )
    pasted = forms.CharField(
        label=gettext_lazy("或者从 Word、WPS、网页复制后粘贴在这里"),
        required=False,
        max_length=MAX_PASTE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "data-paste-source": ""}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("document") and not (cleaned.get("pasted") or "").strip() and not self.errors:
            raise ValidationError(_("请选择 Word 文件，或者粘贴内容。"))
        return cleaned


class FillForm(forms.Form):
    """The second step: where the previewed content goes."""

    ticket = forms.CharField(widget=forms.HiddenInput)
    place = forms.ChoiceField(
        label=gettext_lazy("填入方式"),
        choices=[("replace", gettext_lazy("替换草稿正文")), ("append", gettext_lazy("接在草稿正文之后"))],
        widget=forms.RadioSelect,
        initial="replace",
    )
    with_title = forms.BooleanField(label=gettext_lazy("同时用文件中的标题替换草稿标题"), required=False)
