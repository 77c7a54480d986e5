"""The fast road for a year of published items: the same rows the chain's actions leave, written many at a time.

``tests/demo/test_bulk.py`` compares an item written here with one that went through the actions. Primary keys are
given out here, so that rows can point at each other before any of them is stored."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.models.sql import InsertQuery
from django.utils import timezone
from wagtail.models import Revision

from jiyue.accounts.audit import chain_up
from jiyue.accounts.models import AuditEntry, User
from jiyue.content.actions import CHECKLIST
from jiyue.content.models import Interpretation, Submission
from jiyue.library import index_numbers
from jiyue.library.actions import STRUCTURE
from jiyue.library.addresses import address_of
from jiyue.library.digest import digest_of
from jiyue.library.models import BasePage, IndexNumberSequence, Placement, Receipt, Relation, Release


BATCH = 200
CHANGED = (
    "numchild", "live", "has_unpublished_changes", "latest_revision_id", "live_revision_id", "latest_revision_created_at",
    "first_published_at", "last_published_at", "owner_id",
)  # fmt: skip
DRAFTED, SUBMITTED, REVIEWED = timedelta(hours=3), timedelta(hours=2), timedelta(minutes=40)  # before publication


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works on a website: three people, because each step is done by somebody else."""

    editor: User
    reviewer: User
    secrecy_reviewer: User


