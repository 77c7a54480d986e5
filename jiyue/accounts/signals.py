from django.dispatch import Signal


unit_renamed = Signal()  # unit, at; in the transaction of the act
