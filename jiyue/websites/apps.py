from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebsitesConfig(AppConfig):
    name = "jiyue.websites"
    label = "websites"
    verbose_name = _("网站")

    def ready(self) -> None:
        from jiyue.accounts.passwords import register_words
        from jiyue.websites import receivers  # noqa: F401 -- they connect themselves
        from jiyue.websites.models import names_and_hosts

        register_words(names_and_hosts)
