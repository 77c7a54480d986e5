"""What the clock does for the trail."""

from jiyue.accounts import anchors, audit, retention, verification
from jiyue.common.schedule import register_job


def register() -> None:
    register_job("accounts.anchor", "* * * * *", anchors.anchor_head)
    register_job("accounts.repeats", "* * * * *", audit.write_repeats)
    register_job("accounts.verify_new", "*/10 * * * *", verification.verify_new)
    register_job("accounts.verify_trail", "30 3 * * *", verification.verify_all)
    register_job("accounts.purge_trail", "0 4 1 * *", retention.purge_old)
