"""Alarms leave the house by the hook: posted to an address, or handed to a command of this machine.

Nothing here runs inside the act that raised the alarm. What cannot be delivered is tried again, ever more slowly.
"""

import base64
import ipaddress
import json
import shlex
import subprocess
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from jiyue.common import signing
from jiyue.common.fetcher import FetchError, Limits, fetch
from jiyue.notices.models import Alarm


SECONDS = 15.0
LEASE = timedelta(minutes=2)  # longer than any attempt: nobody else tries meanwhile
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
PURPOSE = "alarm"
SIGNATURE = "x-jiyue-signature"
ANYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))  # the operator named the address


class DeliveryError(Exception):
    """What the other side, or the way there, had against it."""


def deliver_due(*, at: datetime) -> int:
    """Delivers what is due; answers how many got there."""
    return sum(_deliver(alarm, at) for alarm in Alarm.objects.due_for_delivery(at).select_related("unit"))


def message_of(alarm: Alarm, at: datetime) -> bytes:
    """JSON with sorted keys: exactly these bytes are signed."""
    facts = {
        "platform": settings.WAGTAIL_SITE_NAME,
        "code": alarm.code,
        "subject": alarm.subject,
        "text": alarm.text,
        "unit": alarm.unit.name if alarm.unit else "",
        "evidence": f"{settings.BASE_URL}{alarm.evidence}" if alarm.evidence.startswith("/") else alarm.evidence,
        "raised_at": alarm.raised_at.isoformat(),
        "last_at": alarm.last_at.isoformat(),
        "times": alarm.times,
        "sent_at": at.isoformat(),
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()


def send(message: bytes) -> None:
    """Raises ``DeliveryError``. An address answers with a status below 300, a command with exit status 0."""
    hook = settings.ALARM_HOOK
    signature = base64.b64encode(signing.sign(PURPOSE, message)).decode()
    if hook.startswith(("https://", "http://")):
        _post(hook, message, signature)
    else:
        _run(hook, message)


def _deliver(alarm: Alarm, at: datetime) -> bool:
    mine = Alarm.objects.filter(pk=alarm.pk, deliver_at=alarm.deliver_at)
    if not mine.update(deliver_at=at + LEASE):
        return False  # somebody else was quicker
    leased = Alarm.objects.filter(pk=alarm.pk, deliver_at=at + LEASE)
    try:
        send(message_of(alarm, at))
    except DeliveryError as error:
        pause = min(FIRST_PAUSE * 2 ** min(alarm.tries, 10), LONGEST_PAUSE)
        leased.update(deliver_at=at + pause, tries=alarm.tries + 1, failure=str(error)[:300])
        return False
    leased.update(deliver_at=None, delivered_at=at, tries=0, failure="")
    return True


def _post(hook: str, message: bytes, signature: str) -> None:
    parts = urlsplit(hook)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    limits = Limits(seconds=SECONDS, redirects=0, body_bytes=4096, ports=frozenset({port}), networks=ANYWHERE)
    headers = {"content-type": "application/json; charset=utf-8", SIGNATURE: f"ed25519={signature}"}
    try:
        answer = fetch(hook, method="POST", body=message, headers=headers, limits=limits)
    except FetchError as error:
        raise DeliveryError(str(error)) from error
    if answer.status >= 300:
        raise DeliveryError(f"HTTP {answer.status}")


def _run(command: str, message: bytes) -> None:
    try:
        done = subprocess.run(  # noqa: S603 -- the operator's own command, from a setting
            shlex.split(command), input=message, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DeliveryError(str(error)) from error
    if done.returncode:
        raise DeliveryError(f"{done.returncode} {done.stderr.decode(errors='replace')[:200]}")
