"""Addresses before login. Everything else of ours is a screen below ``/admin/`` (wagtail_hooks.py)."""

from django.urls import path
from django.views.decorators.http import require_POST
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import LogoutView

from jiyue.accounts import login, oidc
from jiyue.accounts.gate import declare
from jiyue.accounts.mine import Mine
from jiyue.accounts.views import FirstPassword
from jiyue.common.limits import limited


declare(
    [
        "accounts_first",
        "accounts_factor",
        "accounts_enrol_factor",
        "accounts_onwards",
        "accounts_expired",
        "accounts_oidc",
        "accounts_oidc_callback",
    ],
    anonymous=True,
)

urlpatterns = [
    path(
        "admin/first/<str:key>/<str:token>/", limited("first_password")(FirstPassword.as_view()), name="accounts_first"
    ),
    path("admin/account/", require_admin_access(Mine.as_view()), name="wagtailadmin_account"),  # before Wagtail's own
    path("admin/login/", login.Login.as_view(), name="wagtailadmin_login"),  # before Wagtail's own
    # Wagtail's takes the cookie from whoever follows a link there, though it answers 405
    path("admin/logout/", require_POST(LogoutView.as_view()), name="wagtailadmin_logout"),
    path("admin/login/factor/", login.FactorStep.as_view(), name="accounts_factor"),
    path("admin/login/enrol/", login.EnrolFactor.as_view(), name="accounts_enrol_factor"),
    path("admin/login/onwards/", login.Onwards.as_view(), name="accounts_onwards"),
    path("admin/login/password/", login.ExpiredPassword.as_view(), name="accounts_expired"),
    path("admin/login/oidc/", oidc.Start.as_view(), name="accounts_oidc"),
    path("admin/login/oidc/callback/", oidc.Callback.as_view(), name="accounts_oidc_callback"),
]
