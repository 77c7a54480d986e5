"""Checking texts: how fast with 50,000 terms, against pyahocorasick and `re` over the same terms and texts.

    python bench/wording.py [--terms 50000] [--megabytes 20] [--texts FILE.jsonl] [--seed 1]

Prints one JSON line. Terms and texts are made up from the seed (or the texts are read: {"text": …} a line); known
occurrences are planted and the check must find them all; engines must agree on the number of occurrences. Speeds are megabytes of UTF-8 a second of processor time, the
median of three rounds in changing order. `check` is the whole check with the shipped pack and the terms added to it;
`literals` only looks for the words. pyahocorasick is left out where it is not installed; `re` gets a small part of the texts.
"""

import argparse
import importlib
import json
import random
import re
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from pypinyin.phrases_dict import phrases_dict

from jiyue.inspector.text import Checker
from jiyue.inspector.text.literals import Literals
from jiyue.inspector.text.loading import shipped
from jiyue.inspector.text.packs import Pack, Rule


ROUNDS = 3
DOCUMENT = 3_500  # characters
FOR_RE = 1_500  # characters of text; it needs as long for each term as another engine for all
Engine = Callable[[str], int]  # how many occurrences


def main() -> None:
    options = _options()
    rng = random.Random(options.seed)
    texts = _read(options.texts) if options.texts else _made_up(rng, options.megabytes)
    terms = _terms(rng, texts, options.terms)
    planted = _plant(rng, texts, terms)
    started = time.process_time()
    checker = _checker(terms)
    engines = {"literals": _literals(terms), "check": lambda text: len(checker.check(text))}
    built = time.process_time() - started
    if peer := _pyahocorasick(terms):
        engines["pyahocorasick"] = peer
    speeds, found = _measured(rng, engines, texts)
    assert found["literals"] == found.get("pyahocorasick", found["literals"]), found
    sample = [texts[0][:FOR_RE]]
    speeds["re"] = _speed(_re(terms), sample)[0]
    print(
        json.dumps(
            {
                "bench": "wording",
                "terms": len(terms),
                "megabytes": round(_megabytes(texts), 1),
                "planted": len(planted),
                "missed": _missed(checker, texts, planted),
                "found": found,
                "build_s": round(built, 2),
                **{f"{name}_mb_s": round(speed, 3 if speed < 1 else 1) for name, speed in speeds.items()},
                **{
                    f"literals_over_{name}": round(speeds["literals"] / speeds[name], 1)
                    for name in ("pyahocorasick", "re")
                    if name in speeds
                },
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--terms", type=int, default=50_000)
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _read(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


def _made_up(rng: random.Random, megabytes: float) -> list[str]:
    words = [word for word in sorted(phrases_dict) if len(word) <= 3]
    ends = [*["", "", "的", "，", "。", "、", "\n"] * 20, "和", "2026年9月4日", "第7号"]
    count = int(megabytes * 1_000_000 / 3 / DOCUMENT)
    return ["".join(rng.choice(words) + rng.choice(ends) for _ in range(DOCUMENT // 3)) for _ in range(count)]


def _terms(rng: random.Random, texts: list[str], count: int) -> list[str]:
    """Of two to eight of the texts' own characters, as frequent as they are there; most occur nowhere."""
    characters = [character for character in "".join(texts[:200]) if "一" <= character <= "鿿"]
    made: set[str] = set()
    while len(made) < count:
        made.add("".join(rng.choices(characters, k=rng.choice((3, 4, 4, 5, 6, 8)))))
    return sorted(made)


def _plant(rng: random.Random, texts: list[str], terms: list[str]) -> dict[int, str]:
    """One term at the end of every tenth text, between commas so that no rule excuses it."""
    planted = {number: rng.choice(terms) for number in range(0, len(texts), 10)}
    for number, term in planted.items():
        texts[number] += f"，{term}，"
    return planted


def _missed(checker: Checker, texts: list[str], planted: dict[int, str]) -> int:
    places = {number: len(texts[number]) - len(term) - 1 for number, term in planted.items()}
    return sum(place not in {f.offset for f in checker.check(texts[number])} for number, place in places.items())


def _literals(terms: list[str]) -> Engine:
    literals = Literals(terms)
    return lambda text: sum(1 for _ in literals.find(text))


def _checker(terms: list[str]) -> Checker:
    category = shipped().categories["typo"]
    rules = tuple(Rule(f"typo-bench-{number}", category, term, "（对）") for number, term in enumerate(terms))
    return Checker([shipped(), Pack("bench", "1", {}, rules)])


def _pyahocorasick(terms: list[str]) -> Engine | None:
    try:
        automaton = importlib.import_module("ahocorasick").Automaton()
    except ModuleNotFoundError:
        return None
    for number, term in enumerate(terms):
        automaton.add_word(term, number)
    automaton.make_automaton()
    return lambda text: sum(1 for _ in automaton.iter(text))


def _re(terms: list[str]) -> Engine:
    pattern = re.compile("|".join(map(re.escape, terms)))
    return lambda text: sum(1 for _ in pattern.finditer(text))


def _measured(
    rng: random.Random, engines: dict[str, Engine], texts: list[str]
) -> tuple[dict[str, float], dict[str, int]]:
    rounds: dict[str, list[float]] = {name: [] for name in engines}
    found: dict[str, int] = {}
    for _ in range(ROUNDS):
        for name in rng.sample(list(engines), len(engines)):
            speed, found[name] = _speed(engines[name], texts)
            rounds[name].append(speed)
    return {name: statistics.median(each) for name, each in rounds.items()}, found


def _speed(engine: Engine, texts: list[str]) -> tuple[float, int]:
    engine(texts[0][:100])  # what is loaded once is not measured
    started = time.process_time()
    found = sum(map(engine, texts))
    return _megabytes(texts) / (time.process_time() - started), found


def _megabytes(texts: list[str]) -> float:
    return sum(len(text.encode()) for text in texts) / 1_000_000


if __name__ == "__main__":
    main()
