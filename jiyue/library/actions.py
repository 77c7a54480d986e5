"""What brings a page to the public, changes what the public sees of it, and takes it away again.

``publish_page`` is the one door. Everything that follows from it - list pages, feeds, search - follows from the keys it
touches in the same transaction.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Revision

from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.accounts.permissions import can
from jiyue.accounts.roles import Verb
from jiyue.common.errors import Refused
from jiyue.common.outbox import touch
from jiyue.library import index_numbers
from jiyue.library.addresses import address_of
from jiyue.library.classification import Kind
from jiyue.library.digest import digest_of
from jiyue.library.keys import keys_of, keys_of_column, keys_of_placement
from jiyue.library.models import BasePage, Placement, Receipt, Relation, Release, StandingCall


STRUCTURE = {Kind.HOME, Kind.COLUMN}


def hold(page: BasePage) -> None:
    """Locks what a publication of this page will change, in one order for all. The trail's lock comes after rows:
    whoever has it waits for nobody (docs/adr/0022)."""
    column = page.path[: -page.steplen]
    list(BasePage.objects.select_for_update(no_key=True).filter(path__in=[column, page.path]).order_by("path"))
    list(Release.objects.select_for_update(no_key=True).filter(item=page.pk))
    if page.website is not None:
        index_numbers.hold(page.website)


@transaction.atomic
def issue_receipt(
    page: BasePage,
    digest: str,
    *,
    by: User | None,
    at: datetime,
    basis: str = Receipt.Basis.REVIEW,
    checklist: list[str] | None = None,
    opinion: str = "",
) -> Receipt:
    """Records the confidentiality conclusion on the text with this digest. Who may conclude is the chain's affair."""
    receipt = Receipt.objects.create(
        item_id=page.pk, digest=digest, basis=basis, by=by, at=at, checklist=checklist or [], opinion=opinion
    )
    record(page, "library.receipt", by=by, at=at, digest=digest, basis=basis)
    return receipt


@transaction.atomic
def publish_page(page: BasePage, revision: Revision, *, by: User | None, at: datetime) -> Release:
    """Puts one reviewed revision before the public, or refuses because nobody has cleared exactly this text."""
    hold(page)
    draft = revision.as_object()
    digest = digest_of(draft)
    receipt = Receipt.objects.filter(item=page.pk, digest=digest).order_by("-pk").first()
    if receipt is None:
        raise Refused(_("这一版内容没有保密审查结论，不能发布（先审查、后公开）。"))
    _refuse_undoing_a_withdrawal(page, receipt)
    draft.go_live_at = None
    action = PublishPageRevisionAction(revision, user=by, log_action=False)
    action.object.go_live_at = None  # when is the chain's affair; here it goes out now
    action.execute(skip_permission_checks=True)
    release = _write_release(action.object, receipt, at=at)
    _write_relations(action.object, at=at)
    record(page, "library.publish", by=by, at=at, digest=digest, address=release.address, receipt=receipt.pk)
    touch(keys_of(release), at=at)
    return release


@transaction.atomic
def withdraw(page: BasePage, *, by: User | None, at: datetime, reason: str) -> None:
    """Takes a release away from its own column and from every column that calls it. Its address answers 410."""
    release = Release.objects.select_for_update().filter(item=page.pk).first()
    if release is None or release.withdrawn_at:
        raise Refused(_("该信息未在网上，无需撤下。"))
    if release.kind == Kind.HOME:
        raise Refused(_("首页不能撤下，请改为网站临时下线。"))
    touch(keys_of(release), at=at)
    release.withdrawn_at, release.withdrawn_reason = at, reason
    release.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    UnpublishPageAction(page.specific, user=by, log_action=False).execute(skip_permission_checks=True)
    record(page, "library.withdraw", by=by, at=at, reason=reason)


@transaction.atomic
def restore(page: BasePage, *, by: User | None, at: datetime) -> Release:
    """Puts a withdrawn release back exactly as it was: same text, same address, same first publication."""
    release = Release.objects.select_for_update().filter(item=page.pk).first()
    if release is None or release.withdrawn_at is None:
        raise Refused(_("该信息没有被撤下。"))
    release.withdrawn_at, release.withdrawn_reason = None, ""
    release.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    BasePage.objects.filter(pk=page.pk).update(live=True)
    record(page, "library.restore", by=by, at=at)
    touch(keys_of(release), at=at)
    return release


@transaction.atomic
def call(release: Release, column: BasePage, *, by: User, at: datetime, approved: bool) -> Placement:
    """Shows a release in another column without copying it. ``approved`` is false where the receiving website wants
    to review calls first."""
    if not can(by, Verb.CALL, column.unit):
        raise Refused(_("您不能在该栏目调用信息。"))
    release = Release.objects.select_for_update().get(pk=release.pk)
    if release.withdrawn_at:
        raise Refused(_("该信息已撤下，不能调用。"))
    if release.placements.filter(column=column.pk).exists():
        raise Refused(_("该栏目已经有这条信息。"))
    placement = _place(release, column.pk, approved=approved, by=by, at=at)
    placement.save()
    record(column, "library.call", by=by, at=at, release=release.pk, approved=approved)
    touch(keys_of_placement(placement), at=at)
    return placement


