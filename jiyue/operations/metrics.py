"""Figures for Prometheus at ``/-/metrics``, for whoever has the token.

What requests cost is counted by each process in memory-mapped files all of them share; everything else stands in the
database and is read when it is asked for, so that every process tells the same.
"""

import hmac
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from jiyue.accounts.anchors import last_of, own_file
from jiyue.accounts.models import AuditEntry
from jiyue.accounts.models.trail import AuditCheck
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.common.models import DirtyKey
from jiyue.common.outbox import consumers
from jiyue.library.models import Release
from jiyue.operations.certificates import read_front
from jiyue.operations.models import Run, last_good
from jiyue.publishing.models import Tampering


access = logging.getLogger("jiyue.access")

OLD = 86400  # seconds a dead process's counts are kept: totals must not fall at every restart
REQUESTS = Counter("jiyue_requests", "Requests answered by the application", ["area", "status"])
SECONDS = Histogram(
    "jiyue_request_seconds", "Time to answer", ["area"], buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
)
ROOM = 1 << 20  # bytes of each file of counts, as much as prometheus-client maps
_counting: set[int] = set()  # processes whose files have their space


class Meter:
    """Middleware: counts and times every request, and writes its line of the access log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        prepare_shared_counts()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - begun
        view = request.resolver_match.view_name if request.resolver_match else ""
        area = _area(request.path_info, view)
        if _has_room():
            REQUESTS.labels(area, str(response.status_code)).inc()
            SECONDS.labels(area).observe(took)
        user = getattr(request, "user", None)
        told = {
            "method": request.method,
            "view": view,
            "status": response.status_code,
            "ms": round(took * 1000),
            "host": request.META.get("HTTP_HOST", "")[:100],
            "actor": getattr(user, "pk", None),
        }
        access.info("%s %s %d", request.method, request.path_info[:300], response.status_code, extra=told)
        return response


def _has_room() -> bool:
    """Who writes to memory over a file that the disk has no space for is killed (SIGBUS): space first, or no counts."""
    if os.getpid() not in _counting:
        folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        for kind in ("counter", "histogram"):
            path = folder / f"{kind}_{os.getpid()}.db"
            try:
                with path.open("ab") as file:
                    os.posix_fallocate(file.fileno(), 0, ROOM)
            except OSError:
                path.unlink(missing_ok=True)
                return False
        _counting.add(os.getpid())
    return True


def metrics(request: HttpRequest) -> HttpResponse:
    """Does not exist without the token."""
    given = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponseNotFound()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Stored(now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Stored(Collector):
    """What the database and the files say at this moment."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[Metric]:
        yield from self._outbox()
        yield from self._tasks()
        yield from self._trail()
        yield _gauge("jiyue_published_items", "Items public now", Release.objects.items().count())
        restored = Tampering.objects.exclude(outcome=Tampering.Outcome.OPEN).count()
        yield CounterMetricFamily("jiyue_tamper_restored", "Changes behind our back put right", restored)
        yield _moment("jiyue_last_backup_timestamp_seconds", "Newest good backup", last_good(Run.Kind.BACKUP))
        yield _moment("jiyue_last_drill_timestamp_seconds", "Newest good drill", last_good(Run.Kind.DRILL))

        if settings.NGINX is not None:
            yield self._certificates(settings.NGINX)

    @staticmethod
    def _certificates(configuration: Path) -> Metric:
        """None where the configuration cannot be read: ``absent()`` is what to alarm about."""
        ends = GaugeMetricFamily("jiyue_certificate_ends_timestamp_seconds", "TLS certificate ends", labels=["name"])
        with suppress(Refused):
            for each in read_front(configuration).certificates:
                ends.add_metric([str(each)], each.ends.timestamp())
        return ends

    def _outbox(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("jiyue_outbox_waiting", "Changes not yet worked off", labels=["consumer"])
        oldest = GaugeMetricFamily("jiyue_outbox_oldest_seconds", "Age of the oldest one", labels=["consumer"])
        rows = DirtyKey.objects.order_by().values_list("consumer").annotate(Count("pk"), Min("at"))
        found = {name: (count, first) for name, count, first in rows}
        for name in consumers():
            count, first = found.get(name, (0, self.at))
            waiting.add_metric([name], count)
            oldest.add_metric([name], max((self.at - first).total_seconds(), 0))
        yield waiting
        yield oldest

    def _tasks(self) -> Iterator[Metric]:
        waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
        told = waiting.aggregate(count=Count("pk"), first=Min("enqueued_at"))
        age = (self.at - told["first"]).total_seconds() if told["first"] else 0
        yield _gauge("jiyue_tasks_waiting", "Background tasks not begun", told["count"])
        yield _gauge("jiyue_tasks_oldest_seconds", "Age of the oldest one", max(age, 0))

    def _trail(self) -> Iterator[Metric]:
        logins = CounterMetricFamily("jiyue_logins", "Logins", labels=["outcome"])
        for outcome, action in (("ok", "accounts.login"), ("failed", "accounts.login_failed")):
            logins.add_metric([outcome], AuditEntry.objects.filter(action=action).count())
        yield logins
        checked = AuditCheck.objects.filter(fault="").values_list("at", flat=True).first()
        yield _moment("jiyue_audit_verified_timestamp_seconds", "Trail last verified and sound", checked)
        anchor = last_of(own_file())
        anchored = datetime.fromisoformat(anchor.at) if anchor else None
        yield _moment("jiyue_audit_anchored_timestamp_seconds", "Head of the trail last anchored", anchored)


def prepare_shared_counts() -> None:
    """The folder of the counts, without those of processes long dead."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.db"):
        process = path.stem.rpartition("_")[2]
        if not Path(f"/proc/{process}").exists() and path.stat().st_mtime < time.time() - OLD:
            path.unlink(missing_ok=True)


def _area(path: str, view: str) -> str:
    """Few and fixed: a label for each address would fill the memory of whoever collects them."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    known = {"admin": "office", "documents": "office", "search": "search", "search.json": "search", "-": "probe"}
    return known.get(first, "other") if view or first == "-" else "missing"


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value)


def _moment(name: str, text: str, at: datetime | None) -> Metric:
    return GaugeMetricFamily(name, text, at.timestamp() if at else 0)
