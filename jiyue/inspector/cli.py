"""``jiyue check-text``: the checks of a text in one command, without Django and without an installation.

Exit status: 0 nothing found, 1 something found, 2 it could not be checked (the reason is on standard error).
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from jiyue.inspector.phrases import PHRASES, Phrases
from jiyue.inspector.text import Checker
from jiyue.inspector.text.loading import PackError, load, shipped
from jiyue.inspector.text.packs import Pack


NOTHING, FOUND, IMPOSSIBLE = 0, 1, 2
UNREADABLE = 0.02  # of the characters; more is no text


class _InputError(Exception):
    """What is wrong with the input, for the person."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(IMPOSSIBLE, f"{self.prog}: {message}\n{self.format_usage()}")


def parser(language: str) -> argparse.ArgumentParser:
    say = PHRASES[language]
    made = _Parser("jiyue check-text", description=say["command"])
    made.add_argument("file", nargs="?", default="-", metavar="FILE", help=say["file"])
    made.add_argument("--json", action="store_true", help=say["json"])
    made.add_argument("--pack", action="append", type=Path, metavar="FILE", help=say["pack"])
    made.add_argument("--only", action="append", metavar="CATEGORY", help=say["only"])
    made.add_argument("--without", action="append", metavar="CATEGORY", help=say["without"])
    made.add_argument("--hints", action="store_true", help=say["hints"])
    made.add_argument("--lang", choices=sorted(PHRASES), help=say["lang"])
    return made


def main(arguments: Sequence[str]) -> int:
    language = _language(arguments)
    given = parser(language).parse_args(arguments)
    language = given.lang or language
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        text, checker = _text(given.file, PHRASES[language]), _checker(given, language)
    except (_InputError, PackError) as error:
        print(f"jiyue check-text: {error}", file=sys.stderr)  # noqa: T201
        return IMPOSSIBLE
    return _answer(text, checker, given, language)


def _answer(text: str, checker: Checker, given: argparse.Namespace, language: str) -> int:
    found = checker.check(text)
    try:
        if given.json:
            answer = {"findings": [finding.as_json() for finding in found]}
            print(json.dumps(answer, ensure_ascii=False))  # noqa: T201
        else:
            from jiyue.inspector.report import report

            is_colourful = sys.stdout.isatty() and "NO_COLOR" not in os.environ
            for line in report(text, found, checker, given.file, PHRASES[language], is_colourful=is_colourful):
                print(line)  # noqa: T201
        sys.stdout.flush()
    except BrokenPipeError:  # head has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FOUND if found else NOTHING


def _language(arguments: Sequence[str]) -> str:
    """Before the arguments are parsed: their help is in it as well."""
    for before, argument in zip(("", *arguments), arguments, strict=False):
        told = argument.removeprefix("--lang=") if argument.startswith("--lang=") else argument
        if (before == "--lang" or told is not argument) and told in PHRASES:
            return told
    set_to = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if set_to.startswith("en") else "zh"


def _text(name: str, say: Phrases) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise _InputError(f"{name}: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        from jiyue.inspector.charset import decode  # most texts are UTF-8

        decoded = decode(data)
    if decoded.broken > UNREADABLE * len(decoded.text) or "\0" in decoded.text:
        raise _InputError(say["no text"].format(name=name))
    return decoded.text


def _checker(given: argparse.Namespace, language: str) -> Checker:
    packs = [shipped(), *(load(path) for path in given.pack or ())]
    only, without = _names(given.only), _names(given.without)
    known = {code for pack in packs for code in pack.categories}
    known |= {code.partition("-")[0] for code in known}
    if unknown := sorted((only | without) - known):
        raise _InputError(_unknown(unknown, packs, language))
    return Checker(packs, only=only, without=without, hints=given.hints, language=language)


def _names(given: list[str] | None) -> set[str]:
    return {name for names in given or () for name in names.split(",") if name}


def _unknown(names: list[str], packs: list[Pack], language: str) -> str:
    categories = {code: each for pack in packs for code, each in pack.categories.items()}
    listed = "\n".join(
        f"  {code:<18} {each.title_en if language == 'en' else each.title}" for code, each in categories.items()
    )
    return PHRASES[language]["no category"].format(names=", ".join(names), listed=listed)
