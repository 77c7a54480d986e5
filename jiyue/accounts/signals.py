from django.dispatch import Signal


unit_renamed = Signal()  # unit, at; in the transaction of the act
account_idle = Signal()  # user, left (days until suspension), at; in the transaction of the warning
trail_broken = Signal()  # check (an AuditCheck with a fault); outside any transaction of an act
