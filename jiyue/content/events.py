from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import Event, name_actions
from jiyue.accounts.trail_words import name_values
from jiyue.content.models import Submission


name_actions(
    {
        "content.draft": _("新建草稿"),
        "content.revise": _("修改"),
        "content.submit": Event(_("送审"), requires=("digest", "revision")),
        "content.review": Event(_("审核通过"), requires=("state",)),
        "content.clear": Event(_("保密审查通过"), requires=("state",)),
        "content.sign": Event(_("签发"), requires=("state",)),
        "content.send_back": Event(_("退回"), requires=("state", "reason")),
        "content.recall": Event(_("撤回送审"), requires=("state",)),
        "content.emergency": Event(_("紧急发布"), requires=("state",)),
        "content.review_afterwards": Event(_("事后审核"), requires=("keep",)),
        "content.publish_due": Event(_("定时发布"), requires=("state",)),
        "content.discard": _("移入回收站"),
        "content.undelete": _("从回收站恢复"),
    }
)
name_values("state", dict(Submission.State.choices))
