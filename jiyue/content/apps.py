from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "jiyue.content"
    label = "content"
    verbose_name = _("栏目与信息")

    def ready(self) -> None:
        from jiyue.accounts.debts import register_debts
        from jiyue.content import pages, receivers, tasks  # noqa: F401 -- receivers connect themselves
        from jiyue.content.owed import owed

        register_debts(owed)
        pages.register()
        tasks.register_jobs()
