"""The configuration with which nginx serves the public tree, written from settings and the register of websites.

Which host leads to which website stands in ``public/hosts.map``, which every publication keeps up to date; nginx reads
it again on ``nginx -s reload``.
"""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from jiyue.publishing.headers import ALWAYS_FRESH, FOR_EVER, UNCHANGING, security_headers
from jiyue.publishing.hosts import CLOSED, OFFLINE, RETRY_AFTER, UNKNOWN
from jiyue.publishing.tree import GONE, MEDIA_TYPES


def configuration(*, port: int, application: str, run: Path, workers: str = "auto") -> str:
    """``application`` is the address of ``jiyue serve``; pid file, logs and temporary files lie in ``run``."""
    context = {
        "port": port,
        "application": application,
        "run": run,
        "workers": workers,
        "public": settings.PUBLIC_ROOT,
        "static": settings.STATIC_ROOT,
        "admin_host": settings.ADMIN_HOST,
        "office_paths": settings.OFFICE_PATHS,
        "dynamic_paths": settings.DYNAMIC_PATHS,
        "max_body": settings.MAX_REQUEST_BYTES,
        "headers": security_headers(),
        "types": [(value.partition(";")[0], suffix[1:]) for suffix, value in MEDIA_TYPES.items()],
        "unchanging": UNCHANGING,
        "always_fresh": ALWAYS_FRESH,
        "for_ever": FOR_EVER,
        "gone": GONE,
        "offline": OFFLINE,
        "closed": CLOSED,
        "unknown": UNKNOWN,
        "retry_after": RETRY_AFTER,
    }
    return render_to_string("publishing/nginx.conf", context)
