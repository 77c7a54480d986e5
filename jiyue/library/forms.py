"""The forms with which media come into the library. A stored file never changes: what was reviewed stays what it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.collections import BaseCollectionMemberForm
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from jiyue.accounts.permissions import units_where
from jiyue.accounts.roles import Verb
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.common.limits import allow
from jiyue.library.policies import home_unit
from jiyue.library.uploads import checked_attachment, checked_picture, plain_name


class MediaForm(BaseCollectionMemberForm):
    """New media belong to the unit the person writes for; whoever writes for several says which."""

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.for_user = user
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

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile):
            return file
        if self.for_user is not None and not self._may_upload():
            raise ValidationError(_("上传过于频繁，请稍后再试。"))
        try:
            return self.checked(file.read(), file)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def checked(self, data: bytes, file: UploadedFile[Any]) -> UploadedFile[Any]:
        """The file to store. Raises ``Refused``."""
        raise NotImplementedError

    def _may_upload(self) -> bool:
        count, seconds = settings.RATES["upload"]
        return allow("upload", str(self.for_user.pk), rate=count, per=timedelta(seconds=seconds), at=now())


class PictureForm(MediaForm, BaseImageForm):
    def checked(self, data: bytes, file: UploadedFile[Any]) -> UploadedFile[Any]:
        picture = checked_picture(data, name=file.name or "")
        made = SimpleUploadedFile(plain_name(file.name or ""), picture.data, f"image/{picture.extension}")
        made.image = getattr(file, "image", None)  # type: ignore[attr-defined]  # Wagtail's own look at it
        return made


class AttachmentForm(MediaForm, BaseDocumentForm):
    def checked(self, data: bytes, file: UploadedFile[Any]) -> UploadedFile[Any]:
        name = plain_name(file.name or "")
        return SimpleUploadedFile(name, checked_attachment(data, name=name), "application/octet-stream")
