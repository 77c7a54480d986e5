"""What every public answer carries, the same from nginx and from the built-in server."""

from django.conf import settings


# Public pages load nothing from elsewhere and have no inline style or script.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'self'; base-uri 'none'"
)
ALWAYS_FRESH = "no-cache"  # kept by the browser, but asked for again: a new page is seen at once
NEVER_KEPT = "no-store"
FOR_EVER = "public, max-age=31536000, immutable"
UPLOADED = "/m/"
UPLOADED_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
SHOWN = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".mp4", ".mp3")
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


def headers_of(path: str) -> list[tuple[str, str]]:
    """The same for one address. What was uploaded is shown, not run: it may load nothing and ask for nothing, and what is
    not a picture is handed over as a file."""
    headers = security_headers()
    if not path.startswith(UPLOADED):
        return headers
    headers = [(name, UPLOADED_POLICY if name == "content-security-policy" else value) for name, value in headers]
    return headers if path.lower().endswith(SHOWN) else [*headers, ("content-disposition", "attachment")]


def cache_control(path: str) -> str:
    return FOR_EVER if path.startswith(UNCHANGING) else ALWAYS_FRESH
