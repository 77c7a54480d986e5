"""How often somebody may do something: a token bucket that outlives the process.

A bucket is one moment, the one at which it will be full again (GCRA); taking a token moves it on in one statement, so
that no two processes give away the same token. It stands in Redis where ``JIYUE_CACHE_URL`` names one, in the database
otherwise. Whose bucket it is stands there as a keyed digest only: no addresses are kept.
"""

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from jiyue.common.clock import now
from jiyue.common.models import Bucket
from jiyue.common.rendering import in_public_language, render


if TYPE_CHECKING:
    from redis import Redis


View = Callable[..., HttpResponseBase]

REMEMBERED: Final = 50_000
STANDING_IN: Final = 0.5  # seconds after which the database stands in for a Redis that does not answer
_TAKE: Final = """
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
if full + ARGV[2] > ARGV[1] + ARGV[3] then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', full + ARGV[2]), 'PX', math.ceil(ARGV[3] / 1000))
return 1
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """``count`` at once, and as many again in ``per``. A count of 0 means no limit."""

    count: int
    per: timedelta

    @property
    def step(self) -> int:
        """Microseconds a token costs."""
        return math.ceil(self.span / self.count)

    @property
    def span(self) -> int:
        return int(self.per.total_seconds() * 1_000_000)


def allow(bucket: str, key: str, *, rate: int, per: timedelta, at: datetime) -> bool:
    """Takes a token, or answers that there is none. ``key`` is whom the limit is about: an address, an account."""
    if not rate:
        return True
    name = _digest(bucket, key)
    limit = Rate(rate, per)
    taken = _take_from_redis(name, limit, at) if _redis_url() else None
    return _take_from_database(name, limit, at) if taken is None else taken


def allow_cheaply(bucket: str, key: str, *, rate: int, per: timedelta, at: datetime) -> bool:
    """The same for what the public does all the time: counted in this process, and written down only when somebody has
    used up half of the bucket, so that a restart forgives no flood and an ordinary question writes nothing."""
    if not rate:
        return True
    if _redis_url():
        return allow(bucket, key, rate=rate, per=per, at=at)
    limit, name, moment = Rate(rate, per), _digest(bucket, key), _micros(at)
    if not memory.knows(name):
        memory.learn(name, Bucket.objects.filter(name=name).values_list("full", flat=True).first() or 0)
    full = memory.take(name, limit, moment)
    if full - moment <= limit.span // 2:
        return True
    taken = _take_from_database(name, limit, at, least=full - limit.step)
    if not taken:
        memory.give_back(name, limit)
    return taken


def client_of(request: HttpRequest) -> str:
    """Whom a limit on the public counts: the client's network. The address is the one our server worked out from the
    connection and the trusted proxies; one IPv6 customer has 2^64 of them."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "").partition("%")[0])
    except ValueError:
        return "?"
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or ipaddress.IPv6Network((address, 64), strict=False).network_address
    return str(address)


def limited(bucket: str, *, cheap: bool = False) -> Callable[[View], View]:
    """For a view anybody may ask, with a rate of ``settings.RATES`` for each client; answers 429."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            count, seconds = settings.RATES[bucket]
            per = timedelta(seconds=seconds)
            ask = allow_cheaply if cheap else allow
            if ask(bucket, client_of(request), rate=count, per=per, at=now()):
                return view(request, *args, **kwargs)
            return too_many(request, retry_after=math.ceil(seconds / count))

        return answer

    return decorate


@in_public_language
def too_many(request: HttpRequest, *, retry_after: int) -> HttpResponse:
    """``retry_after`` in seconds."""
    text = _("您的操作过于频繁，请稍等片刻再试。")
    if request.path.endswith(".json"):
        answer: HttpResponse = JsonResponse({"error": text}, status=429)
    else:
        answer = HttpResponse(render("public/plain.html", {"title": _("请稍后再试"), "text": text}), status=429)
    answer["Retry-After"] = str(retry_after)
    answer["Cache-Control"] = "no-store"
    return answer


def forget(at: datetime) -> None:
    """Full buckets are the same as none."""
    Bucket.objects.filter(full__lt=_micros(at)).delete()


def _digest(bucket: str, key: str) -> str:
    return salted_hmac("jiyue.common.limits", f"{bucket}\0{key}", algorithm="sha256").hexdigest()[:40]


def _micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _take_from_database(name: str, limit: Rate, at: datetime, *, least: int = 0) -> bool:
    """``least``: what this process knows of the bucket."""
    moment = _micros(at)
    if least > moment + limit.span - limit.step:
        return False
    row = Bucket.objects.filter(name=name)
    for _attempt in range(2):
        open_ = row.filter(full__lte=moment + limit.span - limit.step)
        if open_.update(full=Greatest(F("full"), max(moment, least)) + limit.step):
            return True
        if row.exists():
            return False
        Bucket.objects.bulk_create([Bucket(name=name, full=0)], ignore_conflicts=True)
    return False


def _redis_url() -> str:
    cache_settings = settings.CACHES["default"]
    return str(cache_settings["LOCATION"]) if cache_settings["BACKEND"].endswith("RedisCache") else ""


@cache
def _redis(url: str) -> "Redis":
    from redis import Redis  # most of a second; who has none does not wait for it

    return Redis.from_url(url, socket_timeout=STANDING_IN, socket_connect_timeout=STANDING_IN)


def _take_from_redis(name: str, limit: Rate, at: datetime) -> bool | None:
    """Nothing where Redis does not answer: the counts of the database begin anew, which is better than no counts."""
    from redis import RedisError

    try:
        return bool(_redis(_redis_url()).eval(_TAKE, 1, f"jiyue:limit:{name}", _micros(at), limit.step, limit.span))
    except RedisError:
        return None


class _Memory:
    """The buckets this process has seen lately: name → the moment at which it is full."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.rows: OrderedDict[str, int] = OrderedDict()

    def knows(self, name: str) -> bool:
        return name in self.rows

    def take(self, name: str, limit: Rate, moment: int) -> int:
        """The bucket after a token was taken."""
        with self.lock:
            full = self.rows[name] = max(self.rows.get(name, 0), moment) + limit.step
            self.rows.move_to_end(name)
            return full

    def learn(self, name: str, full: int) -> None:
        with self.lock:
            self.rows[name] = max(full, self.rows.get(name, 0))
            if len(self.rows) > REMEMBERED:
                self.rows.popitem(last=False)

    def give_back(self, name: str, limit: Rate) -> None:
        with self.lock:
            self.rows[name] = self.rows.get(name, limit.step) - limit.step

    def clear(self) -> None:
        with self.lock:
            self.rows.clear()


memory: Final = _Memory()
