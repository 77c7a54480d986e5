"""What every public answer carries, the same from nginx and from the built-in server."""

from django.conf import settings


# Public pages load nothing from elsewhere and have no inline style or script.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'self'; base-uri 'none'"
)
ALWAYS_FRESH = "no-cache"  # kept by the browser, but asked for again: a new page is seen at once
FOR_EVER = "public, max-age=31536000, immutable"
UNCHANGING = ("/a/", "/m/")  # their names contain the digest of their content


def security_headers() -> list[tuple[str, str]]:
    headers = [
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]
    if settings.PUBLIC_SCHEME == "https":
        headers.append(("strict-transport-security", "max-age=31536000"))
    return headers


def cache_control(path: str) -> str:
    return FOR_EVER if path.startswith(UNCHANGING) else ALWAYS_FRESH
