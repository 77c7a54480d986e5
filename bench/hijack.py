"""The hijack detector: how many forged copies it finds, whom it accuses wrongly, and what a page costs.

    python bench/hijack.py [--variants 2000] [--seed 2024] [--clean DIRECTORY ...] [--peers]

Variants are made by tests/inspector/specimens.py from the technique of the specimen in shared/seeds. ``--clean`` names
directories of pages known to be honest. ``--peers`` times reading by the two parsers beside ours. Prints a JSON line.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jiyue.inspector.inspection import inspect
from jiyue.inspector.page import read_page
from tests.inspector import specimens


ONLY = {"hijack", "hidden"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--variants", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--clean", type=Path, nargs="*", default=[])
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    variants = [specimens.variant(rng) for _ in range(options.variants)]
    missed = Counter("+".join(v.techniques) for v in variants if not alarms(v.html.encode()))
    honest = [specimens.clean_page(rng).encode() for _ in range(500)]
    files = [path for directory in options.clean for path in sorted(directory.glob("*.html"))]
    accused = [path.name for path in files if alarms(path.read_bytes())]
    pages = [path.read_bytes() for path in files] or [variant.html.encode() for variant in variants[:50]]
    line = {
        "variants": len(variants),
        "recall": 1 - missed.total() / len(variants),
        "missed": dict(missed),
        "false_alarms_made": sum(bool(alarms(page)) for page in honest),
        "clean_files": len(files),
        "false_alarms_files": accused,
        "read_ms": milliseconds(read_page, pages),
        "all_checks_ms": milliseconds(lambda page: inspect(read_page(page, url="https://www.a.gov.cn/")), pages),
        "page_kb": round(statistics.mean(map(len, pages)) / 1024, 1),
    }
    print(json.dumps(line | (peers(pages) if options.peers else {}), ensure_ascii=False))


def alarms(page: bytes) -> list:
    return inspect(read_page(page, url="http://www.yunzhou.gov.cn/art/1.html"), only=ONLY)


def peers(pages: list[bytes]) -> dict:
    import turbohtml
    from selectolax.lexbor import LexborHTMLParser

    texts = [page.decode("utf-8", "replace") for page in pages]
    return {
        "turbohtml_tokens_ms": milliseconds(lambda text: [token.type for token in turbohtml.tokenize(text)], texts),
        "turbohtml_tree_ms": milliseconds(lambda text: list(turbohtml.parse(text).descendants), texts),
        "selectolax_tree_ms": milliseconds(
            lambda text: [node.tag for node in LexborHTMLParser(text).root.traverse(include_text=True)], texts
        ),
    }


def milliseconds(work, pages: list) -> float:
    """CPU time a page, the best of five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for page in pages:
            work(page)
        rounds.append((time.process_time() - began) / len(pages) * 1000)
    return round(min(rounds), 3)


if __name__ == "__main__":
    main()
