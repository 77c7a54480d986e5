from django.dispatch import Signal


website_registered = Signal()  # website, by, at
