from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from wagtail import hooks

from jiyue.accounts.roles import Role
from jiyue.demo.material import read


if settings.DEMO:

    @hooks.register("below_login")
    def show_accounts() -> SafeString:
        data = read("accounts")
        names = {unit["code"]: unit["short"] for unit in [read("units")["city"], *read("units")["departments"]]}
        accounts = [
            {
                "username": entry["username"],
                "name": entry["name"],
                "role": Role(entry["role"]).label,
                "unit": "、".join(names[code] for code in entry["units"]),
            }
            for entry in data["accounts"]
        ]
        return render_to_string("backoffice/accounts.html", {"accounts": accounts, "password": data["password"]})
