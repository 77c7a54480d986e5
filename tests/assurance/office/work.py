"""Everybody at work at once: each website's editor changes its item, a reviewer and a confidentiality reviewer pass it,
again and again until told to stop. Whoever gets no answer looks what became of the act before doing it again."""

import random
import threading
import time
from dataclasses import dataclass, field

from tests.assurance.office.house import House
from tests.assurance.office.people import Person, Unanswered, problems


@dataclass
class Line:
    """One website's people."""

    site: str
    page: int
    editor: Person
    reviewer: Person
    secrecy: Person
    turns: dict[str, threading.Lock]
    approved: list[tuple[str, float]] = field(default_factory=list)  # title, when the last signature was acknowledged
    faults: list[str] = field(default_factory=list)
    unanswered: int = 0

    def cycle(self, number: int) -> None:
        title = f"{self.site}第{number}次"
        submission = self._submit(title)
        for person, what in ((self.reviewer, "review"), (self.secrecy, "clear")):
            with self.turns[person.name]:  # one browser a person
                self._decide(person, submission, what)
        self.approved.append((title, time.monotonic()))

    def _submit(self, title: str) -> int:
        while True:
            try:
                return self.editor.edit_and_submit(self.page, title, f"正文{title}完")
            except Unanswered:
                self.unanswered += 1
                submission = self.editor.submission_of(self.page)
                path = f"/admin/submissions/{submission}/"
                if submission is not None and title in self.editor.get(path).text:
                    return submission

    def _decide(self, person: Person, submission: int, what: str) -> None:
        while True:
            try:
                answer = person.decide(submission, what)
            except Unanswered:
                self.unanswered += 1
                continue
            if answer is not None and answer.status != 302:
                raise AssertionError(f"{what}: {answer.status} {problems(answer.text)}")
            return  # without an answer: an unanswered attempt had been carried out


def at_work(house: House, *, seconds: float, meanwhile=None) -> list[Line]:
    """Logs everybody in and lets them work for so long; ``meanwhile`` runs beside them. Answers what they did."""
    people: dict[str, Person] = {}
    for draft in house.drafts:
        for role in ("editor", "reviewer", "secrecy"):
            people.setdefault(draft[role], Person(draft[role], house.port))
    everybody = list(people.values())
    _in_threads([lambda share=everybody[at::8]: [person.log_in() for person in share] for at in range(8)])
    turns = {name: threading.Lock() for name in people}
    lines = [
        Line(d["site"], d["page"], people[d["editor"]], people[d["reviewer"]], people[d["secrecy"]], turns)
        for d in house.drafts
    ]
    stop = time.monotonic() + seconds
    _in_threads([*(lambda line=line: _work(line, stop) for line in lines), *([meanwhile] if meanwhile else [])])
    for person in everybody:
        person.leave()
    return lines


def _work(line: Line, stop: float) -> None:
    number = 0
    time.sleep(random.random())
    while time.monotonic() < stop:
        number += 1
        try:
            line.cycle(number)
        except (AssertionError, Unanswered) as error:
            line.faults.append(str(error)[:500])


def _in_threads(works) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def latencies(lines: list[Line]) -> dict[str, tuple[int, int]]:
    """Milliseconds, p50 and p95 of each step."""
    took: dict[str, list[float]] = {}
    for person in {id(p): p for line in lines for p in (line.editor, line.reviewer, line.secrecy)}.values():
        for what, seconds in person.took:
            took.setdefault(what, []).append(seconds * 1000)
    return {what: (_at(values, 0.5), _at(values, 0.95)) for what, values in sorted(took.items())}


def _at(values: list[float], share: float) -> int:
    return round(sorted(values)[int(len(values) * share)])
