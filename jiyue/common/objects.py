"""S3-compatible object storage.

Needs the extra ``s3`` (requirements-s3.txt). Imported only where an address is set.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage


# others than Amazon's do not know the checksums that newer clients add
CONFIG = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"max_attempts": 3, "mode": "standard"},
    s3={"addressing_style": "path"},
    signature_version="s3v4",
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class MediaStorage(S3Storage):
    """Originals in a private bucket. Their address stays the back office's: it asks who may see them."""

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {"file_overwrite": False, "default_acl": None, "client_config": CONFIG}

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        return f"{settings.MEDIA_URL}{name}"


class Bucket:
    """``where`` as the settings give it: endpoint, keys, bucket, prefix."""

    def __init__(self, where: dict[str, str]) -> None:
        self._name, self._prefix = where["bucket_name"], where["location"]
        self._client = _client(where["endpoint_url"], where["access_key"], where["secret_key"])

    def put(self, name: str, body: bytes) -> None:
        self._client.put_object(Bucket=self._name, Key=self._key(name), Body=body)

    def get(self, name: str) -> bytes | None:
        try:
            return self._client.get_object(Bucket=self._name, Key=self._key(name))["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                return None
            raise

    def has(self, name: str) -> bool:
        try:
            self._client.head_object(Bucket=self._name, Key=self._key(name))
        except ClientError as error:
            if error.response["Error"]["Code"] == "404":
                return False
            raise
        return True

    def names(self) -> Iterator[str]:
        """Of everything that lies there now."""
        for page in self._pages("list_objects_v2"):
            yield from self._named(page.get("Contents", []))

    def names_of_all_versions(self) -> Iterator[str]:
        """And of what was deleted or written over and can be fetched back."""
        for page in self._pages("list_object_versions"):
            yield from self._named(page.get("Versions", []))

    def keeps_versions(self) -> bool:
        """Raises ``OSError`` when the bucket does not tell."""
        try:
            return bool(self._client.get_bucket_versioning(Bucket=self._name).get("Status") == "Enabled")
        except (BotoCoreError, ClientError) as error:
            raise OSError(str(error)) from error

    def _pages(self, operation: str) -> Iterator[dict[str, Any]]:
        prefix = self._key("")
        yield from self._client.get_paginator(operation).paginate(Bucket=self._name, Prefix=prefix)

    def _named(self, objects: list[dict[str, Any]]) -> Iterator[str]:
        prefix = self._key("")
        return (each["Key"].removeprefix(prefix) for each in objects)

    def __str__(self) -> str:
        return f"{self._name}/{self._prefix}".rstrip("/")

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name


@cache
def _client(endpoint: str, key: str, secret: str) -> BaseClient:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name="us-east-1",
        config=CONFIG,
    )
