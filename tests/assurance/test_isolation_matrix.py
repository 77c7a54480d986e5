"""Every address × everybody × every method, with words planted in the other bureau that nobody else may read."""

import logging
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from jiyue.accounts.roles import Verb
from tests.assurance import isolation, writes
from tests.assurance.isolation import Door, Owned, Principal


pytestmark = pytest.mark.django_db
PROMISE = (
    "isolation",
    "后台每个地址、每种身份、每种方法，都读不到也改不了别的单位的东西",
    "泄漏 0，意外的 5xx 0，未声明的地址 0，长跑不少于 50,000 格",
)
# What may be asked in a query; each is tried with the key of another bureau's object and with one that does not exist.
ASKED = (
    "q", "id", "website", "unit", "column", "page_id", "child_of", "descendant_of", "ancestor_of", "translation_of",
    "parent_page_id", "user", "owner", "collection_id", "page", "release", "submission", "state", "next", "image_id",
)  # fmt: skip
# What the editor's scripts add to its form: one block of text, no comments.
EDITOR = {
    "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "text", "body-0-id": "",
    "body-0-value": '{"blocks": [{"key": "a", "text": "正文。", "type": "unstyled", "depth": 0, '
    '"inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}',
    "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "comments-MIN_NUM_FORMS": "0", "comments-MAX_NUM_FORMS": "",
}  # fmt: skip
ODD_METHODS = ("head", "options", "put", "delete", "patch")
# Verbs whose screens reach every unit by design.
REACHING_VERBS = {
    Verb.GRANT: "安全管理员为全平台管理账号、单位、授权",
    Verb.AUDIT: "审计管理员查阅全平台的记录",
    Verb.RUN: "平台运行不分单位",
}


@dataclass
class Found:
    cells: int = 0
    leaks: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    oracles: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    alive: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)

    def nothing(self) -> bool:
        return not (self.leaks or self.errors or self.oracles or self.forbidden)

    def __str__(self) -> str:
        parts = (("leak", self.leaks), ("5xx", self.errors), ("oracle", self.oracles), ("write", self.forbidden))
        return "\n".join(f"{name}: {line}" for name, lines in parts for line in dict.fromkeys(lines))


