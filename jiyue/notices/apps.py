from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "jiyue.notices"
    label = "notices"
    verbose_name = _("消息")

    def ready(self) -> None:
        from jiyue.notices import receivers, tasks  # noqa: F401 -- receivers connect themselves

        tasks.register_jobs()
