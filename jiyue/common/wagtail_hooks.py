from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from jiyue.common.labels import give_labels
from jiyue.common.policy import nonce


OUTSIDE = ("whats-new", "editor-guide")  # menu items that lead to the vendor's own pages

give_labels()


@hooks.register("insert_global_admin_css", order=1000)
def our_look() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("backoffice/backoffice.css"))


@hooks.register("insert_global_admin_js", order=0)
def numbered_styles() -> SafeString:
    return format_html('<script src="{}" nonce="{}"></script>', static("backoffice/styles.js"), nonce())


@hooks.register("construct_help_menu")
def only_our_help(request: object, menu_items: list[object]) -> None:
    menu_items[:] = [item for item in menu_items if not str(getattr(item, "name", "")).startswith(OUTSIDE)]
