from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "jiyue.operations"
    label = "operations"
    verbose_name = _("运行维护")

    def ready(self) -> None:
        from jiyue.common.health import PROBES, register_signs
        from jiyue.operations import receivers  # noqa: F401 -- connect themselves
        from jiyue.operations.metrics import metrics  # models are ready only now
        from jiyue.operations.readiness import degraded
        from jiyue.operations.tasks import register_jobs

        PROBES["/-/metrics"] = metrics
        register_signs(degraded)
        register_jobs()
