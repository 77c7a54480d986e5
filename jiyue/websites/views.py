"""网站登记: the register, one website's entry with its history, its look and host names, opening and taking down."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets import HeaderButton

from jiyue.accounts.permissions import can_anywhere, units_where
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import Act, ActionScreen, ListScreen, Screen, get_visible_or_404
from jiyue.common.clock import now
from jiyue.organisations.models import Unit
from jiyue.websites import actions
from jiyue.websites.forms import TOKEN_NAMES, HostsForm, OfflineForm, OpenForm, RegisterDataForm, SkinForm
from jiyue.websites.models import Website
from jiyue.websites.permissions import can_amend, can_put_online
from jiyue.websites.skins import SKINS


SEES = (Verb.READ, Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE)
REGISTER = (("websites_register", _("网站登记")),)
TONES = {
    Website.State.PREPARING: "info",
    Website.State.ONLINE: "ok",
    Website.State.OFFLINE: "warn",
    Website.State.CLOSED: "mute",
}
HISTORY_SHOWN = 50


class WebsiteFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("状态"), choices=Website.State.choices)
    kind = django_filters.ChoiceFilter(label=_("类型"), choices=Website.Kind.choices)

    class Meta:
        model = Website
        fields: list[str] = []


class WebsiteState(Column):
    cell_template_name = "websites/cells/state.html"

    def get_cell_context_data(self, instance: Website, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "text": instance.get_state_display(), "tone": TONES[Website.State(instance.state)]}


class Register(ListScreen):
    page_title = _("网站登记")
    header_icon = "site"
    filterset_class = WebsiteFilters
    search_fields = ["name", "code", "unit__name", "identification_code", "hosts__name"]
    default_ordering = "unit__path"
    verbose_name_plural = _("网站")
    empty_hint = _("监管员可以为下级单位新建网站。")
    columns = [
        TitleColumn("name", label=_("网站"), get_url=lambda site: reverse("websites_website", args=[site.pk])),
        Column("unit", classname="bo-wide", label=_("主办单位"), accessor=lambda site: site.unit.name),
        Column("kind", classname="bo-wide", label=_("类型"), accessor=Website.get_kind_display),
        Column(
            "host",
            classname="bo-wide",
            label=_("主域名"),
            accessor=lambda site: next((str(host) for host in site.hosts.all()), "—"),
        ),
        Column(
            "identification_code",
            classname="bo-wide",
            label=_("标识码"),
            accessor=lambda site: site.identification_code or "—",
        ),
        WebsiteState("state", label=_("状态")),
    ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not can_anywhere(self.request.user, Verb.SUPERVISE):
            return []
        url = reverse("websites_open")
        return [HeaderButton(label=_("新建网站"), url=url, icon_name="plus", attrs={"class": "button"})]

    def get_base_queryset(self) -> QuerySet[Website]:
        mine = Website.objects.filter(unit__in=units_where(self.request.user, *SEES))
        return mine.select_related("unit").prefetch_related("hosts")

    def search_queryset(self, queryset: QuerySet[Website]) -> QuerySet[Website]:
        return super().search_queryset(queryset).distinct()


class WebsiteMixin:
    request: Any
    kwargs: dict[str, Any]
    verbs: tuple[Verb, ...] = (Verb.ARRANGE, Verb.SUPERVISE)

    @cached_property
    def website(self) -> Website:
        websites = Website.objects.select_related("unit", "parent", "supervisor_unit")
        return get_visible_or_404(websites, self.request.user, *self.verbs, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.website.name

    def get_back_url(self) -> str:
        return reverse("websites_website", args=[self.website.pk])


class WebsiteScreen(WebsiteMixin, Screen):
    template_name = "websites/website.html"
    parents = REGISTER
    verbs = SEES

    def get_page_title(self) -> str:
        return self.website.name

    def get_page_subtitle(self) -> str:
        return f"{self.website.unit.name} · {self.website.get_kind_display()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        website, user = self.website, self.request.user
        changes = website.changes.select_related("by")[:HISTORY_SHOWN]
        shown = [field for field in RegisterDataForm.Meta.fields if field not in {"name", "mourning"}]
        return {
            **super().get_context_data(**kwargs),
            "website": website,
            "tone": TONES[Website.State(website.state)],
            "facts": [(_label(name), getattr(website, name)) for name in shown],
            "hosts": list(website.hosts.all()),
            "public_url": actions.base_url(website) + "/",
            "skin": website.skin or {},
            "changes": [(change, _label(change.field)) for change in changes],
            "amends": can_amend(user, website),
            "decides": can_put_online(user, website),
        }


def _label(name: str) -> str:
    """The register's own word for one of its fields."""
    if name == "hosts":
        return str(_("域名"))
    field: Any = Website._meta.get_field(name)
    return str(field.verbose_name)


