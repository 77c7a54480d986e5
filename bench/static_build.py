"""A full rebuild against Hugo: the same number of like pages, both into an empty tree in memory, A B A B.

    python bench/static_build.py [--items 20000] [--websites 4] [--rounds 3] [--hugo PATH] [--root /dev/shm]
    python bench/static_build.py --memory          # ours alone, 1,000 and 30,000 items

Ours includes the database, digests, store, gzip variants, manifest, dependency rows and signatures; starting Python is
not included, as neither is making Hugo's content files. Hugo's page is ours with title, date and text put in by its
template; it has no variants, no database and no incremental build. Prints JSON lines.
"""

import argparse
import html
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import cluster


def main() -> None:
    options = arguments()
    if options.once:
        once(options)
    elif options.memory:
        for items in (1_000, 30_000):
            home = options.root / "jiyue-bench" / f"memory-{items}"
            seed(options, home, items // options.websites)
            print(json.dumps({"what": "memory", "items": items, **ours(options, home)}))
            shutil.rmtree(home)
    else:
        compare(options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--websites", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--hugo", default=shutil.which("hugo"))
    parser.add_argument("--root", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def compare(options: argparse.Namespace) -> None:
    if options.hugo is None:
        sys.exit("hugo is missing: install the package `hugo` in an environment of its own and name it with --hugo")
    work = options.root / "jiyue-bench"
    shutil.rmtree(work, ignore_errors=True)
    home, site = work / "home", work / "hugo"
    seed(options, home, options.items // options.websites)
    first = ours(options, home)
    write_hugo_site(site, home / "public" / "yunzhou", options.items)
    results: dict[str, list[dict[str, float]]] = {"ours": [], "hugo": []}
    for _ in range(options.rounds):
        for name, result in (("ours", ours(options, home)), ("hugo", hugo(options, site))):
            results[name].append(result)
            print(json.dumps({"what": name, **result}), flush=True)
    unchanged = ours(options, home, keep=True)
    print(json.dumps({"what": "ours, nothing changed", **unchanged}))
    print(json.dumps(summary(results) | {"files": first["pages"]}))
    shutil.rmtree(work)


def summary(results: dict[str, list[dict[str, float]]]) -> dict[str, object]:
    middle = {
        name: {key: sorted(r[key] for r in rounds)[len(rounds) // 2] for key in rounds[0]}
        for name, rounds in results.items()
    }
    ours, hugo = middle["ours"], middle["hugo"]
    rates = {name: round(m["pages"] / m["wall"]) for name, m in middle.items()}
    return {
        "what": "summary",
        "pages_per_second": rates,
        "rate_ours_to_hugo": round(rates["ours"] / rates["hugo"], 2),
        "pages_per_cpu_second": {name: round(m["pages"] / m["cpu"]) for name, m in middle.items()},
        "memory_mb": {"ours": ours["memory_mb"], "hugo": hugo["memory_mb"]},
    }


def seed(options: argparse.Namespace, home: Path, items: int) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        f"import cluster; from pathlib import Path\n"
        f"cluster.open_home(Path({str(home)!r})); cluster.build(websites={options.websites}, items={items})"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def ours(options: argparse.Namespace, home: Path, *, keep: bool = False) -> dict[str, float]:
    if not keep:
        shutil.rmtree(home / "public", ignore_errors=True)
        shutil.rmtree(home / "store", ignore_errors=True)
    command = [sys.executable, __file__, "--once", str(home), "--workers", str(options.workers)]
    environment = os.environ | {"JIYUE_BENCH_KEEP": "1" if keep else ""}
    answer, memory = watched(command, environment)
    return json.loads(answer) | {"memory_mb": memory}


def once(options: argparse.Namespace) -> None:
    """One rebuild in a fresh process; time is taken from the first look at the register to the last sync."""
    cluster.open_home(options.once)
    from django.db import connection

    from jiyue.publishing.actions import publish_all

    if not os.environ.get("JIYUE_BENCH_KEEP"):
        with connection.cursor() as cursor:
            for table in ("outputkey", "outputhistory", "output", "manifesthead"):
                cursor.execute(f"DELETE FROM publishing_{table}")
    cpu, began = cpu_seconds(), time.perf_counter()
    report = publish_all(at=cluster.NOW, workers=options.workers)
    wall, cpu = time.perf_counter() - began, cpu_seconds() - cpu
    print(
        json.dumps({"pages": report.rendered, "written": report.written, "wall": round(wall, 2), "cpu": round(cpu, 2)})
    )


def cpu_seconds() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def hugo(options: argparse.Namespace, site: Path) -> dict[str, float]:
    target = site.parent / "hugo-public"
    shutil.rmtree(target, ignore_errors=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _, memory = watched(
        [options.hugo, "--source", str(site), "--destination", str(target), "--quiet"], dict(os.environ)
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    pages = sum(1 for path in target.rglob("*") if path.is_file())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"pages": pages, "written": pages, "wall": round(wall, 2), "cpu": round(cpu, 2), "memory_mb": memory}


def watched(command: list[str], environment: dict[str, str]) -> tuple[str, int]:
    """Output and the highest memory of the process and its children together: shared pages once, and without the
    database file, which is mapped and on this file system would count as memory."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    peak, done = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.2):
            peak = max(peak, sum(map(proportional_kb, [process.pid, *descendants(process.pid)])))

    watcher = threading.Thread(target=watch)
    watcher.start()
    answer, _ = process.communicate()
    done.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"failed: {command}")
    return answer, round(peak / 1024)


def descendants(pid: int) -> list[int]:
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return children + [below for child in children for below in descendants(child)]


def proportional_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return sum(int(number) for number in re.findall(r"^Pss_(?:Anon|File):\s+(\d+)", lines, re.MULTILINE))


def write_hugo_site(site: Path, published: Path, items: int) -> None:
    """Our own article page becomes Hugo's template; the sections are like our columns."""
    sample = next(file for file in published.rglob("2025/*/*.html"))
    page = sample.read_text()
    title = html.unescape(re.search(r"<title>(.*?)[-_|<]", page)[1].strip())
    text = re.search(r"<p>.*</p>", page, re.DOTALL)[0]
    layout = page.replace(text, "{{ .Content }}", 1).replace(html.escape(title), "{{ .Title }}")
    head, _, rest = layout.partition("{{ .Content }}")
    rows = (
        "<ul>{{ range (.Paginate .Pages 20).Pages }}<li><a href='{{ .RelPermalink }}'>{{ .Title }}</a>"
        '<time>{{ .Date.Format "2006-01-02" }}</time></li>{{ end }}</ul>'
    )
    for name, body in {"single": layout, "list": f"{head}{rows}{rest}"}.items():
        file = site / "layouts" / "_default" / f"{name}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body)
    (site / "hugo.toml").write_text(
        'baseURL = "http://localhost/"\ntitle = "云州市"\ndisableKinds = ["taxonomy", "term"]\n[pagination]\npagerSize = 20\n[security]\nallowContent = [".*"]\n'
    )
    rng = random.Random(1)
    for number in range(items):
        folder = site / "content" / f"lanmu{number % 10}"
        folder.mkdir(parents=True, exist_ok=True)
        front = {
            "title": f"关于{''.join(rng.sample(cluster.WORDS, 3))}的通知（{number}）",
            "date": "2025-06-01T09:00:00+08:00",
        }
        (folder / f"{number}.html").write_text(json.dumps(front, ensure_ascii=False) + "\n\n" + cluster.body(rng))


if __name__ == "__main__":
    main()
