"""Labels Wagtail's forms leave to Django, which makes English ones of the field's name."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import auth, choosers


LABELS = {
    auth.LoginForm: {"password": _("密码")},
    choosers.ExternalLinkChooserForm: {"link_text": _("链接文字")},
    choosers.AnchorLinkChooserForm: {"url": _("锚点名称"), "link_text": _("链接文字")},
    choosers.EmailLinkChooserForm: {
        "email_address": _("电子邮箱"),
        "link_text": _("链接文字"),
        "subject": _("主题"),
        "body": _("正文"),
    },
    choosers.PhoneLinkChooserForm: {"phone_number": _("电话号码"), "link_text": _("链接文字")},
}


def give_labels() -> None:
    for form, labels in LABELS.items():
        for name, label in labels.items():
            form.base_fields[name].label = label