class Amend(WebsiteMixin, ActionScreen):
    page_title = _("修改登记信息")
    form_class = RegisterDataForm
    parents = REGISTER
    button = _("保存")
    done = _("已保存，变更已记入登记历史。")

    def get_form_kwargs(self) -> dict[str, Any]:
        """A copy: the action compares what is typed with what is stored."""
        return {**super().get_form_kwargs(), "instance": Website.objects.get(pk=self.website.pk)}

    def act(self, form: forms.ModelForm[Website]) -> None:
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        actions.amend(self.website, by=self.request.user, at=now(), **changed)


class Hosts(WebsiteMixin, ActionScreen):
    page_title = _("域名")
    form_class = HostsForm
    parents = REGISTER
    verbs = (Verb.SUPERVISE,)
    button = _("保存")
    done = _("域名已更新。")

    def get_initial(self) -> dict[str, Any]:
        return {"hosts": [host.name for host in self.website.hosts.all()]}

    def act(self, form: HostsForm) -> None:
        actions.amend(self.website, by=self.request.user, at=now(), hosts=form.cleaned_data["hosts"])


class Skin(WebsiteMixin, ActionScreen):
    template_name = "websites/skin.html"
    page_title = _("外观")
    form_class = SkinForm
    parents = REGISTER
    button = _("使用这个外观")
    done = _("外观已更新，几秒后生效。")

    def get_initial(self) -> dict[str, Any]:
        skin = self.website.skin or {}
        preset = next((name for name, colours in SKINS.items() if colours == skin), "")
        return {**skin, "preset": preset}

    def act(self, form: SkinForm) -> None:
        actions.amend(self.website, by=self.request.user, at=now(), skin=form.skin())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "skins": SKINS.items(), "token_names": TOKEN_NAMES}


class Open(ActionScreen):
    """From nothing to a home page: entered into the register, built from the blueprint, put online."""

    page_title = _("新建网站")
    form_class = OpenForm
    parents = REGISTER
    button = _("建立网站")
    explanation = _("提交后立即按蓝本建好首页、栏目和页脚，通常几秒钟。")

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = units_where(self.request.user, Verb.SUPERVISE)
        return {**super().get_form_kwargs(), "units": websiteless(mine)}

    def act(self, form: OpenForm) -> Website:
        return actions.open_website(**form.cleaned_data, by=self.request.user, at=now())

    def get_done(self) -> str:
        return str(_("“%s”已建好。") % self.result.name)

    def get_back_url(self) -> str:
        return reverse("websites_register")

    def get_success_url(self) -> str:
        return reverse("websites_website", args=[self.result.pk])


def websiteless(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """The units that could still open a website; the action knows the exceptions."""
    taken = Website.objects.exclude(state=Website.State.CLOSED).values("unit")
    return units.exclude(pk__in=taken).exclude(level=Unit.Level.TOWNSHIP).order_by("path")


class PutOnline(WebsiteMixin, Act):
    verbs = (Verb.SUPERVISE,)
    done = _("网站已上线。")

    def act(self) -> None:
        actions.put_online(self.website, by=self.request.user, at=now())


class TakeOffline(WebsiteMixin, ActionScreen):
    page_title = _("临时下线")
    form_class = OfflineForm
    parents = REGISTER
    verbs = (Verb.SUPERVISE,)
    button = _("下线")
    tone = "no"
    grave = True
    done = _("网站已下线，公众访问时看到维护公告。")

    def act(self, form: OfflineForm) -> None:
        actions.take_offline(self.website, by=self.request.user, at=now(), reason=form.cleaned_data["reason"])
