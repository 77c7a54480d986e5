"""The review screen: one submission, read and decided in one place, and on to the next."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import ActionScreen, get_visible_or_404
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.content import actions, inbox
from jiyue.content.checks import doubts_about
from jiyue.content.comparison import compare
from jiyue.content.decisions import QUICK_REASONS, AfterReviewForm, ClearForm, DecisionForm, ReviewForm, SignForm
from jiyue.content.models import Submission
from jiyue.content.permissions import can_decide, can_review_afterwards
from jiyue.content.preview import preview
from jiyue.content.steps import PEOPLE, TONES, steps_of


State = Submission.State

FORMS: dict[str, type[DecisionForm]] = {
    State.REVIEW: ReviewForm,
    State.SECRECY: ClearForm,
    State.SIGNATURE: SignForm,
    State.PUBLISHED: AfterReviewForm,
}
BUTTONS: dict[str, Any] = {
    State.REVIEW: gettext_lazy("审核通过"),
    State.SECRECY: gettext_lazy("审查通过，可以公开"),
    State.SIGNATURE: gettext_lazy("签发"),
    State.PUBLISHED: gettext_lazy("审核通过，保留发布"),
}


def visible_submission(view: Any) -> Submission:
    objects = Submission.objects.select_related("page__website", "revision", "receipt", *PEOPLE)
    return get_visible_or_404(
        objects, view.request.user, Verb.READ, Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE, pk=view.kwargs["pk"]
    )


class ReviewScreen(ActionScreen):
    template_name = "content/review.html"
    parents = (("content_submissions", gettext_lazy("送审记录")),)

    @cached_property
    def submission(self) -> Submission:
        return visible_submission(self)

    @cached_property
    def decides(self) -> bool:
        """Whether the submission waits for this person; everybody else reads only."""
        user = self.request.user
        return can_decide(user, self.submission) or can_review_afterwards(user, self.submission)

    def get_page_title(self) -> str:
        return self.submission.title

    def get_page_subtitle(self) -> str:
        page = self.submission.page
        return f"{page.website} · {page.specific_class._meta.verbose_name}"

    def get_form_class(self) -> type[DecisionForm]:
        return FORMS.get(self.submission.state, DecisionForm)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.seen, "decision": "pass"}

    @property
    def seen(self) -> str:
        """The step and the text on the screen: somebody else may decide, or the author recall, while it is read."""
        return f"{self.submission.state} {self.submission.digest}"

    def act(self, form: DecisionForm) -> None:
        given, state = form.cleaned_data, self.submission.state
        if given["seen"] != self.seen:
            raise Refused(
                _("您阅读期间这次送审有了变化（现为“%s”），请重新阅读后再办理。") % self.submission.get_state_display()
            )
        by, at = self.request.user, now()
        if state == State.PUBLISHED:
            keep = given["decision"] == "pass"
            actions.review_afterwards(self.submission, opinion=given["reason"], keep=keep, by=by, at=at)
        elif given["decision"] == "return":
            actions.send_back(self.submission, reason=given["reason"], by=by, at=at)
        elif state == State.SECRECY:
            checked, opinion = given["checklist"], given["opinion"]
            actions.clear(self.submission, by=by, at=at, checklist=checked, opinion=opinion)
        elif state == State.SIGNATURE:
            actions.sign(self.submission, by=by, at=at)
        else:
            actions.review(self.submission, by=by, at=at, opinion=given.get("opinion", ""))

    def get_done(self) -> str:
        self.submission.refresh_from_db()
        return _("“%(title)s”：%(state)s。") % {
            "title": self.submission.title,
            "state": self.submission.get_state_display(),
        }

    def get_success_url(self) -> str:
        _previous, following = inbox.neighbours(self.request.user, self.submission)
        return reverse("content_review", args=[following]) if following else reverse("wagtailadmin_home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.submission
        page = submission.revision.as_object()
        previous, following = inbox.neighbours(self.request.user, submission) if self.decides else (None, None)
        return {
            **super().get_context_data(**kwargs),
            "submission": submission,
            "comparison": compare(submission),
            "whole_page": page.kind in {"home", "column", "topic", "gallery", "video"},
            "doubts": doubts_about(page),
            "steps": steps_of(submission),
            "earlier": _earlier(submission),
            "tone": TONES[submission.state],
            "decides": self.decides,
            "after": submission.state == State.PUBLISHED,
            "button": BUTTONS.get(submission.state, ""),
            "quick_reasons": QUICK_REASONS,
            "previous": previous,
            "following": following,
        }


class SubmissionPreview(View):
    """The submitted page as the public would see it."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(preview(visible_submission(self).revision.as_object()))


def _earlier(submission: Submission) -> list[Submission]:
    """What happened to this page before."""
    before = submission.page.submissions.filter(pk__lt=submission.pk)
    return list(before.select_related("author", "returned_by").order_by("-pk")[:5])
