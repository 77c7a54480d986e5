from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    name = "jiyue.library"
    label = "library"
    verbose_name = _("信息资源库")

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from jiyue.library.models import Attachment, BasePage, Picture
        from jiyue.library.policies import MediaPolicy, WebsitePagePolicy
        from jiyue.library.reviewed import declare_wagtail_views

        register_permission_policy(BasePage, WebsitePagePolicy())
        # exact: wagtail.images and wagtail.documents get ready after us and register theirs for the same classes
        register_permission_policy(Picture, MediaPolicy(Picture), exact_class=True)
        register_permission_policy(Attachment, MediaPolicy(Attachment), exact_class=True)
        declare_wagtail_views()
