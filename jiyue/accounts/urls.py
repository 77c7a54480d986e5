from django.urls import path

from jiyue.accounts.gate import declare
from jiyue.accounts.views import FirstPassword


declare(["accounts_first"], anonymous=True)

urlpatterns = [path("admin/first/<str:key>/<str:token>/", FirstPassword.as_view(), name="accounts_first")]
