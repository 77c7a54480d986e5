"""Goes through every door as one principal after the other; whatever a request changed is undone after it."""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client

from jiyue.accounts.roles import MATRIX, Role, Verb
from tests.assurance import isolation, writes
from tests.assurance.isolation import Principal
from tests.assurance.planting import Owned


# What may be asked in a query; each is tried with the key of another bureau's object and with one that does not exist.
ASKED = (
    "q", "id", "website", "unit", "column", "page_id", "child_of", "descendant_of", "ancestor_of", "translation_of",
    "parent_page_id", "user", "owner", "collection_id", "page", "release", "submission", "state", "next", "image_id",
    "locale", "for_explorer", "type", "fields", "order", "export", "tag", "p", "revision", "filter",
)  # fmt: skip
# Those that are asked with words, not with keys.
SAID = {
    "q": "q=鹭鸶&search=鹭鸶&fields=*", "fields": "fields=*,parent(*),children(*)&type=library.BasePage",
    "export": "export=xlsx", "order": "order=title&ordering=title", "tag": "tag=签",
}  # fmt: skip
PROGRAMS = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}
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
    seen: set[str] = field(default_factory=set)  # kinds of words somebody who may read them was shown
    asked: set[tuple[str, str, str]] = field(default_factory=set)  # principal, door, method
    statuses: Counter[int] = field(default_factory=Counter)

    def nothing(self) -> bool:
        return not (self.leaks or self.errors or self.oracles or self.forbidden)

    def __str__(self) -> str:
        parts = (("leak", self.leaks), ("5xx", self.errors), ("oracle", self.oracles), ("write", self.forbidden))
        return "\n".join(f"{name}: {line}" for name, lines in parts for line in dict.fromkeys(lines))


