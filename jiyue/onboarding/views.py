"""导入 Word / 粘贴: a file or a paste becomes a preview, the preview becomes the body of a draft."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import Any, cast

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from jiyue.accounts.models import User
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import ActionScreen, get_visible_or_404
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.common.html import clean
from jiyue.content.models import ItemPage
from jiyue.library.models import BasePage
from jiyue.onboarding import actions, pending
from jiyue.onboarding.forms import FillForm, TakeForm
from jiyue.onboarding.word import Taken, from_docx, from_paste


class _ItemScreen(ActionScreen):
    @property
    def person(self) -> User:
        return cast(User, self.request.user)

    @cached_property
    def item(self) -> ItemPage:
        page = get_visible_or_404(
            BasePage.objects.filter(discarded_at=None), self.person, Verb.WRITE, pk=self.kwargs["pk"]
        ).specific
        if not isinstance(page, ItemPage):
            raise Http404
        return page

    def get_page_subtitle(self) -> str:
        return str(self.item.get_admin_display_title())

    def get_back_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.item.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "item": self.item}


class TakeScreen(_ItemScreen):
    """Step one: choose a file or paste. Nothing is stored in the draft yet."""

    template_name = "onboarding/take.html"
    page_title = _("导入 Word / 粘贴")
    form_class = TakeForm
    button = _("预览")

    def form_valid(self, form: Any) -> HttpResponse:
        uploaded = form.cleaned_data["document"]
        try:
            taken = from_docx(uploaded.read(), uploaded.name) if uploaded else from_paste(form.cleaned_data["pasted"])
        except Refused as refused:
            form.add_error("document" if uploaded else "pasted", str(refused))
            return self.form_invalid(form)
        ticket = pending.keep(taken, item=self.item.pk, at=now())
        return self.render_to_response(self.preview(taken, ticket))

    def preview(self, taken: Taken, ticket: str) -> dict[str, Any]:
        return {
            **self.get_context_data(form=FillForm(initial={"ticket": ticket, "with_title": bool(taken.title)})),
            "shown": [_shown(block, taken) for block in taken.blocks],
            "notes": taken.notes,
            "taken_title": taken.title,
            "button": _("填入草稿"),
            "fill_url": reverse("onboarding_fill", args=[self.item.pk]),
        }


class FillScreen(_ItemScreen):
    """Step two: the content that was previewed goes into the draft."""

    page_title = _("填入草稿")
    form_class = FillForm
    http_method_names = ["post"]
    done = _("内容已填入草稿，请核对后保存、送审。")

    def act(self, form: Any) -> Any:
        taken = pending.recall(form.cleaned_data["ticket"], item=self.item.pk)
        return actions.fill(
            self.item,
            taken,
            append=form.cleaned_data["place"] == "append",
            retitle=form.cleaned_data["with_title"],
            by=self.person,
            at=now(),
        )


def _shown(block: Any, taken: Taken) -> dict[str, Any]:
    """A block for the preview; it was cleaned when it was taken, and is cleaned again where it is marked safe."""
    if block.kind != "image":
        return {"html": mark_safe(clean(block.value))}  # noqa: S308 -- the sanitiser's output
    picture = next((p for p in taken.pictures if p.placeholder == block.value), None)
    if picture is None:
        return {"lost": True}
    kind = "jpeg" if picture.extension == "jpg" else picture.extension
    source = f"data:image/{kind};base64,{base64.b64encode(picture.data).decode()}"
    return {"src": source, "alt": block.alt or picture.alt, "caption": block.caption}
