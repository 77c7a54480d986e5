"""送审: where a revision stands in the chain. What must hold whatever happens is a constraint of the table."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from jiyue.library.models import BasePage, Receipt


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def open(self) -> Self:
        return self.filter(state__in=Submission.OPEN)

    def due(self, at: datetime) -> Self:
        """Approved for a moment that has come."""
        return self.filter(state=Submission.State.SCHEDULED, publish_at__lte=at)


class Submission(models.Model):
    """送审: one revision of one page on its way through the chain. Each step is done by somebody else."""

    class State(models.TextChoices):
        REVIEW = "review", _("待内容审核")
        SECRECY = "secrecy", _("待保密审查")
        SIGNATURE = "signature", _("待签发")
        SCHEDULED = "scheduled", _("待定时发布")
        PUBLISHED = "published", _("已发布")
        RETURNED = "returned", _("已退回")
        RECALLED = "recalled", _("已撤回")

    OPEN = (State.REVIEW, State.SECRECY, State.SIGNATURE, State.SCHEDULED)

    page = models.ForeignKey(BasePage, models.PROTECT, related_name="submissions", verbose_name=_("信息"))
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+", verbose_name=_("版本"))
    digest = models.CharField(_("内容摘要值"), max_length=80)
    title = models.CharField(_("标题"), max_length=255)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.REVIEW)
    emergency = models.BooleanField(_("紧急发布"), default=False)
    emergency_reason = models.CharField(_("紧急发布理由"), max_length=200, blank=True)
    needs_signature = models.BooleanField(_("须签发"), default=False)
    publish_at = models.DateTimeField(_("定时发布"), null=True)
    waiting_since = models.DateTimeField(_("本环节开始时间"))

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("送审人"))
    submitted_at = models.DateTimeField(_("送审时间"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("审核人")
    )
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)
    review_opinion = models.CharField(_("审核意见"), max_length=500, blank=True)
    secrecy_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("保密审查人")
    )
    cleared_at = models.DateTimeField(_("保密审查时间"), null=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, related_name="+", verbose_name=_("保密审查结论"))
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("签发人")
    )
    signed_at = models.DateTimeField(_("签发时间"), null=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("退回人")
    )
    returned_at = models.DateTimeField(_("退回时间"), null=True)
    return_reason = models.CharField(_("退回原因"), max_length=500, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    after_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("事后审核人")
    )
    after_reviewed_at = models.DateTimeField(_("事后审核时间"), null=True)
    after_opinion = models.CharField(_("事后审核意见"), max_length=500, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("送审")
        ordering = ["waiting_since"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_submission_per_page",
                fields=["page"],
                condition=Q(state__in=["review", "secrecy", "signature", "scheduled"]),
            ),
            models.CheckConstraint(
                name="author_is_not_reviewer", condition=Q(reviewer=None) | ~Q(reviewer=F("author"))
            ),
            models.CheckConstraint(
                name="secrecy_reviewer_is_a_third_person",
                condition=Q(secrecy_reviewer=None)
                | Q(emergency=True)
                | ~Q(secrecy_reviewer=F("author")) & ~Q(secrecy_reviewer=F("reviewer")),
            ),
            models.CheckConstraint(
                name="signer_is_a_fourth_person",
                condition=Q(signer=None)
                | ~Q(signer=F("author")) & ~Q(signer=F("reviewer")) & ~Q(signer=F("secrecy_reviewer")),
            ),
            models.CheckConstraint(
                name="published_after_the_whole_chain",
                condition=~Q(state__in=["published", "scheduled"])
                | Q(emergency=True, receipt__isnull=False) & ~Q(emergency_reason="")
                | Q(reviewer__isnull=False, secrecy_reviewer__isnull=False, receipt__isnull=False)
                & (Q(needs_signature=False) | Q(signer__isnull=False)),
            ),
            models.CheckConstraint(name="returned_with_reason", condition=~Q(state="returned") | ~Q(return_reason="")),
            models.CheckConstraint(
                name="after_review_by_another_person",
                condition=Q(after_reviewer=None) | ~Q(after_reviewer=F("author")),
            ),
        ]
        indexes = [models.Index(fields=["unit", "state", "waiting_since"], name="submission_inbox")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
