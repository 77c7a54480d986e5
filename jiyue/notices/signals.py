from django.dispatch import Signal


alarm_raised = Signal()  # alarm: raised for the first time or again, after the commit
