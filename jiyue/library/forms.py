"""The forms with which media come into the library. A stored file never changes: what was reviewed stays what it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.collections import BaseCollectionMemberForm
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from jiyue.accounts.permissions import units_where
from jiyue.accounts.roles import Verb
from jiyue.library.policies import home_unit


class MediaForm(BaseCollectionMemberForm):
    """New media belong to the unit the person writes for; whoever writes for several says which."""

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if self.instance.pk:
            self.fields.pop("file", None)
        elif user is not None:
            self.instance.unit = home_unit(user)
            self._offer_units(user)

    def _offer_units(self, user: Any) -> None:
        units = units_where(user, Verb.WRITE, Verb.ARRANGE)
        if units.count() > 1:
            self.fields["unit"] = forms.ModelChoiceField(
                units,
                label=_("单位"),
                required=False,
                initial=self.instance.unit,
                help_text=_("只有该单位的人能看到和选用。"),
            )

    def _post_clean(self) -> None:
        super()._post_clean()
        self.instance.unit = self.cleaned_data.get("unit") or self.instance.unit


class PictureForm(MediaForm, BaseImageForm):
    pass


class AttachmentForm(MediaForm, BaseDocumentForm):
    pass
