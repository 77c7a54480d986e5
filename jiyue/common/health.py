"""Whether the application is alive and whether it can do its work. Asked by load balancers and by `jiyue up`."""

from collections.abc import Callable

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from jiyue.common import outbox


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration; 503 otherwise. Shows how much waits for publication."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    waiting = {name: outbox.waiting(name) for name in outbox.consumers()} if not missing else {}
    return JsonResponse({"migrations_missing": missing, "waiting": waiting}, status=503 if missing else 200)


class Probes:
    """Answers before anything asks for the host: a load balancer knows the address of a machine, not a host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return PROBES.get(request.path_info, self.get_response)(request)


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/-/healthz": healthz, "/-/readyz": readyz}
