"""The product's settings, without what only slows a measurement down: costly password hashes and a built static tree.
A second factor is not part of what is measured."""

from jiyue.settings import *  # noqa: F403
from jiyue.settings import STORAGES


PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SECOND_FACTOR = "off"


class _NoMigrations(dict[str, None]):
    """Tables as the models say, in a second; the migrations have tests of their own."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> None:
        return None


MIGRATION_MODULES = _NoMigrations()