class Attack:
    """``share``: of what each principal could try beyond one GET and one POST at every door. Below 1, one thing of the
    other bureau stands in an address, drawn by lot, and the first bureau's forms are learned in every state; at 1 all
    things, one after the other, and all forms."""

    def __init__(self, bureaus: tuple[Owned, Owned], who: list[Principal], *, share: float, seed: int = 0) -> None:
        self.bureaus = {owned.unit.code: owned for owned in bureaus}
        self.digests = {owned.unit.code: owned.digests for owned in bureaus}
        self.who, self.target = who, bureaus[0].unit.code
        self.doors = [door for door in isolation.doors() if door.policy and door.is_known]
        self.closed = [door for door in isolation.doors() if not door.policy]
        self.share, self.dice, self.found = share, random.Random(20261122 + seed), Found()
        self.payloads: dict[tuple[str, str], dict[str, Any]] = {}

    def run(self, attackers: list[Principal]) -> Found:
        self._learn_forms()
        self.before = writes.rows()
        self.owned = {code: writes.belongings({o.unit.pk}) for code, o in self.bureaus.items()}
        for principal in attackers:
            self._become(principal)
            for door in self.doors:
                self.door = door
                self._reads()
                self._writes()
            for door in self.closed:
                self.door = door
                self._is_closed()
        return self.found

    def _become(self, principal: Principal) -> None:
        self.principal, self.verbs = principal, _verbs(principal)
        self.client = Client(raise_request_exception=False)
        if principal.user is not None:
            self.client.force_login(principal.user)
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        self.mine = self.bureaus.get(principal.home)
        self.others = [owned for code, owned in self.bureaus.items() if code != principal.home]
        self.reaches = bool(REACHING_VERBS.keys() & self.verbs)

    def _learn_forms(self) -> None:
        """The forms of each screen, as the first who may use it sees them."""
        seen: set[str] = set()
        administrators = {Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN}
        for principal in self.who:
            if not principal.home and principal.name not in administrators:
                continue
            self._become(principal)
            for door in (door for door in self.doors if door.policy.verbs & self.verbs):
                self.door = door
                for code, owned in self.bureaus.items():
                    if principal.home in {"", code}:
                        self._learn(code, owned, seen)

    def _learn(self, code: str, owned: Owned, seen: set[str]) -> None:
        """Reading one's own also shows that the words are there to be read."""
        addresses = isolation.addresses(self.door, owned)
        for url in addresses if self.share >= 1 or code == self.target else addresses[:1]:
            if url in seen:
                continue
            answer = self._ask("get", url)
            payload = writes.forms_of(answer, url)
            if payload is not None and self.door.name.startswith("wagtailadmin_pages:"):
                payload |= writes.EDITOR
            if payload is not None:
                self.payloads[code, url] = payload
            if payload is not None and self.door.name in {"wagtailadmin_pages:edit", "wagtailadmin_pages:add"}:
                self.payloads[code, f"{url}preview/"] = payload
            if payload is not None or answer.status_code in {200, 405}:
                seen.add(url)

    def _chosen(self, addresses: list[str]) -> list[str]:
        return addresses if self.share >= 1 or not addresses else [self.dice.choice(addresses)]

    def _tries(self) -> bool:
        return self.share >= 1 or self.dice.random() < self.share

    # Reading.

    def _reads(self) -> None:
        missing = isolation.addresses(self.door, None)[0]
        nothing = isolation.shape(self._ask("get", missing)) if self.door.is_filled else None
        for url, owned in self._targets():
            answer = self._ask("get", url)
            if nothing and self._is_private():
                self._same(url, nothing, isolation.shape(answer))
                self._is_missing("get", url, answer)
            for method in ODD_METHODS:
                if self._tries():
                    self._ask(method, url)
            if self._tries():
                self._ask("get", url, headers=PROGRAMS)
            self._queries(url, owned)
        self._crosses()

    def _targets(self) -> list[tuple[str, Owned]]:
        """The addresses of this door with another bureau's things; an address without any stands once."""
        found: dict[str, Owned] = {}
        for owned in self.others:
            for url in self._chosen(isolation.addresses(self.door, owned)):
                found.setdefault(url, owned)
        return list(found.items())

    def _crosses(self) -> None:
        for theirs in self.others if self.mine else []:
            url = isolation.crossed(self.door, self.mine, theirs)
            if url is not None:
                nowhere = isolation.shape(self._ask("get", isolation.crossed(self.door, self.mine, None)))
                self._same(url, nowhere, isolation.shape(self._ask("get", url)))

    def _is_private(self) -> bool:
        """Whether what stands in the address is none of this person's business."""
        return self.door.name not in isolation.PUBLIC_OBJECTS and not self._reaches_by_design()

    def _is_missing(self, method: str, url: str, answer: Any) -> None:
        """Not "forbidden", not "elsewhere": it does not exist. (A screen that takes only the other method says so, for
        whatever stands in its address.)"""
        named = self.door.is_filled and isolation.FILLINGS[self.door.name][0] is not None
        named = named and self.door.name not in isolation.SAME_FOR_ALL
        if named and answer.wsgi_request.user.is_authenticated and answer.status_code not in {404, 405}:
            self.found.oracles.append(f"{self.principal.name} {method} {url}: {answer.status_code} instead of 404")

    def _queries(self, url: str, owned: Owned) -> None:
        things = owned.things
        keys = {
            "website": owned.website.pk, "unit": owned.unit.pk, "column": things["column"][0].pk,
            "user": owned.people["editor"].pk, "owner": owned.people["editor"].pk, "release": things["release"][0].pk,
            "submission": things["submission"][0].pk, "image_id": things["picture"][0].pk,
            "revision": things["revision"][0].pk,
        }  # fmt: skip
        for name in filter(lambda _name: self._tries(), ASKED):
            if name in SAID:
                self._ask("get", f"{url}?{SAID[name]}")
                continue
            there = isolation.shape(self._ask("get", f"{url}?{name}={keys.get(name, owned.draft.pk)}"))
            nowhere = [isolation.shape(self._ask("get", f"{url}?{name}={isolation.MISSING}"))]
            if there not in nowhere:  # some pages never look the same twice
                nowhere.append(isolation.shape(self._ask("get", f"{url}?{name}={isolation.MISSING}")))
            is_private = (self.door.name, name) not in isolation.PUBLIC_QUERIES
            if is_private and not self.reaches and nowhere[0] == nowhere[-1]:
                self._same(f"{url}?{name}=", nowhere[0], there)

    def _same(self, url: str, missing: tuple[int, str], there: tuple[int, str]) -> None:
        if missing != there:
            self.found.oracles.append(
                f"{self.principal.name} {url}: {there[0]} instead of {missing[0]}{_difference(missing[1], there[1])}"
            )

    # Writing.

    def _writes(self) -> None:
        for url, owned in self._targets():
            payload = self.payloads.get((owned.unit.code, url), {"reason": "理由", "title": "题"})
            answer = self._post(url, payload, owned)
            if self._is_private():
                self._is_missing("post", url, answer)
            if self._tries():
                self._post(url, {**payload, **writes.with_everything(owned)}, owned)
        if self.mine is not None and self.door.policy.verbs & self.verbs:
            self._writes_at_home()

    def _writes_at_home(self) -> None:
        """One's own forms with another bureau's keys in them: in fields, formsets, blocks and links."""
        mine, theirs = self.mine, self.others[0]
        own = [url for url in isolation.addresses(self.door, mine) if (mine.unit.code, url) in self.payloads]
        for url in self._chosen(own):
            payload = self.payloads[mine.unit.code, url]
            if self._tries():
                self._post(url, payload, theirs)
            self._post(url, {**writes.swapped(payload, mine, theirs), **writes.with_everything(theirs)}, theirs)
            if "body-count" in payload:
                self._forge(url, payload, theirs)
        url = isolation.crossed(self.door, mine, theirs)
        if url is not None:
            self._post(url, {"reason": "理由", "title": "题"}, theirs)

    def _forge(self, url: str, payload: dict[str, Any], theirs: Owned) -> None:
        """With another bureau's key the form comes back as it does with one that does not exist."""
        there = writes.forged(lambda kind: theirs.things[kind][0].pk)
        nowhere = writes.forged(lambda kind: isolation.MISSING)
        for forged, missing in zip(there, nowhere, strict=True):
            answer = self._post(url, {**payload, **forged}, theirs, look_again=True)
            if "overwrite_revision_id" not in forged:
                same = self._post(url, {**payload, **missing}, theirs)
                self._same(f"{url} {sorted(forged)}", isolation.shape(same), isolation.shape(answer))

    def _post(self, url: str, payload: dict[str, Any], owned: Owned, *, look_again: bool = False) -> Any:
        with transaction.atomic(), writes.writing() as tables:
            answer = self._ask("post", url, payload)
            if tables:
                self.found.alive.add(self.door.name)
                self._look_at_the_damage(url, owned, tables)
            if answer.status_code == 302 and (look_again or self._tries()):
                self._ask("get", answer.url)
            if look_again and url.endswith("/preview/"):
                self._ask("get", f"{url}?in_preview_panel=true")
            transaction.set_rollback(True)
        return answer

    def _look_at_the_damage(self, url: str, owned: Owned, tables: set[str]) -> None:
        if self._reaches_by_design():
            return
        code = owned.unit.code
        damage = writes.changed(self.before, self.owned[code], {owned.unit.pk}, tables)
        if damage:
            self.found.forbidden.append(f"{self.principal.name} POST {url} ({self.door.name}): {', '.join(damage[:6])}")

    def _is_closed(self) -> None:
        for owned in self.others[:1]:
            for url in isolation.closed_addresses(self.door, owned):
                for method in ("get", "post"):
                    answer = self._ask(method, url)
                    if answer.status_code != 404:
                        self.found.leaks.append(f"{url} is declared nowhere and answers {answer.status_code}")

    # Asking.

    def _ask(self, method: str, url: str, data: Any = None, **more: Any) -> Any:
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)
        with transaction.atomic():
            answer = getattr(self.client, method)(url, data, **more)
            self._judge(method, url, answer)
            if data is None:
                transaction.set_rollback(True)
        return answer

    def _judge(self, method: str, url: str, answer: Any) -> None:
        self.found.cells += 1
        self.found.statuses[answer.status_code] += 1
        self.found.asked.add((self.principal.name, self.door.name or self.door.route, method))
        shown, words = isolation.shown_by(answer, url)
        self.found.seen |= {kind for unit, kind in words if isolation.may_read(self.principal, unit, kind)}
        for leak in isolation.leaked(self.principal, shown, words, self.digests):
            self.found.leaks.append(f"{self.principal.name} {method} {url}: {leak} ({answer.status_code})")
        if answer.status_code >= 500:
            what = repr(getattr(answer, "exc_info", [None, None])[1])[:200]
            self.found.errors.append(f"{self.principal.name} {method} {url}: {what}")

    def _reaches_by_design(self) -> bool:
        return bool(self.door.policy and self.door.policy.verbs & REACHING_VERBS.keys() & self.verbs)


def _verbs(principal: Principal) -> frozenset[Verb]:
    held = principal.user.memberships.values_list("role", flat=True) if principal.user else []
    return frozenset(verb for role in held for verb in MATRIX[Role(role)])


def _difference(one: str, other: str) -> str:
    if one == other:
        return ""
    place = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f" …{one[place - 20 : place + 40]!r} / {other[place - 20 : place + 40]!r}"