class Attack:
    """Goes through the doors as one principal after the other; whatever a request changed is undone after it."""

    def __init__(self, one: Owned, other: Owned, cluster: Any, *, at: Any, share: float) -> None:
        self.bureaus = {owned.unit.code: owned for owned in (one, other)}
        self.digests = {owned.unit.code: owned.digests for owned in (one, other)}
        self.who = isolation.principals(one, other, cluster, at=at)
        self.doors = [door for door in isolation.doors() if door.policy and door.is_known]
        self.closed = [door for door in isolation.doors() if not door.policy]
        self.share, self.dice, self.found = share, random.Random(20261122), Found()
        self.payloads: dict[tuple[str, str], dict[str, Any]] = {}

    def run(self) -> Found:
        self._learn_forms()
        self.before = writes.rows()
        self.owned = {code: writes.belongings({o.unit.pk}) for code, o in self.bureaus.items()}
        for principal in self.who:
            self.client, self.principal = _client(principal), principal
            self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
            for door in self._sample(self.doors):
                self._reads(door)
                self._writes(door)
            for door in self._sample(self.closed):
                self._is_closed(door)
        return self.found

    def _sample(self, doors: list[Door]) -> list[Door]:
        """Each door for some of the people in the short run; for everybody in the long one."""
        return [door for door in doors if self.share >= 1 or self.dice.random() < self.share * 4]

    def _learn_forms(self) -> None:
        """The forms of each screen, as the first who may use it sees them."""
        seen: set[str] = set()
        for principal in self.who:
            if principal.user is None or (
                not principal.home and principal.name not in {"security_admin", "system_admin"}
            ):
                continue
            self.client, self.principal = _client(principal), principal
            self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
            code = principal.home or "jyj"
            for door in self.doors:
                for url in isolation.addresses(door, self.bureaus[code])[: None if self.share >= 1 else 1]:
                    if url in seen or not _could_open(door, principal):
                        continue
                    answer = self._ask("get", url)
                    payload = writes.forms_of(answer, url)
                    if payload is not None and door.name.startswith("wagtailadmin_pages:"):
                        payload |= EDITOR
                    if payload is not None:
                        self.payloads[code, url] = payload
                    if payload is not None or answer.status_code == 405:
                        seen.add(url)

    def _chosen(self, addresses: list[str]) -> list[str]:
        if self.share >= 1 or not addresses:
            return addresses
        return [self.dice.choice(addresses)] if self.dice.random() < 0.25 else addresses[:1]

    def _reads(self, door: Door) -> None:
        for owned in self._others():
            missing = isolation.addresses(door, None)[0]
            nothing = isolation.shape(self._ask("get", missing)) if door.is_filled else None
            for url in self._chosen(isolation.addresses(door, owned)):
                answer = self._ask("get", url)
                if nothing and door.name not in isolation.PUBLIC_OBJECTS and self._is_anothers(door):
                    self._same(url, nothing, isolation.shape(answer))
                for method in ODD_METHODS:
                    if self._tries():
                        self._ask(method, url)
                self._queries(door, url, owned)

    def _queries(self, door: Door, url: str, owned: Owned) -> None:
        things = owned.things
        keys = {
            "website": owned.website.pk,
            "unit": owned.unit.pk,
            "column": things["column"][0].pk,
            "user": owned.people["editor"].pk,
        }
        for name in ASKED:
            if not self._tries():
                continue
            if name == "q":
                self._ask("get", f"{url}?q=鹭鸶&search=鹭鸶&fields=*")
                continue
            key = keys.get(name, things["page"][0].pk)
            there = isolation.shape(self._ask("get", f"{url}?{name}={key}"))
            nowhere = [isolation.shape(self._ask("get", f"{url}?{name}={isolation.MISSING}"))]
            if there not in nowhere:  # some pages never look the same twice
                nowhere.append(isolation.shape(self._ask("get", f"{url}?{name}={isolation.MISSING}")))
            is_private = (door.name, name) not in isolation.PUBLIC_QUERIES
            if is_private and self._is_a_stranger(owned) and nowhere[0] == nowhere[-1]:
                self._same(f"{url}?{name}=", nowhere[0], there)

    def _writes(self, door: Door) -> None:
        for owned in self._others():
            mine = self.bureaus.get(self.principal.home)
            for url in self._chosen(isolation.addresses(door, owned)):
                payload = self.payloads.get((owned.unit.code, url), {"reason": "理由", "title": "题"})
                self._post(door, url, payload, owned)
                if self._tries():
                    self._post(door, url, {**payload, **writes.with_everything(owned)}, owned)
            if mine is None:
                continue
            for url in self._chosen(isolation.addresses(door, mine)):
                payload = self.payloads.get((mine.unit.code, url))
                if payload is not None:
                    self._post(
                        door, url, {**writes.swapped(payload, mine, owned), **writes.with_everything(owned)}, owned
                    )
                    self._post(door, url, payload, owned)

    def _post(self, door: Door, url: str, payload: dict[str, Any], owned: Owned) -> None:
        with transaction.atomic(), writes.writing() as tables:
            answer = self._ask("post", url, payload)
            if tables:
                self.found.alive.add(door.name)
                self._look_at_the_damage(door, url, owned)
            if answer.status_code == 302 and self._tries():
                self._ask("get", answer.url)
                self._ask("get", "/admin/")
            transaction.set_rollback(True)

    def _look_at_the_damage(self, door: Door, url: str, owned: Owned) -> None:
        if door.policy and door.policy.verbs & REACHING_VERBS.keys() & _verbs(self.principal):
            return
        code = owned.unit.code
        damage = writes.changed(self.before, self.owned[code], {owned.unit.pk})
        if damage:
            self.found.forbidden.append(f"{self.principal.name} POST {url} ({door.name}): {', '.join(damage[:6])}")

    def _is_closed(self, door: Door) -> None:
        for owned in self._others():
            url = isolation.closed_address(door, owned)
            for method in ("get", "post"):
                answer = self._ask(method, url)
                if answer.status_code not in {404, 302, 301}:
                    self.found.leaks.append(f"{url} ({door.name}) is declared nowhere and answers {answer.status_code}")

    def _ask(self, method: str, url: str, data: Any = None) -> Any:
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)
        with transaction.atomic():
            answer = getattr(self.client, method)(url, data) if data is not None else getattr(self.client, method)(url)
            self._judge(method, url, answer)
            if data is None:
                transaction.set_rollback(True)
        return answer

    def _judge(self, method: str, url: str, answer: Any) -> None:
        self.found.cells += 1
        self.found.statuses[answer.status_code] += 1
        for leak in isolation.leaked(self.principal, url, answer, self.digests):
            self.found.leaks.append(f"{self.principal.name} {method} {url}: {leak} ({answer.status_code})")
        if answer.status_code >= 500:
            what = repr(getattr(answer, "exc_info", [None, None])[1])[:200]
            self.found.errors.append(f"{self.principal.name} {method} {url}: {what}")

    def _same(self, url: str, missing: tuple[int, str], there: tuple[int, str]) -> None:
        if missing != there:
            self.found.oracles.append(
                f"{self.principal.name} {url}: {there[0]} instead of {missing[0]}{_difference(missing[1], there[1])}"
            )

    def _others(self) -> list[Owned]:
        return [owned for code, owned in self.bureaus.items() if code != self.principal.home]

    def _is_a_stranger(self, owned: Owned) -> bool:
        return not any(verb in REACHING_VERBS for verb in _verbs(self.principal))

    def _is_anothers(self, door: Door) -> bool:
        return not (door.policy and door.policy.verbs & REACHING_VERBS.keys() & _verbs(self.principal))

    def _tries(self) -> bool:
        return self.share >= 1 or self.dice.random() < self.share


