"""From the plain text of ``data/`` to blocks: 一、 is a heading, （一）… and 第×条 open a paragraph, | rows | are a table."""

import re
from collections.abc import Iterable
from itertools import groupby

from jiyue.demo.shapes import Block


_HEADING = re.compile(r"^(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十]+章　)")
_LEAD = re.compile(r"^((?:（[一二三四五六七八九十]+）[^。]{2,30}。)|(?:第[一二三四五六七八九十]+条　))(.*)$")


def blocks(text: str) -> list[Block]:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    made: list[Block] = []
    for is_table, group in groupby(lines, key=lambda line: line.startswith("|")):
        rows = list(group)
        made.append(("table", table(_cells(row) for row in rows)) if is_table else ("text", "".join(map(_line, rows))))
    return made


def table(rows: Iterable[list[str]]) -> str:
    """Rows of cells; the first row is the head."""
    head, *body = rows
    cells = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in body)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"


def paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines if line)


def length(body: Iterable[Block]) -> int:
    """Characters a reader reads."""
    return sum(len(re.sub(r"<[^>]+>", "", value)) for name, value in body if name != "image")


def _line(line: str) -> str:
    if _HEADING.match(line):
        return f"<h2>{line}</h2>"
    lead = _LEAD.match(line)
    return f"<p><strong>{lead[1]}</strong>{lead[2]}</p>" if lead else f"<p>{line}</p>"


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]
