"""The forms of the editor."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import ReferenceIndex, Revision

from jiyue.content.locks import hold
from jiyue.library.classification import Kind
from jiyue.library.digest import BOOKKEEPING
from jiyue.library.models import BasePage
from jiyue.library.policies import usable


WRITTEN = frozenset({Kind.NEWS, Kind.NOTICE, Kind.POLICY, Kind.INTERPRETATION})  # begin with a text
SUBMIT = "action-submit-review"  # the button that saves and sends to the reviewers


class ItemForm(WagtailAdminPageForm):
    """Refuses references to what the person may not use: the choosers only *show* one's own, a forged form does not
    ask them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if instance is not None and instance.pk is None and kwargs.get("parent_page"):
            _begin(instance, kwargs["parent_page"], kwargs.get("for_user"))
        super().__init__(*args, **kwargs)
        self._offer_what_may_be_used()
        if not self.instance.slug and "slug" not in self.fields:
            # only the tree needs it: the public address is given at first publication
            self.instance.slug = f"x-{self.instance.translation_key.hex[:12]}"

    def _offer_what_may_be_used(self) -> None:
        """A field that is no chooser lists everything there is of its kind, drafts of other bureaus included."""
        for field in self.fields.values():
            things = getattr(field, "queryset", None)
            if things is not None and self.for_user is not None and hasattr(things.model, "unit"):
                field.queryset = usable(things, self.for_user)

    def defer_required_fields(self) -> None:
        """A draft may be unfinished; what is submitted may not."""
        if SUBMIT not in self.data:
            super().defer_required_fields()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        latest = self.instance.latest_revision if self.instance.pk else None
        if latest is not None and self._has_not_seen(latest):
            self.add_error(None, _overtaken_by(latest))
        return cleaned

    def _has_not_seen(self, latest: Revision) -> bool:
        """Wagtail asks this of automatic saves only (``EditView.is_out_of_date``)."""
        own, loaded = self.data.get("overwrite_revision_id"), self.data.get("loaded_revision_id")
        if own or not loaded:
            return bool(own) and own != str(latest.pk)
        written_at = self.data.get("loaded_revision_created_at", "")
        return (loaded, written_at) != (str(latest.pk), latest.created_at.isoformat())

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        """What was saved automatically is what the writer has seen."""
        latest = self.instance.latest_revision
        return [
            *super().get_field_updates_for_resave(),
            ("loaded_revision_id", str(latest.pk)),
            ("loaded_revision_created_at", latest.created_at.isoformat()),
        ]

    def save(self, commit: bool = True) -> Any:
        if self.instance.pk:
            hold(self.instance)
        return super().save(commit)

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.for_user is not None and not self.errors:
            self._refuse_foreign_references()

    def _refuse_foreign_references(self) -> None:
        foreign = foreign_references(self.instance, self.for_user)
        if foreign:
            self.add_error(None, _("引用了无权使用的内容：%s。") % "、".join(foreign))


def _overtaken_by(latest: Revision) -> str:
    facts = {"who": latest.user or _("系统"), "when": f"{timezone.localtime(latest.created_at):%m-%d %H:%M}"}
    return (
        _(
            "您打开之后，%(who)s于 %(when)s 保存了新的版本。您写的内容还在本页，没有保存，也没有覆盖对方的内容。"
            "请先查看对方的版本；再次保存，将以本页内容为最新版本，对方的版本保留在历史中。"
        )
        % facts
    )


def _begin(page: Any, column: Any, user: Any) -> None:
    """What a new item usually says, ready to be changed."""
    if hasattr(page, "source"):
        page.source = page.source or column.unit.name
        page.editor = page.editor or str(user or "")
    if page.kind in WRITTEN and not page.body:
        page.body = [("text", "")]


def foreign_references(page: BasePage, user: Any) -> list[str]:
    """What a page refers to that its writer may neither read nor see published, as readable labels."""
    return [
        str(model._meta.verbose_name)
        for model, keys in _references(page).items()
        if not keys <= _usable(model, keys, user)
    ]


def _references(page: BasePage) -> dict[type[Any], set[str]]:
    found: dict[type[Any], set[str]] = {}
    for content_type_id, object_id, path, _content_path in ReferenceIndex._extract_references_from_object(page):
        if path in BOOKKEEPING:
            continue  # website, unit, owner ...: no form has a field for them
        model = ContentType.objects.get_for_id(content_type_id).model_class()
        if model is not None:
            found.setdefault(model, set()).add(str(object_id))
    return found


def _usable(model: type[Any], keys: set[str], user: Any) -> set[str]:
    if not hasattr(model, "unit"):
        return keys
    found = usable(model._default_manager.filter(pk__in=keys), user)
    return {str(pk) for pk in found.values_list("pk", flat=True)}
