"""一次性链接: how somebody sets a password without anybody else ever knowing it. The link works once, for three days."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from jiyue.accounts.actions import password_set
from jiyue.accounts.models import User
from jiyue.common.clock import now


def one_time_link(user: User) -> str:
    """The address under which this person, and whoever holds the link, sets the password."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("accounts_first_login", args=[key, default_token_generator.make_token(user)])
    return f"{settings.BASE_URL}{path}"


class FirstLoginView(PasswordResetConfirmView):
    template_name = "accounts/first_login.html"
    success_url = reverse_lazy("wagtailadmin_login")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        response = super().form_valid(form)
        password_set(self.user, at=now())
        return response
