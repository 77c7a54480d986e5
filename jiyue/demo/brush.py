"""Strokes the sample city's pictures are made of: light, skies, ridges, water, trees, houses. Everything is SVG text
on a sheet of 1200 × 675, and the same seed always gives the same stroke."""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin
from random import Random


WIDTH, HEIGHT = 1200, 675


@dataclass(frozen=True, slots=True)
class Light:
    """The colours of one hour: sky from top to horizon, sun, distance, land, water, walls, windows."""

    sky: tuple[str, str, str]
    sun: str
    far: str
    middle: str
    near: str
    water: tuple[str, str]
    wall: str
    roof: str
    glass: str
    leaf: tuple[str, str]
    night: bool = False


LIGHTS = (
    Light(("#5e9bd6", "#a9d0ee", "#eef6fb"), "#fff6dc", "#a9c3da", "#7da3bb", "#5a8a74", ("#9cc8e2", "#33709c"), "#f3f5f7", "#b9c8d6", "#7fa6c4", ("#4c8a63", "#6faa74")),
    Light(("#7c93c4", "#f3c9a4", "#fbe9d0"), "#ffe9b8", "#b7aec6", "#8b88a8", "#5f7669", ("#d9b9a4", "#546e92"), "#f8eee2", "#c79b7d", "#a98d92", ("#5c7f55", "#8aa063")),
    Light(("#8fb7cf", "#cfe3e6", "#f6f3e6"), "#fffbe9", "#b4cbd0", "#86aaa9", "#5d8f6b", ("#b9dad9", "#3f8290"), "#fbfaf5", "#c8b79c", "#8fb3b8", ("#5b9a5b", "#92bf68")),
    Light(("#3f6fa8", "#86b3da", "#dcebf5"), "#ffffff", "#8fb0cd", "#638bb0", "#3f6f63", ("#7fb2d4", "#1f5582"), "#eef3f8", "#93a9bf", "#5d8db5", ("#3b7a58", "#5f9f6c")),
    Light(("#e6a06a", "#f6cf9c", "#fdf0d6"), "#fff4cf", "#cfa894", "#a27f78", "#6f6a4d", ("#eec9a0", "#8a6a6a"), "#fdf3e4", "#b9785a", "#c99a72", ("#7f8a47", "#b3a24f")),
)  # fmt: skip
NIGHT = Light(
    ("#0d1b3d", "#22386b", "#4b5f92"),
    "#f5efd2",
    "#33477a",
    "#263763",
    "#18264a",
    ("#2d4579", "#101c3d"),
    "#31426f",
    "#22305a",
    "#ffd98a",
    ("#1c3a3c", "#25494a"),
    night=True,
)