def _verbs(principal: Principal) -> frozenset[Verb]:
    from jiyue.accounts.roles import MATRIX, Role

    held = principal.user.memberships.values_list("role", flat=True) if principal.user else []
    return frozenset(verb for role in held for verb in MATRIX[Role(role)])


def _could_open(door: Door, principal: Principal) -> bool:
    return bool(door.policy and door.policy.verbs & _verbs(principal))


def _difference(one: str, other: str) -> str:
    if one == other:
        return ""
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f" …{one[place - 20 : place + 40]!r} / {other[place - 20 : place + 40]!r}"


def _client(principal: Principal) -> Client:
    client = Client(raise_request_exception=False)
    if principal.user is not None:
        client.force_login(principal.user)
    return client


@pytest.fixture
def quiet():
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("django.request").setLevel(logging.NOTSET)


@pytest.fixture
def bureaus(cluster, friday):
    one = isolation.plant(cluster.bureau, cluster.site, at=friday)
    other = isolation.plant(cluster.other_bureau, cluster.other_site, at=friday)
    isolation.share(one, other, at=friday)
    return one, other


@pytest.mark.promise(*PROMISE)
def test_every_address_says_what_stands_in_it():
    """A view without a policy, or with an address nobody knows how to fill, cannot be attacked and so cannot be trusted."""
    doors = isolation.doors()

    assert [
        door.name for door in doors if not door.name and door.policy is None and door.route.startswith("search")
    ] == []
    unknown = [door for door in doors if door.policy and door.is_filled and door.name not in isolation.FILLINGS]
    assert unknown == [], "say in FILLINGS (tests/assurance/isolation.py) what stands in these addresses"


@pytest.mark.promise(*PROMISE)
def test_nobody_reads_or_changes_anything_of_another_bureau(cluster, bureaus, friday, size, measured, stopwatch, quiet):
    with stopwatch() as took:
        attack = Attack(*bureaus, cluster, at=friday, share=size(0.04, 1))
        found = attack.run()

    measured(
        cells=found.cells, principals=len(attack.who), doors=len(attack.doors), closed=len(attack.closed),
        leaks=len(found.leaks), errors=len(found.errors), oracles=len(found.oracles), writes=len(found.forbidden),
        alive=len(found.alive), seconds=round(took(), 1),
    )  # fmt: skip
    assert found.nothing(), str(found)
    assert len(attack.who) >= 12
    assert len(found.alive) >= size(10, 25), f"only these forms ever changed anything: {sorted(found.alive)}"
    assert found.cells >= size(2_000, 50_000)
