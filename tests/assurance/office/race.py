"""``python -m tests.assurance.office.race NAME``: several processes do the same thing at the same moment, in the
installation of the environment. Prints what became of each as JSON: ``ok``, ``refused: …`` or ``error: …``."""

import json
import multiprocessing
import os
import sys
import traceback
from datetime import timedelta

import django


MANY = 6


def race(*works) -> list[str]:
    from django.db import connections

    context = multiprocessing.get_context("fork")
    connections.close_all()
    barrier, answers = context.Barrier(len(works)), context.Queue()
    runners = [context.Process(target=_run, args=[work, barrier, answers]) for work in works]
    for runner in runners:
        runner.start()
    found = [answers.get(timeout=120) for _runner in runners]
    for runner in runners:
        runner.join()
    return sorted(found)


def _run(work, barrier, answers) -> None:
    from jiyue.common.errors import Refused

    try:
        barrier.wait(60)
        answers.put(f"ok {work() or ''}".strip())
    except Refused as refused:
        answers.put(f"refused: {refused}")
    except BaseException:
        answers.put(f"error: {traceback.format_exc()[-1500:]}")
    answers.close()
    answers.join_thread()
    os._exit(0)


class Scene:
    """A submission and its people; each race begins with one of its own."""

    def __init__(self) -> None:
        from jiyue.accounts.models import User
        from jiyue.common.clock import now
        from jiyue.content.actions import CHECKLIST
        from jiyue.content.models import ColumnPage

        self.at, self.checklist = now(), list(CHECKLIST)
        self.column = ColumnPage.objects.get(website__code="s001", slug="gzdt")
        self.editor = User.objects.get(username="e001")
        members = self.column.unit.memberships
        self.reviewer = members.filter(role="reviewer").earliest("pk").user
        self.secrecy = members.filter(role="secrecy_reviewer").earliest("pk").user

    def another(self, role: str, number: int):
        from jiyue.accounts import actions as accounts
        from jiyue.accounts.models import User
        from tests.assurance.office.build import PASSWORD

        name = f"{role.replace('_', '-')}-{number}"
        user = User.objects.filter(username=name).first()
        if user is None:
            user = accounts.enrol(username=name, name=name, by=None, at=self.at, password=PASSWORD)
            accounts.grant(user, role, self.column.unit, by=None, at=self.at)
        return user

    def draft(self, title: str, **values):
        from jiyue.content import actions
        from jiyue.content.models import Article

        values = {"source": "测试", "body": [("text", "<p>文</p>")]} | values
        return actions.draft(Article, self.column, by=self.editor, at=self.at, title=title, **values)

    def submitted(self, title: str, **values):
        from jiyue.content import actions

        return actions.submit(self.draft(title, **values), by=self.editor, at=self.at)

    def reviewed(self, title: str, **values):
        from jiyue.content import actions

        submission = self.submitted(title, **values)
        actions.review(submission, by=self.reviewer, at=self.at)
        return submission

    def clear(self, submission) -> None:
        from jiyue.content import actions

        actions.clear(submission, by=self.secrecy, at=self.at, checklist=self.checklist)


def two_reviewers_decide(scene: Scene) -> dict:
    """One passes it, the other sends it back."""
    from jiyue.content import actions

    submission, other = scene.submitted("同时审核"), scene.another("reviewer", 1)
    return {
        "answers": race(
            lambda: actions.review(submission, by=scene.reviewer, at=scene.at),
            lambda: actions.send_back(submission, reason="改", by=other, at=scene.at),
        )
    }


def the_clock_strikes_twice(scene: Scene) -> dict:
    from jiyue.accounts.models import AuditEntry
    from jiyue.content import actions

    later = scene.at + timedelta(hours=1)
    submission = scene.reviewed("到时发布", go_live_at=later)
    scene.clear(submission)
    answers = race(*[lambda: actions.publish_due(at=later + timedelta(minutes=1)) and None] * 4)
    published = AuditEntry.objects.filter(action="library.publish", target_id=str(submission.page_id)).count()
    return {"answers": answers, "published": published}


def many_publish_on_one_website(scene: Scene) -> dict:
    from jiyue.library.models import IndexNumberSequence, Release

    waiting = [scene.reviewed(f"同时发布{number}") for number in range(MANY)]
    answers = race(*[lambda each=each: scene.clear(each) for each in waiting])
    numbers = Release.objects.filter(website=scene.column.website).exclude(index_number=None)
    return {
        "answers": answers,
        "numbers": numbers.count(),
        "different": len(set(numbers.values_list("index_number", flat=True))),
        "last": IndexNumberSequence.objects.get(website=scene.column.website).last,
    }


def two_editors_save_one_draft(scene: Scene) -> dict:
    """Both have opened it; both press the button at the same moment, through every middleware."""
    from django.test import Client

    from jiyue.accounts.models import User
    from jiyue.library.models import BasePage
    from tests.assurance.office.people import article, inputs

    page = scene.draft("两人同改")
    editors = [scene.editor, scene.another("editor", 1)]
    address = f"/admin/pages/{page.pk}/edit/"

    def opened(user: User):
        client = Client(headers={"host": "localhost"})
        client.force_login(user)
        fields = inputs(client.get(address).text, "#page-edit-form")
        return lambda: save(client, user, fields)

    def save(client: Client, user: User, fields: dict) -> str:
        title, text = f"{user.username}的标题", f"written by {user.username}"
        answer = client.post(address, fields | article(title, text))
        if answer.status_code == 302:
            return f"saved {user.username}"
        return f"told={'没有保存' in answer.text} kept={title in answer.text and text in answer.text}"

    answers = race(*[opened(user) for user in editors])
    latest = BasePage.objects.get(pk=page.pk)
    saved = [answer.removeprefix("ok saved ") for answer in answers if "saved" in answer]
    return {
        "answers": answers,
        "latest_is_the_winners": [latest.draft_title] == [f"{name}的标题" for name in saved],
        "revisions": latest.revisions.count(),
    }


def everything_on_one_website(scene: Scene) -> dict:
    """Drafts, submissions, publications, withdrawals and restorations cross each other: no deadlock."""
    from jiyue.content import actions
    from jiyue.library import actions as library

    online = [scene.reviewed(f"在线{number}") for number in range(3)]
    for each in online:
        scene.clear(each)
    waiting = [scene.reviewed(f"待发{number}") for number in range(6)]

    def publish(some) -> None:
        for each in some:
            scene.clear(each)

    def write() -> None:
        for number in range(5):
            actions.submit(scene.draft(f"新稿{os.getpid()}-{number}"), by=scene.editor, at=scene.at)

    def come_and_go(item) -> None:
        for _round in range(5):
            library.withdraw(item, by=None, at=scene.at, reason="改")
            library.restore(item, by=None, at=scene.at)

    return {
        "answers": race(
            lambda: publish(waiting[:3]), lambda: publish(waiting[3:]), write, write,
            lambda: come_and_go(online[0].page), lambda: come_and_go(online[1].page),
        )
    }  # fmt: skip


RACES = [
    two_reviewers_decide,
    the_clock_strikes_twice,
    many_publish_on_one_website,
    two_editors_save_one_draft,
    everything_on_one_website,
]


if __name__ == "__main__":
    django.setup()
    json.dump({each.__name__: each(Scene()) for each in RACES}, sys.stdout, ensure_ascii=False)
