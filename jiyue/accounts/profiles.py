"""What the settings of login mean. Imported by settings.py: nothing of Django's models here."""

import ipaddress
from typing import Any

from django.core.exceptions import ImproperlyConfigured


Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_DJANGO = "django.contrib.auth.password_validation."
_OURS = "jiyue.accounts.passwords."
_EVERY = [
    {"NAME": f"{_OURS}Variety"},
    {"NAME": f"{_DJANGO}CommonPasswordValidator"},
    {"NAME": f"{_DJANGO}NumericPasswordValidator"},
    {"NAME": f"{_DJANGO}UserAttributeSimilarityValidator"},
    {"NAME": f"{_OURS}Surroundings"},
]


def password_profile(name: str, *, demo: bool) -> tuple[list[dict[str, Any]], int]:
    """Validators, and after how many days a password is too old (0: never)."""
    if name == "gb":
        chosen = [_at_least(10), {"NAME": f"{_OURS}Kinds"}, *_EVERY, {"NAME": f"{_OURS}NotAgain"}]
        return chosen, 0 if demo else 90
    if name == "asvs":
        return [_at_least(15), *_EVERY], 0
    raise ImproperlyConfigured(f"JIYUE_PASSWORD_PROFILE is gb or asvs, not {name}")


def networks(text: str) -> list[Network]:
    """``10.0.0.0/8, 2001:db8::/32`` (commas or spaces)."""
    try:
        return [ipaddress.ip_network(part) for part in text.replace(",", " ").split()]
    except ValueError as error:
        raise ImproperlyConfigured(f"not a network: {error}") from error


def networks_by_role(text: str) -> dict[str, list[Network]]:
    """``security_admin=10.1.0.0/16 10.2.0.0/16; audit_admin=10.1.9.0/24``."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    return {role.strip(): networks(named) for role, _equals, named in pairs}


def _at_least(length: int) -> dict[str, Any]:
    return {"NAME": f"{_DJANGO}MinimumLengthValidator", "OPTIONS": {"min_length": length}}
