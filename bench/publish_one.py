"""One approval: from the secrecy reviewer's click to every output on disk, durable.

    python bench/publish_one.py [--websites 150] [--items 200] [--times 50] [--root /dev/shm]
    python bench/publish_one.py --compare          # clusters of 5, 50 and 150 websites: does the work grow?

The clock runs over the last act of the chain (its transaction, the audit row, the outbox) and the drain of the
consumers: item, columns, home pages, portal, feeds, site maps, and the search index. Prints JSON lines.
"""

import argparse
import json
import shutil
import statistics
import sys
import time
from pathlib import Path

import cluster


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--websites", type=int, default=150)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--root", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--compare", action="store_true")
    options = parser.parse_args()
    if options.compare:
        compare(options)
    else:
        print(json.dumps(measure(options)))


def compare(options: argparse.Namespace) -> None:
    """Each size in a process of its own."""
    import subprocess

    for websites in (5, 50, 150):
        arguments = ["--websites", websites, "--items", options.items, "--times", options.times, "--root", options.root]
        subprocess.run([sys.executable, __file__, *map(str, arguments)], check=True)


def measure(options: argparse.Namespace) -> dict[str, object]:
    home = options.root / "jiyue-bench" / f"one-{options.websites}"
    shutil.rmtree(home, ignore_errors=True)
    cluster.open_home(home)
    from jiyue.common import outbox
    from jiyue.publishing.actions import publish_all, publish_keys

    websites = cluster.build(websites=options.websites, items=options.items)
    everything = publish_all(at=cluster.NOW)
    publish = {"rendered": 0, "written": 0}

    def counted(keys, at):
        report = publish_keys(keys, at=at)
        publish["rendered"] += report.rendered
        publish["written"] += report.written

    outbox.register_consumer("publishing", counted)
    chain = Chain(websites[1])
    seconds: dict[str, list[float]] = {"approval": [], "publishing": [], "search": [], "files": []}
    rendered = []
    for number in range(options.times + 2):
        submission = chain.until_last_step(number)
        drain_rest()
        publish.update(rendered=0, written=0)
        moments = [time.perf_counter()]
        chain.last_step(submission)
        moments.append(time.perf_counter())
        for name in ("publishing", "search"):
            while outbox.drain(name, at=cluster.NOW):
                pass
            moments.append(time.perf_counter())
        if number >= 2:  # the first compile templates
            seconds["approval"].append(moments[1] - moments[0])
            seconds["publishing"].append(moments[2] - moments[1])
            seconds["search"].append(moments[3] - moments[2])
            seconds["files"].append(moments[2] - moments[0])
            rendered.append(publish["rendered"])
    shutil.rmtree(home)
    return {
        "websites": options.websites,
        "items": options.websites * options.items,
        "pages_in_cluster": everything.rendered,
        "rendered": {"min": min(rendered), "max": max(rendered)},
        **{f"{name}_ms": quantiles(values) for name, values in seconds.items()},
    }


def drain_rest() -> None:
    from jiyue.common import outbox

    for name in outbox.consumers():
        while outbox.drain(name, at=cluster.NOW):
            pass


class Chain:
    """The people of one website, and the way of an item through their hands."""

    def __init__(self, website) -> None:
        from jiyue.accounts.roles import Role
        from jiyue.content.models import ColumnPage
        from tests import factories

        roles = (Role.EDITOR, Role.REVIEWER, Role.SECRECY_REVIEWER)
        self.editor, self.reviewer, self.secrecy_reviewer = (
            factories.a_person(role.value, role, website.unit, at=cluster.START) for role in roles
        )
        self.column = ColumnPage.objects.get(website=website, slug="gzdt")

    def until_last_step(self, number: int):
        from jiyue.content import actions
        from jiyue.content.models import Article

        page = actions.draft(
            Article,
            self.column,
            by=self.editor,
            at=cluster.NOW,
            title=f"第{number}次会议召开",
            source="市局",
            body=[("text", "<p>会议研究了有关工作。</p>")],
        )
        submission = actions.submit(page, by=self.editor, at=cluster.NOW)
        actions.review(submission, by=self.reviewer, at=cluster.NOW)
        return submission

    def last_step(self, submission) -> None:
        from jiyue.content import actions

        actions.clear(submission, by=self.secrecy_reviewer, at=cluster.NOW, checklist=list(actions.CHECKLIST))


def quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered) * 1000, 1),
        "p95": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
        "max": round(ordered[-1] * 1000, 1),
    }


if __name__ == "__main__":
    main()