class Sheet:
    """One picture being drawn, back to front."""

    def __init__(self, seed: str, light: Light | None = None) -> None:
        self.random = Random(seed)
        self.light = light or self.random.choice(LIGHTS)
        self.marks: list[str] = []
        self.defs: list[str] = []

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'preserveAspectRatio="xMidYMid slice"><defs>{"".join(self.defs)}</defs>{"".join(self.marks)}</svg>'
        )

    def draw(self, mark: str) -> None:
        self.marks.append(mark)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, more: str = "") -> None:
        self.draw(f'<path d="M{x:.0f} {y:.0f}h{w:.0f}v{h:.0f}h{-w:.0f}z" fill="{fill}"{more}/>')

    def path(self, d: str, fill: str, more: str = "") -> None:
        self.draw(f'<path d="{d}" fill="{fill}"{more}/>')

    def line(self, d: str, stroke: str, width: float, more: str = "") -> None:
        self.draw(f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width:g}"{more}/>')

    def gradient(self, name: str, *colours: str) -> str:
        stops = "".join(
            f'<stop offset="{n / (len(colours) - 1):.2f}" stop-color="{c}"/>' for n, c in enumerate(colours)
        )
        self.defs.append(f'<linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>')
        return f"url(#{name})"

    def sky(self) -> None:
        self.rect(0, 0, WIDTH, HEIGHT, self.gradient("s", *self.light.sky))
        x, y = self.random.randint(180, 1020), self.random.randint(90, 190)
        radius = 34 if self.light.night else 46
        self.draw(
            f'<circle cx="{x}" cy="{y}" r="{radius * 2.4:.0f}" fill="{self.light.sun}" opacity=".25"/><circle cx="{x}" cy="{y}" r="{radius}" fill="{self.light.sun}"/>'
        )
        if self.light.night:
            self.stars()
        else:
            self.clouds(self.random.randint(2, 4))

    def stars(self) -> None:
        dots = "".join(f"M{self.random.randint(0, WIDTH)} {self.random.randint(10, 260)}h2v2h-2z" for _ in range(26))
        self.path(dots, "#fff", ' opacity=".7"')

    def clouds(self, count: int) -> None:
        for _ in range(count):
            x, y, s = self.random.randint(-60, 1080), self.random.randint(40, 210), self.random.uniform(0.7, 1.5)
            self.draw(
                f'<g transform="translate({x} {y}) scale({s:.2f})" fill="#fff" opacity=".62"><path d="M8 46c-14 0-14-20 2-20 2-20 30-26 40-8 14-10 34 0 30 16 16-2 22 12 8 12z"/></g>'
            )

    def ridge(self, base: float, height: float, steps: int, fill: str, opacity: float = 1) -> None:
        """A chain of hills from edge to edge, standing on ``base``."""
        span = WIDTH / steps
        points = [(n * span, base - height * (0.35 + 0.65 * self.random.random())) for n in range(-1, steps + 2)]
        d = f"M{-span:.0f} {HEIGHT}V{points[0][1]:.0f}"
        for (x0, y0), (x1, y1) in pairwise(points):
            d += f"C{x0 + span * 0.45:.0f} {y0:.0f} {x1 - span * 0.45:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"
        self.path(f"{d}V{HEIGHT}z", fill, f' opacity="{opacity:g}"' if opacity < 1 else "")

    def peaks(self, base: float, height: float, steps: int, fill: str, snow: str = "") -> None:
        span = WIDTH / steps
        for n in range(-1, steps + 1):
            h = height * self.random.uniform(0.55, 1)
            x, w = n * span + self.random.uniform(-20, 20), span * self.random.uniform(1.0, 1.35)
            self.path(
                f"M{x - w * 0.2:.0f} {base:.0f}L{x + w / 2:.0f} {base - h:.0f} {x + w * 1.2:.0f} {base:.0f}z", fill
            )
            if snow:
                self.path(
                    f"M{x + w / 2:.0f} {base - h:.0f}l{-w * 0.14:.0f} {h * 0.2:.0f} {w * 0.1:.0f} {-h * 0.05:.0f} {w * 0.06:.0f} {h * 0.09:.0f} {w * 0.08:.0f} {-h * 0.07:.0f} {w * 0.04:.0f} {h * 0.03:.0f}z",
                    snow,
                )

    def water(self, top: float) -> None:
        self.rect(0, top, WIDTH, HEIGHT - top, self.gradient("w", *self.light.water))
        waves = ""
        for n in range(9):
            y = top + 12 + (HEIGHT - top) * (n / 9) ** 1.25
            x = self.random.randint(0, 500)
            waves += f"M{x} {y:.0f}c{60 + n * 9} {-5 - n} {120 + n * 18} {5 + n} {190 + n * 30} 0M{x + 430 + n * 10} {y + 4:.0f}c50 -6 90 6 {160 + n * 12} 0"
        self.line(waves, "#fff", 3, ' stroke-linecap="round" opacity=".38"')

    def ground(self, top: float, colours: tuple[str, str]) -> None:
        self.rect(0, top, WIDTH, HEIGHT - top, self.gradient("g", *colours))

    def tree(self, x: float, y: float, size: float) -> None:
        if not any('id="t"' in part for part in self.defs):
            dark, bright = self.light.leaf
            self.defs.append(
                f'<g id="t"><path d="M-5 -40h10v42h-10z" fill="#6d5a48"/><path d="M0 -106a36 36 0 0 1 34 30a28 28 0 0 1 -8 54h-52a27 27 0 0 1 -8 -54a36 36 0 0 1 34 -30z" fill="{dark}"/><circle cx="8" cy="-78" r="22" fill="{bright}"/></g>'
            )
        self.draw(f'<use href="#t" transform="translate({x:.0f} {y:.0f}) scale({size / 100:.2f})"/>')

    def conifers(self, y: float, count: int, size: float, fill: str, snow: str = "") -> None:
        """A row of firs from edge to edge as one stroke."""
        d = caps = ""
        for n in range(count):
            x = WIDTH * (n + self.random.uniform(0.1, 0.9)) / count
            h = size * self.random.uniform(0.75, 1.2)
            w, foot = h * 0.2, y + self.random.uniform(0, size * 0.2)
            d += f"M{x:.0f} {foot - h:.0f}l{w:.0f} {h * 0.5:.0f}h{-w * 0.4:.0f}l{w * 0.8:.0f} {h * 0.5:.0f}h{-w * 2.8:.0f}l{w * 0.8:.0f} {-h * 0.5:.0f}h{-w * 0.4:.0f}z"
            caps += (
                f"M{x:.0f} {foot - h:.0f}l{w * 0.6:.0f} {h * 0.3:.0f} {-w * 0.6:.0f} {-h * 0.06:.0f} {-w * 0.6:.0f} {h * 0.06:.0f}z"
                if snow
                else ""
            )
        self.path(d, fill)
        if snow:
            self.path(caps, snow)

    def trees(self, y: float, count: int, size: float, left: float = 0, right: float = WIDTH) -> None:
        for n in range(count):
            x = left + (right - left) * (n + self.random.uniform(0.2, 0.8)) / count
            self.tree(x, y + self.random.uniform(-4, 6), size * self.random.uniform(0.8, 1.2))

    def windows(self, name: str, w: int, h: int, fill: str, share: float = 0.56) -> str:
        self.defs.append(
            f'<pattern id="{name}" width="{w}" height="{h}" patternUnits="userSpaceOnUse"><path d="M{w * (1 - share) / 2:.1f} {h * 0.25:.1f}h{w * share:.1f}v{h * 0.5:.1f}h{-w * share:.1f}z" fill="{fill}"/></pattern>'
        )
        return f"url(#{name})"

    def house(self, x: float, y: float, w: float, h: float, panes: str, wall: str = "", inset: float = 8) -> None:
        """A flat-roofed building whose foot stands at ``y``."""
        self.rect(x, y - h, w, h, wall or self.light.wall)
        self.rect(x + w * 0.82, y - h, w * 0.18, h, "#1d2f45", ' opacity=".1"')
        self.rect(x + inset, y - h + inset, w - inset * 2, h - inset * 2, panes)

    def skyline(self, y: float, low: float, high: float, fill: str, opacity: float = 1) -> None:
        d, x = f"M0 {y:.0f}", 0.0
        while x < WIDTH:
            w, h = self.random.uniform(34, 86), self.random.uniform(low, high)
            roof = "l8 -14 8 14" if self.random.random() < 0.2 else ""
            d += f"V{y - h:.0f}h{w / 2 - 8:.0f}{roof or 'h16'}h{w / 2 - 8:.0f}V{y - low * 0.4:.0f}h{self.random.uniform(4, 26):.0f}"
            x += w + 18
        self.path(f"{d}H{WIDTH}V{y:.0f}z", fill, f' opacity="{opacity:g}"')

    def fan(self, x: float, y: float, size: float) -> None:
        """A wind turbine whose foot stands at ``y``."""
        turn = self.random.uniform(0, 2 * pi / 3)
        self.path(
            f"M{x - size * 0.02:.1f} {y:.0f}l{size * 0.012:.1f} {-size:.0f}h{size * 0.016:.1f}l{size * 0.012:.1f} {size:.0f}z",
            "#f4f7f9",
        )
        for n in range(3):
            a = turn + n * 2 * pi / 3
            tip = (x + cos(a) * size * 0.5, y - size + sin(a) * size * 0.5)
            side = (cos(a + 0.25) * size * 0.09, sin(a + 0.25) * size * 0.09)
            self.path(f"M{x:.1f} {y - size:.1f}l{side[0]:.1f} {side[1]:.1f}L{tip[0]:.1f} {tip[1]:.1f}z", "#fff")
        self.draw(f'<circle cx="{x:.1f}" cy="{y - size:.1f}" r="{size * 0.025:.1f}" fill="#dde5ea"/>')
