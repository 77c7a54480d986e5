"""What the database says at the end, read from outside by plain SQL; works on both databases."""

import sqlite3
import time
from collections import Counter

import psycopg

from tests.assurance.office.house import SERVER, House


def ask(house: House, sql: str) -> list[tuple]:
    if house.database:
        with psycopg.connect(f"{SERVER}/{house.database}") as connection:
            return connection.execute(sql).fetchall()
    connection = sqlite3.connect(f"file:{house.home}/db.sqlite3?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def wait_until_quiet(house: House, *, seconds: float = 60) -> float:
    began = time.monotonic()
    while _open_work(house):
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not quiet: {_open_work(house)}\n{house.log()[-2000:]}")
        time.sleep(0.2)
    return time.monotonic() - began


def _open_work(house: House) -> dict[str, int]:
    found = {
        "outbox": ask(house, "SELECT count(*) FROM common_dirtykey")[0][0],
        "tasks": ask(house, "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status <> 'SUCCESSFUL'")[0][
            0
        ],
    }
    return {name: number for name, number in found.items() if number}


def contradictions(house: House) -> list[str]:
    """Acts and their traces must be one, and no act done twice."""
    found = []
    traces = Counter(dict(ask(house, "SELECT action, count(*) FROM accounts_auditentry GROUP BY action")))
    acts = {
        "content.submit": "SELECT count(*) FROM content_submission",
        "content.review": "SELECT count(*) FROM content_submission WHERE reviewer_id IS NOT NULL",
        "content.clear": "SELECT count(*) FROM content_submission WHERE receipt_id IS NOT NULL",
        "library.receipt": "SELECT count(*) FROM library_receipt",
    }
    for action, sql in acts.items():
        number = ask(house, sql)[0][0]
        if traces[action] != number:
            found.append(f"{action}: {number} acts, {traces[action]} traces")
    rows, last = ask(house, "SELECT count(*), max(seq) - min(seq) + 1 FROM accounts_auditentry")[0]
    if rows != last:
        found.append(f"trail: {rows} rows, {last} places")
    return found + doubled(house)


def doubled(house: House) -> list[str]:
    """What was submitted or signed a second time by somebody who had got no answer."""
    twice = ask(house, "SELECT page_id, title FROM content_submission GROUP BY page_id, title HAVING count(*) > 1")
    published = "SELECT page_id, count(*) FROM content_submission WHERE state = 'published' GROUP BY page_id"
    cleared = "SELECT target_id, count(*) FROM accounts_auditentry WHERE action = 'content.clear' GROUP BY target_id"
    once = Counter({str(page): number for page, number in ask(house, published)})
    often = Counter(dict(ask(house, cleared))) - once
    return [f"submitted twice: {title}" for _page, title in twice] + [f"published again: {page}" for page in often]


def not_public(house: House, lines) -> list[str]:
    """Lines whose last approved text is not what readers get."""
    addresses = dict(ask(house, "SELECT item_id, address FROM library_release"))
    wrong = []
    for line in lines:
        if line.approved:
            title = line.approved[-1][0]
            text = house.public(line.site, addresses[line.page])
            if f"正文{title}完" not in text or title not in text:
                wrong.append(title)
    return wrong


def forgotten(house: House, lines) -> list[str]:
    """Acknowledged approvals the database does not know as published."""
    known = {title for (title,) in ask(house, "SELECT title FROM content_submission WHERE state = 'published'")}
    return [title for line in lines for title, _at in line.approved if title not in known]


def strangers(house: House, lines) -> list[str]:
    """Texts of one website in the files of another."""
    addresses = dict(ask(house, "SELECT item_id, address FROM library_release"))
    return [
        f"{other.site} in {line.site}"
        for line in lines
        if line.page in addresses
        for other in lines
        if other is not line and f"正文{other.site}第" in house.public(line.site, addresses[line.page])
    ]
