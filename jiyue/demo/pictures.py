"""Pictures of the sample city, drawn as SVG by their key: ``bridge-jtj-2``, ``portrait-portal-1``, ``banner-jyj-school``."""

from random import Random

from jiyue.demo.brush import HEIGHT, NIGHT, WIDTH, Sheet
from jiyue.demo.scenes import SCENES


INDOORS = {"library", "lab", "storm"}
BACKDROPS = ("#dbe6f0", "#e6e0d6", "#dfe9e3", "#e4dfe9", "#d9e4e4", "#ece3d8")
SUITS = ("#23395b", "#2f3b45", "#3a2f4a", "#274a48", "#4a3434")


def draw(key: str) -> str:
    """The picture of this key, always the same. Unknown keys are a bug."""
    name, *_rest = key.split("-")
    if name == "portrait":
        return portrait(key)
    return banner(key) if name == "banner" else scene(name, key)


def scene(name: str, seed: str) -> str:
    sheet = Sheet(seed, NIGHT if name == "night" else None)
    if name not in INDOORS:
        sheet.sky()
    SCENES[name](sheet)
    return sheet.svg()


def portrait(seed: str) -> str:
    """A neutral figure: the city's people do not exist, so nobody's face is shown."""
    random = Random(seed)
    back, suit = random.choice(BACKDROPS), random.choice(SUITS)
    tie = random.choice(("#8c1117", "#12498f", "#5b6675", "#1d5c37"))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800" width="600" height="800">'
        f'<defs><linearGradient id="b" x1="0" y1="0" x2="0" y2="1"><stop stop-color="#fff"/><stop offset="1" stop-color="{back}"/></linearGradient></defs>'
        '<path d="M0 0h600v800H0z" fill="url(#b)"/>'
        f'<path d="M70 800c0 -190 90 -250 180 -270h100c90 20 180 80 180 270z" fill="{suit}"/>'
        f'<path d="M250 530l50 70 50 -70 -14 -40h-72z" fill="#f4f6f8"/><path d="M300 600l-16 -22 16 -18 16 18zM286 600h28l16 150 -30 30 -30 -30z" fill="{tie}"/>'
        f'<path d="M250 530l50 72 -64 96 -40 -130zM350 530l-50 72 64 96 40 -130z" fill="{suit}"/><path d="M250 530l50 72 -64 96M350 530l-50 72 64 96" fill="none" stroke="#fff" stroke-opacity=".25" stroke-width="3"/>'
        '<path d="M258 430h84v80q-42 46 -84 0z" fill="#c9ad97"/>'
        '<path d="M190 300q0 -130 110 -130t110 130q0 170 -110 190q-110 -20 -110 -190z" fill="#dcc3ae"/>'
        '<path d="M184 320q-16 -180 116 -186t116 186q-14 -70 -40 -86q-76 20 -152 0q-26 16 -40 86z" fill="#3b3f46"/></svg>'
    )


def banner(seed: str) -> str:
    """A topic's banner: a scene, wide and low, under a veil on the left where the title will stand."""
    name = seed.rsplit("-", 1)[-1]
    inner = scene(name, seed).replace(
        f'width="{WIDTH}" height="{HEIGHT}"', 'x="0" y="-220" width="1600" height="900"', 1
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 400" width="1600" height="400">'
        '<defs><linearGradient id="veil"><stop stop-color="#0d3a7a" stop-opacity=".82"/><stop offset=".7" stop-color="#0d3a7a" stop-opacity="0"/></linearGradient></defs>'
        f'{inner}<path d="M0 0h1600v400H0z" fill="url(#veil)"/></svg>'
    )


def mark() -> str:
    """The city's mark: hills, the river, the sun."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64"><circle cx="32" cy="32" r="31" fill="#a8171e"/>'
        '<circle cx="32" cy="32" r="27.500" fill="none" stroke="#e8c98a" stroke-width="1.200"/><circle cx="42" cy="20" r="4.500" fill="#f6e3b8"/>'
        '<path d="M11 38c5 -9 9 -14 13 -14 4 0 5 5 9 5 4 0 6 -4 9 -4 4 0 8 6 11 13" fill="none" stroke="#f6e3b8" stroke-width="2.800" stroke-linecap="round"/>'
        '<path d="M12 44c7 4 13 -3 20 0s13 4 20 0M16 50c6 3 11 -2 16 0s10 3 16 0" fill="none" stroke="#f6e3b8" stroke-width="2.200" stroke-linecap="round"/></svg>'
    )
