from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "jiyue.search"
    label = "search"
    verbose_name = _("搜索")

    def ready(self) -> None:
        from jiyue.common.outbox import register_consumer  # models are ready only now
        from jiyue.search.actions import consume
        from jiyue.search.engine import search_index

        register_consumer("search", consume, let_go=lambda: search_index().close())
