"""Editors at work: full cycles of edit, review, confidentiality review and publication a second, through real HTTP.

    python bench/editors.py [--database sqlite|postgresql] [--sites 148] [--reviewers 30] [--seconds 60]

Everybody works at once and never stops to think. The server is ``jiyue up`` (one web process on SQLite, two on
PostgreSQL, where Redis brings the news of tasks); the clients are threads of this process on the same machine, and
their share of its processor time is printed. Each text is looked for in its public file afterwards. Prints one JSON line.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.assurance.office import ledger
from tests.assurance.office.house import House
from tests.assurance.office.work import at_work, latencies


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--sites", type=int, default=148)
    parser.add_argument("--reviewers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--web", type=int, default=0, help="web processes; 0: one on SQLite, two on PostgreSQL")
    parser.add_argument("--port", type=int, default=8177)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jiyue-bench-editors-") as folder:
        house = house_of(options.database, Path(folder) / "house", options.port, web=options.web)
        try:
            house.build(options.sites, options.reviewers)
            house.start()
            print(json.dumps(measure(house, options.seconds), ensure_ascii=False))
        finally:
            house.demolish()


def house_of(database: str, home: Path, port: int, *, web: int = 0) -> House:
    if database == "sqlite":
        return House(home, port, settings={"JIYUE_WEB_PROCESSES": str(web or 1)})
    several = {"JIYUE_WEB_PROCESSES": str(web or 2), "JIYUE_WORKER_PROCESSES": "2"}
    return House(home, port, database=f"jiyue_editors_{port}", redis=6, settings=several)


def measure(house: House, seconds: float) -> dict[str, object]:
    began, spent = time.monotonic(), _own_time()
    lines = at_work(house, seconds=seconds)
    took = time.monotonic() - began
    spent = _own_time() - spent
    settled = ledger.wait_until_quiet(house, seconds=120)
    moments = sorted(at for line in lines for _title, at in line.approved)
    cycles = len(moments)
    return {
        "database": "postgresql" if house.database else "sqlite",
        "editors": len(lines),
        "cycles": cycles,
        "cycles_per_second": round((cycles - 1) / (moments[-1] - moments[0]), 2) if cycles > 1 else 0,
        "ms_p50_p95": latencies(lines),
        "public_after_seconds": round(settled, 1),
        "locked": house.log().count("database is locked"),
        "faults": len([fault for line in lines for fault in line.faults]),
        "lost": len(ledger.forgotten(house, lines)) + len(ledger.not_public(house, lines)),
        "elsewhere": len(ledger.strangers(house, lines)),
        "client_share_of_one_core": round(spent / took, 2),
        "first_faults": [fault for line in lines for fault in line.faults][:3],
    }


def _own_time() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
