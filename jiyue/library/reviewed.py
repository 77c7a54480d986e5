"""Wagtail's own views that the back office opens, each read for what it shows. See ``accounts/gate.py``.

Reviewed against Wagtail 8.0.1; a view that comes with an upgrade stays closed until somebody adds it here."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from wagtail.permissions import policy_registry

from jiyue.accounts.gate import declare
from jiyue.accounts.roles import Verb
from jiyue.library.models import Attachment, BasePage, Picture


PAGE_ARGUMENTS = ("page_id", "parent_page_id", "pk")
ASKED_PAGES = ("parent_page_id", "child_of", "descendant_of", "ancestor_of", "translation_of", "page_id")
WORKING = (Verb.READ, Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE)


def declare_wagtail_views() -> None:
    declare(
        [
            "wagtailadmin_login",
            "wagtailadmin_javascript_catalog",
            "wagtailadmin_sprite",
        ],
        anonymous=True,
    )
    declare(["wagtailadmin_home", "wagtailadmin_account", "wagtailadmin_logout", "wagtailadmin_dismissibles"])
    declare(
        [
            "wagtailadmin_explore_root",
            "wagtailadmin_explore",
            "wagtailadmin_explore_results",
            "wagtailadmin_pages:edit",
            "wagtailadmin_pages:preview_on_edit",
            "wagtailadmin_pages:view_draft",
            "wagtailadmin_pages:history",
            "wagtailadmin_pages:history_results",
            "wagtailadmin_pages:revisions_view",
            "wagtailadmin_pages:revisions_compare",
            "wagtailadmin_api:pages:listing",
            "wagtailadmin_api:pages:detail",
        ],
        *WORKING,
        check=sees_the_pages,
    )
    declare(
        [
            "wagtailadmin_pages:add",
            "wagtailadmin_pages:preview_on_add",
            "wagtailadmin_pages:add_subpage",
            "wagtailadmin_pages:revisions_revert",
            "wagtailadmin_choose_page",
            "wagtailadmin_choose_page_child",
            "wagtailadmin_choose_page_search",
            "wagtailadmin_choose_page_chosen_multiple",
            "wagtailadmin_choose_page_email_link",
            "wagtailadmin_choose_page_phone_link",
            "wagtailadmin_choose_page_anchor_link",
            "wagtailadmin_editing_sessions:ping",
            "wagtailadmin_editing_sessions:release",
            "wagtailadmin_block_preview",
        ],
        Verb.WRITE,
        Verb.ARRANGE,
        check=sees_the_pages,
    )
    declare(
        [
            f"wagtailimages:{name}"
            for name in (
                "index",
                "index_results",
                "edit",
                "add",
                "add_multiple",
                "edit_multiple",
                "preview",
                "image_usage",
            )
        ]
        + [
            f"wagtailimages_chooser:{name}"
            for name in ("choose", "choose_results", "chosen", "chosen_multiple", "create", "select_format")
        ],
        Verb.WRITE,
        Verb.ARRANGE,
        check=uses_the_picture,
    )
    declare(
        [
            f"wagtaildocs:{name}"
            for name in ("index", "index_results", "edit", "add", "add_multiple", "edit_multiple", "document_usage")
        ]
        + [
            f"wagtaildocs_chooser:{name}"
            for name in ("choose", "choose_results", "chosen", "chosen_multiple", "create")
        ],
        Verb.WRITE,
        Verb.ARRANGE,
        check=uses_the_attachment,
    )
    declare(["wagtailadmin_choose_page_external_link"], Verb.WRITE, Verb.ARRANGE, check=sends_a_link)
    declare(["wagtaildocs_serve"], *WORKING, check=reads_the_attachment)
    declare(["library_media"], *WORKING)


def sees_the_pages(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Every page the address or the query names lies within the person's websites."""
    wanted = {str(kwargs[name]) for name in PAGE_ARGUMENTS if name in kwargs}
    for name in ASKED_PAGES:
        wanted |= set(request.GET.getlist(name))
    wanted |= {name for value in request.GET.getlist("id") for name in value.split(",")}
    if "object_id" in kwargs:
        if not _is_page(kwargs.get("app_label", ""), kwargs.get("model_name", "")):
            return False
        wanted.add(str(kwargs["object_id"]))
    wanted.discard("root")
    if not all(value.isdigit() for value in wanted):
        return False
    visible = policy_registry.get_by_type(BasePage).explorable_instances(request.user)
    return not wanted or visible.filter(pk__in=wanted).count() == len(wanted)


def sends_a_link(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Wagtail 8.0.1 fails on a form without the field it is about."""
    return request.method != "POST" or "external-link-chooser-url" in request.POST


def _is_page(app_label: str, model_name: str) -> bool:
    model = apps.all_models.get(app_label, {}).get(model_name)
    return model is not None and issubclass(model, BasePage)


def uses_the_picture(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    return _in_scope(Picture, request, kwargs.get("image_id") or kwargs.get("pk"), "choose")


def uses_the_attachment(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    return _in_scope(
        Attachment, request, kwargs.get("document_id") or kwargs.get("doc_id") or kwargs.get("pk"), "choose"
    )


def reads_the_attachment(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    return _in_scope(Attachment, request, request.resolver_match.args[0] if request.resolver_match else None, "view")


def _in_scope(model: type[Any], request: HttpRequest, key: Any, action: str) -> bool:
    wanted = {str(key)} if key else set()
    wanted |= set(request.GET.getlist("id"))
    if not all(value.isdigit() for value in wanted):
        return False
    allowed = policy_registry.get_by_type(model).instances_user_has_permission_for(request.user, action)
    return not wanted or allowed.filter(pk__in=wanted).count() == len(wanted)
