"""What a browser calls itself, in a few words: ``Chrome 156 · Windows``. Only for people to recognise their own."""

import re


BROWSERS = (  # the first that fits: nearly all of them claim to be the ones below them, too
    ("微信", r"MicroMessenger/(\d+)"),
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* .*Safari"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("Windows", r"Windows NT"),
    ("macOS", r"Mac OS X"),
    ("Linux", r"Linux"),
)


def named(agent: str) -> str:
    """Empty where nothing is recognised."""
    browser = next((f"{name} {found[1]}" for name, sign in BROWSERS if (found := re.search(sign, agent))), "")
    system = next((name for name, sign in SYSTEMS if re.search(sign, agent)), "")
    return " · ".join(part for part in (browser, system) if part)
