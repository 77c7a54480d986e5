"""外观: a website's look is at most eight colours over the common design; text on them must stay readable."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from jiyue.websites.formats import colour


# token → the colour its text has; contrast is checked against it (WCAG 2.2, 1.4.3: 4.5 to 1)
TOKENS = {
    "primary": "#ffffff",
    "primary-hover": "#ffffff",
    "accent": "#ffffff",
    "accent-soft": "#a8171e",
    "nav": "#ffffff",
    "nav-active": "#ffffff",
    "footer": "#e6edf7",
}
MINIMUM_CONTRAST = 4.5

SKINS: dict[str, dict[str, str]] = {
    "蓝": {},
    "青": {
        "primary": "#0f5a63",
        "primary-hover": "#0b4850",
        "nav": "#0b4a52",
        "nav-active": "#083a40",
        "footer": "#07333a",
    },
    "绿": {
        "primary": "#1d5c37",
        "primary-hover": "#17492c",
        "nav": "#1a4d2f",
        "nav-active": "#133c24",
        "footer": "#10331f",
    },
    "绛": {
        "primary": "#7a1f2b",
        "primary-hover": "#641823",
        "nav": "#6b1a25",
        "nav-active": "#54141d",
        "footer": "#48111a",
    },
    "墨": {
        "primary": "#2f3e55",
        "primary-hover": "#243146",
        "nav": "#28364b",
        "nav-active": "#1d2839",
        "footer": "#182231",
    },
}


def check_skin(skin: Mapping[str, str]) -> None:
    """Raises ``ValidationError`` naming the token that is unknown, malformed or too pale for its text."""
    for token, value in skin.items():
        if token not in TOKENS:
            raise ValidationError(_("外观没有“%s”这一项。") % token)
        colour(value)
        ratio = contrast(value, TOKENS[token])
        if ratio < MINIMUM_CONTRAST:
            raise ValidationError(
                _("“%(token)s”与文字的对比度为 %(ratio).1f，低于 4.5。") % {"token": token, "ratio": ratio}
            )


def contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(value: str) -> float:
    channels = (int(value[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
