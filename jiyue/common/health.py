"""Whether the application is alive and whether it can do its work. Asked by load balancers and by `jiyue up`."""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from jiyue.common import outbox


_signs: list[Callable[[], list[str]]] = []


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration; 503 otherwise. Shows how much waits for publication and
    what is degraded."""
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except (OperationalError, InterfaceError):
        return JsonResponse({"database": "down"}, status=503)
    if missing:
        return JsonResponse({"migrations_missing": missing, "waiting": {}}, status=503)
    waiting = {name: outbox.waiting(name) for name in outbox.consumers()}
    degraded = [name for look in _signs for name in look()]
    return JsonResponse({"migrations_missing": 0, "waiting": waiting, "degraded": degraded})


def register_signs(look: Callable[[], list[str]]) -> None:
    """Called from ``AppConfig.ready()``: ``look`` names what is degraded; that alone does not make us unready."""
    _signs.append(look)


class Probes:
    """Answers before anything asks for the host: a load balancer knows the address of a machine, not a host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return PROBES.get(request.path_info, self.get_response)(request)


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/-/healthz": healthz, "/-/readyz": readyz}