@dataclass
class Press:
    """Takes pages in tree order and writes them as published. One ``Press`` per process: it gives out keys."""

    staff: dict[int, Staff]  # by unit
    pages: list[Any] = field(default_factory=list)
    stored: dict[int, Any] = field(default_factory=dict)  # pages already written that have changed since
    rows: dict[type[models.Model], list[Any]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._next = {model: _last(model) for model in (BasePage, Revision, Receipt, Release)}
        self._new: set[int] = set()  # placed and not yet written
        self._base_type = ContentType.objects.get_for_model(BasePage)
        self._serials: dict[tuple[int, int], int] = {
            (row.website_id, row.year): row.last for row in IndexNumberSequence.objects.all()
        }

    def key(self, model: type[models.Model]) -> int:
        self._next[model] += 1
        return self._next[model]

    def place(self, page: Any, parent: BasePage) -> None:
        """Gives the page its key and its place below ``parent``, which must have been placed before."""
        parent.numchild += 1
        if parent.pk not in self._new:
            self.stored[parent.pk] = parent
        page.pk = page.id = page.pk or self.key(BasePage)
        page.depth = parent.depth + 1
        page.path = parent.path + _step(parent.numchild)
        if page.depth > 2:
            page.website, page.unit = parent.website, parent.unit
        page.draft_title = page.title
        page.locale_id = parent.locale_id
        page.content_type = ContentType.objects.get_for_model(type(page))
        page.set_url_path(parent)
        self.pages.append(page)
        self._new.add(page.pk)

    def publish(self, page: Any, *, at: datetime, column: BasePage | None = None) -> Release:
        """Draws up everything publication leaves. ``column`` is the item's home; a home page or column has none."""
        structure = page.kind in STRUCTURE
        staff = None if structure else self.staff[page.unit_id]
        drafted = at if structure else at - DRAFTED
        page.owner, page.live, page.has_unpublished_changes = staff and staff.editor, False, True
        revision = self._revision(page, staff, drafted)
        digest = digest_of(page)
        receipt = self._receipt(page, digest, staff, at)
        release = self._release(page, receipt, column, at)
        if staff:
            self._chain(page, revision, receipt, release, staff, at)
        else:
            self._audit(page, "library.receipt", None, at, digest=digest, basis=receipt.basis)
            self._audit(page, "library.publish", None, at, digest=digest, address=release.address, receipt=receipt.pk)
        page.live, page.has_unpublished_changes = True, False
        page.latest_revision_id = page.live_revision_id = revision.pk
        page.latest_revision_created_at = drafted
        page.first_published_at = page.last_published_at = at
        if page.pk not in self._new:
            self.stored[page.pk] = page
        return release

    @transaction.atomic
    def write(self, progress: Callable[[int], None] = lambda count: None) -> None:
        """Stores everything drawn up since the last time. Keys point forward: constraints are checked at the end."""
        BasePage.objects.bulk_create([_base_row(page) for page in self.pages], batch_size=BATCH)
        for model, pages in _by_type(self.pages).items():
            _insert_own_columns(model, pages)
        progress(len(self.pages))
        self._interpreted()
        chain_up(self.rows[AuditEntry])
        for model in (Revision, Receipt, Release, Placement, Relation, Submission, AuditEntry):
            model._meta.base_manager.bulk_create(self.rows[model], batch_size=BATCH, ignore_conflicts=model is Relation)
        for page in self.stored.values():
            BasePage.objects.filter(pk=page.pk).update(**{name: getattr(page, name) for name in CHANGED})
        self._store_serials()
        self._new.clear()
        self.stored.clear()
        self.pages.clear()
        self.rows.clear()
        _reset_sequences([BasePage, Revision, Receipt, Release])

    def _revision(self, page: Any, staff: Staff | None, at: datetime) -> Revision:
        revision = Revision(
            pk=self.key(Revision), content_type=page.content_type, base_content_type=self._base_type, object_id=str(page.pk),
            created_at=at, user=staff and staff.editor, object_str=str(page), content=page.serializable_data(),
        )  # fmt: skip
        self.rows[Revision].append(revision)
        return revision

    def _receipt(self, page: Any, digest: str, staff: Staff | None, at: datetime) -> Receipt:
        receipt = Receipt(
            pk=self.key(Receipt), item_id=page.pk, digest=digest, at=at, by=staff.secrecy_reviewer if staff else None,
            basis=Receipt.Basis.REVIEW if staff else Receipt.Basis.BLUEPRINT, checklist=list(CHECKLIST) if staff else [],
        )  # fmt: skip
        self.rows[Receipt].append(receipt)
        return receipt

    def _release(self, page: Any, receipt: Receipt, column: BasePage | None, at: datetime) -> Release:
        record = page.public_record()
        record.pop("released_at", None)
        release = Release(
            pk=self.key(Release), item_id=page.pk, website_id=page.website_id, unit_id=page.unit_id, column_id=column and column.pk,
            kind=page.kind, address=address_of(page, column, timezone.localtime(at)), released_at=at, revised_at=at,
            digest=receipt.digest, receipt=receipt, **record,
        )  # fmt: skip
        if column is not None:
            release.index_number = self._index_number(page, at)
            self.rows[Placement].append(
                Placement(release=release, column_id=column.pk, released_at=at, home=True, at=at)
            )
        self.rows[Release].append(release)
        self.rows[Relation] += [
            Relation(source_id=page.pk, target_id=target, kind=kind) for kind, target in page.relations_out()
        ]
        return release

    def _chain(
        self, page: Any, revision: Revision, receipt: Receipt, release: Release, staff: Staff, at: datetime
    ) -> None:
        submitted, reviewed = at - SUBMITTED, at - REVIEWED
        self.rows[Submission].append(
            Submission(
                page_id=page.pk, unit_id=page.unit_id, revision=revision, digest=receipt.digest, title=page.title,
                state=Submission.State.PUBLISHED, author=staff.editor, submitted_at=submitted, reviewer=staff.reviewer,
                reviewed_at=reviewed, secrecy_reviewer=staff.secrecy_reviewer, cleared_at=at, receipt=receipt,
                published_at=at, waiting_since=at,
            )
        )  # fmt: skip
        base = _base_row(page)
        clear = staff.secrecy_reviewer
        self._audit(page, "content.draft", staff.editor, at - DRAFTED)
        self._audit(base, "content.submit", staff.editor, submitted, digest=receipt.digest, revision=revision.pk)
        self._audit(base, "content.review", staff.reviewer, reviewed, state=Submission.State.SECRECY, opinion="")
        self._audit(base, "library.receipt", clear, at, digest=receipt.digest, basis=receipt.basis)
        self._audit(
            page, "library.publish", clear, at, digest=receipt.digest, address=release.address, receipt=receipt.pk
        )
        self._audit(base, "content.clear", clear, at, state=Submission.State.PUBLISHED)

    def _audit(self, page: BasePage, action: str, by: User | None, at: datetime, **data: Any) -> None:
        self.rows[AuditEntry].append(
            AuditEntry(
                at=at, user=by, action=action, target_type=page._meta.label_lower, target_id=str(page.pk),
                target_name=str(page)[:255], unit_id=page.unit_id, data=data,
            )
        )  # fmt: skip

    def _index_number(self, page: Any, at: datetime) -> str:
        year = timezone.localtime(at).year
        serial = self._serials[page.website_id, year] = self._serials.get((page.website_id, year), 0) + 1
        return index_numbers.spell(page.website, released_at=at, serial=serial)

    def _store_serials(self) -> None:
        IndexNumberSequence.objects.bulk_create(
            [IndexNumberSequence(website_id=site, year=year, last=last) for (site, year), last in self._serials.items()],
            update_conflicts=True, unique_fields=["website", "year"], update_fields=["last"],
        )  # fmt: skip

    def _interpreted(self) -> None:
        link = Interpretation.documents.through
        link._meta.base_manager.bulk_create(
            [
                link(interpretation_id=page.pk, policydocument_id=document.pk)
                for page in self.pages
                if isinstance(page, Interpretation)
                for document in page.documents.all()
            ],
            batch_size=BATCH,
        )


def _base_row(page: Any) -> BasePage:
    return BasePage(**{f.attname: getattr(page, f.attname) for f in BasePage._meta.concrete_fields})


def _insert_own_columns(model: type[Any], pages: list[Any]) -> None:
    """What ``bulk_create`` refuses: the rows of the model's own table, below rows of its base that are stored."""
    fields = model._meta.local_concrete_fields
    size = max(connection.ops.bulk_batch_size(fields, pages), 1)
    for start in range(0, len(pages), size):
        query = InsertQuery(model)
        query.insert_values(fields, pages[start : start + size])
        query.get_compiler(DEFAULT_DB_ALIAS).execute_sql()


def _step(number: int) -> str:
    """The number-th child's part of a tree path."""
    digits = ""
    while number:
        number, rest = divmod(number, len(BasePage.alphabet))
        digits = BasePage.alphabet[rest] + digits
    return digits.rjust(BasePage.steplen, BasePage.alphabet[0])


def _by_type(pages: Sequence[Any]) -> dict[type[Any], list[Any]]:
    grouped: dict[type[Any], list[Any]] = defaultdict(list)
    for page in pages:
        grouped[type(page)].append(page)
    return grouped


def _last(model: type[models.Model]) -> int:
    return int(model._meta.base_manager.aggregate(last=models.Max("pk"))["last"] or 0)


def _reset_sequences(touched: Iterable[type[models.Model]]) -> None:
    """PostgreSQL's sequences do not know of keys given out here."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(touched)):
            cursor.execute(statement)
