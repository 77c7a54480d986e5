"""What lower apps tell and people must hear of."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from jiyue.common.clock import now
from jiyue.common.queue import task_given_up
from jiyue.notices.actions import raise_alarm


@receiver(task_given_up)
def alarm_about_task(row: Any, **kwargs: Any) -> None:
    raise_alarm(
        "operations.task_given_up",
        subject=row.task_path,
        text=_("后台任务多次失败，已放弃：%(error)s。查明原因后运行 jiyue tasks --retry %(id)s。")
        % {"error": row.exception_class_path, "id": row.pk},
        at=now(),
        evidence=f"jiyue tasks --failed  {row.pk}",
    )
