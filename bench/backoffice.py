"""The back office on a full cluster: how long a screen takes and how many queries it asks.

    python bench/backoffice.py [--sites 150] [--items 200] [--times 15] [--root /dev/shm]
    python bench/backoffice.py --compare     # 25 × 75 beside 150 × 200: the number of queries must not grow

Each screen is asked as the person who works with it, through every middleware, in this process. The limit is 400 ms
median. Prints a JSON line a screen.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path


LIMIT_MS = 400
SCREENS = {
    "home of the editor": ("jiaoyu", "/admin/"),
    "home of the reviewer": ("shenhe", "/admin/"),
    "home of the site manager": ("zhandian", "/admin/"),
    "home of the supervisor": ("jianguan", "/admin/"),
    "list of the editor": ("jiaoyu", "/admin/items/"),
    "list of the supervisor": ("jianguan", "/admin/items/"),
    "editor": ("jiaoyu", "/admin/pages/{page}/edit/"),
    "search of the editor": ("jiaoyu", "/admin/items/?q=学校"),
    "search of the supervisor": ("jianguan", "/admin/items/?q=学校"),
    "review": ("shenhe", "/admin/submissions/{submission}/"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sites", type=int, default=150)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--root", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--compare", action="store_true")
    options = parser.parse_args()
    if options.compare:
        for sites, items in ((25, 75), (150, 200)):
            sizes = ["--sites", str(sites), "--items", str(items), "--times", str(options.times)]
            subprocess.run([sys.executable, __file__, *sizes, "--root", str(options.root)], check=True)
        return
    measure(options)


def measure(options: argparse.Namespace) -> None:
    build(options.root / f"jiyue-bench-office-{options.sites}-{options.items}", options)
    from django.db import connection
    from django.test import Client

    from jiyue.accounts.models import User
    from jiyue.content.models import Submission
    from jiyue.library.models import BasePage

    waiting = Submission.objects.filter(state="review").order_by("pk")[0]
    draft = BasePage.objects.filter(owner__username="jiaoyu", live=False, submissions=None).order_by("pk")[0]
    cluster = f"{options.sites} sites, {BasePage.objects.count()} pages"
    asked: list[str] = []

    def counting(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    for name, (username, address) in SCREENS.items():
        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(username=username))
        url = address.format(page=draft.pk, submission=waiting.pk)
        asked.clear()
        with connection.execute_wrapper(counting):
            status = client.get(url).status_code
        took = [timed(lambda: client.get(url)) for _ in range(options.times)]  # noqa: B023 -- called at once
        median = statistics.median(took)
        line = {"what": name, "cluster": cluster, "status": status, "median_ms": round(median, 1)}
        print(json.dumps(line | {"of_limit": round(median / LIMIT_MS, 2), "queries": len(asked)}), flush=True)


def timed(ask) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def build(home: Path, options: argparse.Namespace) -> None:
    os.environ |= {"JIYUE_HOME": str(home), "JIYUE_DEMO": "1", "DJANGO_SETTINGS_MODULE": "jiyue.settings"}
    size = ["--sites", str(options.sites), "--items", str(options.items)]
    for command in (["demo", "--no-serve", *size], ["collectstatic", "--no-input"]):
        subprocess.run([sys.executable, "-m", "jiyue", *command], check=True, capture_output=True)
    import django

    django.setup()


if __name__ == "__main__":
    main()
