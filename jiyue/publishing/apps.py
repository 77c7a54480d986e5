from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "jiyue.publishing"
    label = "publishing"
    verbose_name = _("发布")

    def ready(self) -> None:
        from jiyue.common.outbox import register_consumer  # models are ready only now
        from jiyue.common.schedule import register_job
        from jiyue.publishing import receivers  # noqa: F401 -- they connect themselves
        from jiyue.publishing.actions import consume
        from jiyue.publishing.suspensions import tend

        register_consumer("publishing", consume)
        register_job("publishing.suspensions", "* * * * *", tend, label=_("紧急停用的公告"))
