from django.dispatch import Signal


website_registered = Signal()  # website, by, at
suspensions_changed = Signal()  # nothing: whoever shows notices looks them up