@transaction.atomic
def approve_call(placement: Placement, *, by: User, at: datetime) -> None:
    if not can(by, Verb.REVIEW, placement.column.unit):
        raise Refused(_("只有该网站的审核员可以审核调用的信息。"))
    if placement.by_id == by.pk:
        raise Refused(_("调用人不能审核自己的调用。"))
    _lock_call(placement)
    placement.approved = True
    placement.save(update_fields=["approved"])
    record(placement.column, "library.approve_call", by=by, at=at, release=placement.release_id)
    touch(keys_of_placement(placement), at=at)


@transaction.atomic
def end_call(placement: Placement, *, by: User, at: datetime) -> None:
    if placement.home:
        raise Refused(_("信息不能从所属栏目移出，请撤下该信息。"))
    if not can(by, Verb.CALL, placement.column.unit):
        raise Refused(_("您不能在该栏目调用信息。"))
    _lock_call(placement)
    touch(keys_of_placement(placement), at=at)
    record(placement.column, "library.end_call", by=by, at=at, release=placement.release_id)
    placement.delete()


@transaction.atomic
def call_always(source: BasePage, target: BasePage, *, by: User | None, at: datetime) -> StandingCall:
    """From now on ``target`` shows whatever is released in ``source``, by one decision for all."""
    if by is not None and not can(by, Verb.ARRANGE, target.unit):
        raise Refused(_("只有站点管理员可以设置固定调用。"))
    if source.website_id == target.website_id:
        raise Refused(_("固定调用的来源须是其他网站的栏目。"))
    standing, created = StandingCall.objects.get_or_create(
        source_id=source.pk, target_id=target.pk, defaults={"by": by, "at": at}
    )
    if created:
        releases = Release.objects.filter(column=source.pk).exclude(placements__column=target.pk)
        brought = Placement.objects.bulk_create([_place(release, target.pk, by=by, at=at) for release in releases])
        record(target, "library.call_always", by=by, at=at, source=source.pk)
        touch(keys_of_column(target, [placement.release.item_id for placement in brought]), at=at)
    return standing


@transaction.atomic
def end_standing_call(standing: StandingCall, *, by: User, at: datetime) -> None:
    """What it brought leaves the column; what somebody called one by one, and the column's own items, stay."""
    target = standing.target
    if not can(by, Verb.ARRANGE, target.unit):
        raise Refused(_("只有站点管理员可以设置固定调用。"))
    brought = standing.brought()
    touch(keys_of_column(target, list(brought.values_list("release__item", flat=True))), at=at)
    record(target, "library.end_standing_call", by=by, at=at, source=standing.source_id, placements=brought.count())
    brought.delete()
    standing.delete()


def _lock_call(placement: Placement) -> None:
    """Somebody else may have ended or approved it since it was shown."""
    rows = Placement.objects.select_for_update().filter(pk=placement.pk, approved=placement.approved)
    if not rows:
        raise Refused(_("这次调用刚由他人办理，请刷新后再看。"))


def _refuse_undoing_a_withdrawal(page: BasePage, receipt: Receipt) -> None:
    """What was taken down comes back by ``restore``, or by people who read it again knowing that."""
    if Release.objects.filter(item=page.pk, withdrawn_at__gt=receipt.at).exists():
        raise Refused(_("审查之后该信息已被撤下，须重新送审。"))


def _place(release: Release, column: int, *, at: datetime, **values: Any) -> Placement:
    return Placement(release=release, column_id=column, released_at=release.released_at, at=at, **values)


def _write_relations(page: BasePage, *, at: datetime) -> None:
    old = Relation.objects.filter(source=page.pk)
    touched = set(old.values_list("target_id", flat=True))
    old.delete()
    edges = [Relation(source_id=page.pk, target_id=target, kind=kind) for kind, target in page.relations_out()]
    Relation.objects.bulk_create(edges, ignore_conflicts=True)
    touched |= {edge.target_id for edge in edges}
    touch([f"item:{target}" for target in sorted(touched)], at=at)


def _write_release(page: BasePage, receipt: Receipt, *, at: datetime) -> Release:
    existing = Release.objects.select_for_update().filter(item=page.pk).first()
    values: dict[str, Any] = {
        **page.public_record(),
        "kind": page.kind,
        "website_id": page.website_id,
        "unit_id": page.unit_id,
        "digest": receipt.digest,
        "receipt": receipt,
        "revised_at": at,
        "withdrawn_at": None,
        "withdrawn_reason": "",
    }
    first = values.pop("released_at", None) or at
    if existing:
        touch(keys_of(existing), at=at)  # where it stood before: another title, another validity
        for name, value in values.items():
            setattr(existing, name, value)
        existing.save()
        return existing
    return _first_release(page, values, released_at=min(first, at), at=at)


def _first_release(page: BasePage, values: dict[str, Any], *, released_at: datetime, at: datetime) -> Release:
    column = None if page.kind in STRUCTURE else page.get_parent()
    release = Release(
        item_id=page.pk,
        column=column,
        released_at=released_at,
        address=address_of(page, column, timezone.localtime(released_at)),
        **values,
    )
    if page.website is not None and page.kind not in STRUCTURE:
        release.index_number = index_numbers.assign(page.website, released_at=released_at)
    release.save()
    if column is not None:
        columns = [column.pk, *StandingCall.objects.filter(source=column.pk).values_list("target_id", flat=True)]
        Placement.objects.bulk_create([_place(release, pk, home=pk == column.pk, at=at) for pk in columns])
    return release
