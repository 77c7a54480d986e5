"""The subjects of the sample city's pictures, each drawn with the strokes of ``brush``."""

from collections.abc import Callable

from jiyue.demo.brush import HEIGHT, WIDTH, Sheet


def bridge(s: Sheet) -> None:
    _hills(s, 400)
    s.skyline(404, 24, 90, s.light.middle, 0.6)
    s.water(400)
    deck, towers = 372, (360, 840)
    cables = ""
    for tower in towers:
        for n in range(1, 9):
            cables += f"M{tower} {150 + n * 8}L{tower - n * 29} {deck}M{tower} {150 + n * 8}L{tower + n * 29} {deck}"
    s.line(cables, "#fff", 2.5, ' opacity=".9"')
    s.rect(0, deck, WIDTH, 13, "#f5f7f9")
    s.rect(0, deck + 13, WIDTH, 6, "#aab9c7")
    for tower in towers:
        s.path(f"M{tower - 17} 480l12 -340h10l12 340h-11l-3 -90h-6l-3 90z", "#eef2f5")
        s.rect(tower - 24, 470, 48, 22, "#c9d4dd")
    for x in (90, 600, 1110):
        s.rect(x - 8, deck + 16, 16, 92, "#dfe6ec")


def river(s: Sheet) -> None:
    _hills(s, 380)
    s.ground(380, (s.light.leaf[1], s.light.near))
    s.path(
        f"M520 384C760 410 300 470 560 520S200 640 60 {HEIGHT}H1140C1180 600 760 590 900 520S690 410 640 384z",
        s.gradient("w", *s.light.water),
    )
    s.line(
        "M500 470c60 -10 120 8 190 0M430 560c90 -12 200 10 330 0M320 630c140 -14 300 12 520 0",
        "#fff",
        3,
        ' opacity=".5" stroke-linecap="round"',
    )
    s.trees(410, 7, 62, 20, 480)
    s.trees(412, 7, 62, 700, 1180)
    s.trees(600, 3, 120, -20, 240)
    s.trees(590, 3, 120, 990, 1220)


def field(s: Sheet) -> None:
    _furrows(s, ("#8fbf6a", "#6aa35a", "#a8cf78", "#7cb263"))


def harvest(s: Sheet) -> None:
    _furrows(s, ("#e8bd5a", "#d9a441", "#f0cd78", "#cf9636"))
    s.draw(
        '<g transform="translate(720 470)"><path d="M0 40h120v-44H78l-16 -34H18L8 -4H0z" fill="#b8352f"/><path d="M24 -32h32l12 28H18z" fill="#cfe4ee"/><circle cx="30" cy="42" r="22" fill="#2f3a44"/><circle cx="100" cy="46" r="16" fill="#2f3a44"/><circle cx="30" cy="42" r="9" fill="#c8d0d6"/><circle cx="100" cy="46" r="7" fill="#c8d0d6"/><path d="M120 20h34v26h-34z" fill="#8c2722"/></g>'
    )


def tea(s: Sheet) -> None:
    _hills(s, 330)
    for n in range(7):
        y = 330 + n * 54
        shade = ("#4f8f57", "#3f7d4e")[n % 2]
        bumps = "".join(f"q{22 + n * 3} {-24 - n * 4} {44 + n * 6} 0" for _ in range(30))
        s.path(f"M-40 {y}{bumps}V{HEIGHT}H-40z", shade)
    s.trees(352, 4, 66, 60, 420)


def village(s: Sheet) -> None:
    _hills(s, 400)
    s.ground(398, (s.light.leaf[1], s.light.near))
    s.trees(414, 11, 84)
    for n in range(6):
        x, y, w = 50 + n * 190 + s.random.randint(-20, 20), 470 + (n % 2) * 46, 150
        _gable(s, x, y, w, 88)
    s.path(f"M520 {HEIGHT}C560 600 640 570 600 520h44C700 580 650 610 720 {HEIGHT}z", "#efe6d2")
    s.trees(640, 4, 110, 0, 420)
    s.trees(640, 4, 110, 800, 1200)


def town(s: Sheet) -> None:
    s.skyline(430, 90, 220, s.light.far, 0.75)
    panes = s.windows("p", 30, 36, s.light.glass)
    for n in range(5):
        s.house(
            30 + n * 240, 520, 190, 190 + s.random.randint(-30, 60), panes, ("#f7efe4", "#eef2f5", "#f3e4d8")[n % 3], 14
        )
    s.rect(0, 516, WIDTH, HEIGHT, "#d9dcdd")
    s.rect(0, 575, WIDTH, HEIGHT, "#aeb6bd")
    s.line(f"M0 625H{WIDTH}", "#fff", 5, ' stroke-dasharray="60 40"')
    s.trees(560, 9, 96)
    for n in range(4):
        _bench(s, 130 + n * 300, 566)


def skyline(s: Sheet) -> None:
    s.ridge(420, 120, 5, s.light.far)
    s.skyline(450, 90, 250, s.light.middle, 0.7)
    panes, fine = s.windows("p", 22, 24, s.light.glass), s.windows("q", 12, 18, s.light.glass, 0.7)
    for n in range(9):
        w, h = s.random.randint(70, 120), s.random.randint(120, 330)
        s.house(20 + n * 134, 470, w, h, (panes, fine)[n % 2], ("#eef3f7", "#d3e0ea", "#f6f1ea", "#bfd3e2")[n % 4])
    x = s.random.choice((330, 610, 840))
    s.path(f"M{x} 470V150l30 -60 30 60v320z", "#e3edf4")
    s.rect(x + 8, 160, 44, 300, fine)
    s.water(468)
    s.trees(486, 16, 44)


def night(s: Sheet) -> None:
    s.skyline(440, 110, 300, "#1b2a55")
    panes, fine = s.windows("p", 20, 22, "#ffd98a", 0.45), s.windows("q", 12, 16, "#9fd3ff", 0.5)
    for n in range(8):
        w, h = s.random.randint(80, 130), s.random.randint(130, 310)
        s.house(10 + n * 150, 462, w, h, (panes, fine)[n % 2], ("#2a3b6c", "#233260")[n % 2], 10)
    s.water(460)
    lights = "".join(f"M{60 + n * 118} 470v{s.random.randint(60, 170)}" for n in range(10))
    s.line(lights, "#ffd98a", 14, ' opacity=".22" stroke-linecap="round"')
    s.line(f"M0 462H{WIDTH}", "#ffcf7a", 4)
    arches = "".join(f"M{n * 200} 470q100 -70 200 0" for n in range(6))
    s.line(arches, "#8fb6ff", 4, ' opacity=".7"')


def hall(s: Sheet) -> None:
    s.skyline(430, 60, 170, s.light.far, 0.8)
    s.rect(0, 520, WIDTH, HEIGHT, "#d5dade")
    panes = s.windows("p", 46, 90, s.light.glass, 0.72)
    s.house(170, 522, 860, 240, panes, "#f7f8f9", 20)
    s.path("M130 290h940l-60 -52H190z", s.light.roof)
    s.rect(150, 286, 900, 14, "#e8ecef")
    columns = "".join(f"M{400 + n * 78} 522V300h18v222z" for n in range(6))
    s.path(columns, "#fff")
    for n in range(4):
        s.rect(360 - n * 26, 522 + n * 14, 480 + n * 52, 14, ("#eceff1", "#dfe4e8")[n % 2])
    s.line("M600 238V120", "#8fa3b5", 5)
    s.path("M602 122c26 -10 40 12 70 2v44c-30 10 -44 -12 -70 -2z", "#c2252c")
    s.trees(560, 4, 110, 0, 190)
    s.trees(560, 4, 110, 1010, 1200)
    _people(s, 600, 7)


def school(s: Sheet) -> None:
    _hills(s, 420)
    s.ground(470, ("#9cc47c", "#78a862"))
    panes = s.windows("p", 52, 56, s.light.glass, 0.66)
    s.house(120, 480, 420, 210, panes, "#f6e7d7", 16)
    s.house(660, 480, 420, 210, panes, "#f6e7d7", 16)
    s.house(500, 480, 200, 280, panes, "#c8553d", 20)
    s.draw(
        '<circle cx="600" cy="238" r="24" fill="#fff"/><path d="M600 224v15h12" fill="none" stroke="#33475b" stroke-width="4"/>'
    )
    s.path(f"M60 {HEIGHT}C60 530 1140 530 1140 {HEIGHT}z", "#c96a4f")
    s.path(f"M210 {HEIGHT}C210 584 990 584 990 {HEIGHT}z", "#86b96c")
    s.line(f"M120 {HEIGHT}C120 552 1080 552 1080 {HEIGHT}M165 {HEIGHT}C165 568 1035 568 1035 {HEIGHT}", "#fff", 3)
    s.trees(500, 3, 100, 0, 130)
    s.trees(500, 3, 100, 1080, 1200)
    s.line("M380 480V250", "#8fa3b5", 4)
    s.path("M382 252h52v34h-52z", "#c2252c")


def hospital(s: Sheet) -> None:
    s.skyline(430, 70, 200, s.light.far, 0.8)
    panes = s.windows("p", 34, 34, s.light.glass, 0.6)
    s.house(240, 520, 300, 330, panes, "#f6fafb", 18)
    s.house(520, 520, 440, 210, panes, "#e9f3f5", 18)
    s.rect(340, 214, 100, 66, "#fff")
    s.path("M382 222h16v17h17v16h-17v17h-16v-17h-17v-16h17z", "#c2252c")
    s.rect(0, 518, WIDTH, HEIGHT, "#cfd6da")
    s.rect(560, 468, 200, 52, s.light.roof)
    s.draw(
        '<g transform="translate(800 540)"><path d="M0 0h120v58H0z" fill="#fff"/><path d="M120 14h34l20 24v20h-54z" fill="#fff"/><path d="M128 20h24l12 16h-36z" fill="#9cc3da"/><path d="M0 34h174v8H0z" fill="#c2252c"/><circle cx="34" cy="60" r="15" fill="#2f3a44"/><circle cx="138" cy="60" r="15" fill="#2f3a44"/><path d="M50 8h10v8h8v9h-8v8H50v-8h-8v-9h8z" fill="#c2252c"/></g>'
    )
    s.trees(556, 5, 96, 0, 240)
    s.trees(556, 3, 96, 980, 1200)


def factory(s: Sheet) -> None:
    _hills(s, 420)
    s.ground(470, ("#c3ccd0", "#9fabb2"))
    roof = "".join(f"M{140 + n * 130} 340l96 -62v62z" for n in range(6))
    s.path(roof, s.light.roof)
    panes = s.windows("p", 64, 70, s.light.glass, 0.7)
    s.house(140, 500, 780, 160, panes, "#eef1f3", 18)
    s.house(940, 500, 200, 240, s.windows("q", 30, 30, s.light.glass), "#dbe5ec", 16)
    for n, x in enumerate((60, 96)):
        s.path(f"M{x} 500l6 -{230 + n * 40}h16l6 {230 + n * 40}z", "#e7d9cf")
        s.rect(x + 5, 300 - n * 40, 19, 16, "#b8473c")
    s.rect(0, 560, WIDTH, 60, "#8a969e")
    s.line(f"M0 590H{WIDTH}", "#fff", 4, ' stroke-dasharray="50 36"')
    s.draw(
        '<g transform="translate(420 536)"><path d="M0 0h170v44H0z" fill="#2f6fb0"/><path d="M174 10h40l20 20v14h-60z" fill="#e9edf0"/><circle cx="36" cy="48" r="14" fill="#2f3a44"/><circle cx="130" cy="48" r="14" fill="#2f3a44"/><circle cx="206" cy="48" r="14" fill="#2f3a44"/></g>'
    )
    s.trees(660, 9, 80)


def reservoir(s: Sheet) -> None:
    s.peaks(380, 260, 5, s.light.far)
    s.ridge(390, 150, 6, s.light.middle)
    s.water(388)
    s.path(f"M0 430C300 470 900 470 {WIDTH} 430V{HEIGHT}H0z", "#dde3e6")
    s.path(f"M0 452C300 492 900 492 {WIDTH} 452V{HEIGHT}H0z", "#c3ccd2")
    gates = "".join(f"M{330 + n * 116} 500h70v110q-35 -22 -70 0z" for n in range(5))
    s.path(gates, "#8fa0ac")
    falls = "".join(f"M{336 + n * 116} 560h58l18 {HEIGHT - 560}h-94z" for n in range(5))
    s.path(falls, "#f6fbfd", ' opacity=".9"')
    s.conifers(470, 10, 90, s.light.leaf[0])
    s.rect(560, 392, 80, 60, "#f4f6f7")
    s.path("M550 394l50 -26 50 26z", s.light.roof)


def windfarm(s: Sheet) -> None:
    s.peaks(430, 230, 6, s.light.far)
    s.ridge(450, 130, 5, s.light.middle)
    for n in range(5):
        s.fan(140 + n * 230 + s.random.randint(-30, 30), 430 + s.random.randint(-20, 40), 170 + n % 3 * 60)
    s.ridge(540, 110, 4, s.light.near)
    s.fan(s.random.choice((300, 860)), 560, 380)
    s.ridge(640, 80, 3, s.light.leaf[0])
    s.conifers(664, 22, 60, "#2f5d45")


def solar(s: Sheet) -> None:
    _hills(s, 380)
    s.ground(380, (s.light.leaf[1], s.light.near))
    for row in range(5):
        y, size = 410 + row * 52, 0.6 + row * 0.2
        panels = "".join(
            f"M{n * 150 * size - 40:.0f} {y}h{118 * size:.0f}l{-26 * size:.0f} {44 * size:.0f}h{-118 * size:.0f}z"
            for n in range(int(1400 / (150 * size)))
        )
        s.path(panels, ("#2c5f9a", "#26558c")[row % 2])
        shine = "".join(
            f"M{n * 150 * size:.0f} {y}l{-26 * size:.0f} {44 * size:.0f}" for n in range(int(1400 / (150 * size)))
        )
        s.line(shine, "#bcd8f0", 2.5, ' opacity=".7"')
    s.fan(1010, 400, 170)
    s.fan(880, 396, 120)


def library(s: Sheet) -> None:
    s.rect(0, 0, WIDTH, HEIGHT, s.gradient("r", "#f6efe2", "#e3d3b8"))
    s.rect(430, 60, 340, 330, s.gradient("v", *s.light.sky))
    s.line("M600 60V390M430 220H770", "#fff", 10)
    for side in (30, 800):
        for shelf in range(4):
            y = 90 + shelf * 104
            s.rect(side, y + 82, 370, 10, "#8a6242")
            x = side + 6.0
            while x < side + 350:
                w, h = s.random.randint(13, 30), s.random.randint(56, 80)
                s.rect(
                    x,
                    y + 82 - h,
                    w,
                    h,
                    s.random.choice(("#b5483a", "#2f6f8f", "#d9a441", "#4b7f5b", "#6b5b8c", "#e8dcc4")),
                )
                x += w + 3
    s.rect(0, 540, WIDTH, HEIGHT, "#b98d62")
    s.path("M250 470h700l60 40H190z", "#d9b184")
    s.rect(240, 510, 20, 120, "#8a6242")
    s.rect(940, 510, 20, 120, "#8a6242")
    s.path("M520 470q40 -22 80 0q40 -22 80 0l-6 14q-36 -14 -74 2q-38 -16 -74 -2z", "#fff")
    _people(s, 600, 3)


def market(s: Sheet) -> None:
    s.skyline(400, 60, 180, s.light.far, 0.8)
    s.rect(0, 500, WIDTH, HEIGHT, "#d8d2c6")
    for n in range(4):
        x = 30 + n * 295
        s.rect(x + 10, 300, 8, 250, "#8a7a66")
        s.rect(x + 242, 300, 8, 250, "#8a7a66")
        colour = ("#c8473b", "#2f7f6b", "#d99a35", "#376fa8")[n]
        awning = "".join(f"M{x + k * 52} 300h52v40q-26 22 -52 0z" for k in range(5))
        s.path(awning, colour)
        s.path("".join(f"M{x + k * 104 + 52} 300h52v40q-26 22 -52 0z" for k in range(2)), "#fff", ' opacity=".85"')
        s.path(f"M{x} 300l22 -44h216l22 44z", colour)
        s.rect(x + 6, 480, 248, 78, "#a87f55")
        for k in range(9):
            s.draw(
                f'<circle cx="{x + 28 + k * 26}" cy="{474 - k % 2 * 14}" r="15" fill="{s.random.choice(("#d9442f", "#e8a33a", "#6da544", "#8e5aa0", "#f0d26a"))}"/>'
            )
    _people(s, 610, 8)


def road(s: Sheet) -> None:
    _hills(s, 390)
    s.ground(388, (s.light.leaf[1], s.light.leaf[0]))
    s.path(
        f"M590 388C640 430 380 450 520 520S360 620 260 {HEIGHT}H960C900 590 700 570 720 520S700 430 612 388z", "#7d8790"
    )
    s.line(f"M601 392C640 430 470 460 618 520S600 610 610 {HEIGHT}", "#fff", 6, ' stroke-dasharray="26 20"')
    s.trees(420, 8, 56, 0, 540)
    s.trees(420, 8, 56, 680, 1200)
    s.trees(600, 2, 150, 20, 240)
    s.trees(600, 2, 150, 1000, 1190)
    s.draw(
        '<g transform="translate(548 470)"><path d="M0 0h70v46H0z" fill="#e9b43c"/><path d="M6 6h58v18H6z" fill="#d8ebf5"/><path d="M0 30h70v5H0z" fill="#fff"/><circle cx="14" cy="47" r="8" fill="#2f3a44"/><circle cx="56" cy="47" r="8" fill="#2f3a44"/></g>'
    )


def forest(s: Sheet) -> None:
    s.peaks(360, 250, 4, s.light.far)
    s.ridge(400, 140, 6, s.light.middle, 0.8)
    s.conifers(450, 26, 90, "#6a9a84")
    s.conifers(530, 22, 130, "#43785e")
    s.conifers(620, 16, 190, "#2c5c45")
    s.conifers(720, 10, 260, "#1d4634")
    s.line("M300 300c16 -14 28 -14 40 0c12 -14 24 -14 40 0M420 250c12 -10 20 -10 30 0c9 -10 18 -10 30 0", "#33475b", 4)


def mountain(s: Sheet) -> None:
    s.peaks(430, 330, 4, s.light.far, "#fff")
    s.ridge(450, 190, 6, s.light.middle)
    for n in range(3):
        s.path(
            f"M-40 {430 + n * 40}c200 -50 360 20 560 -10s420 -30 720 10v40c-300 -30 -520 30 -720 10s-380 10 -560 -10z",
            "#fff",
            ' opacity=".55"',
        )
    s.ridge(590, 150, 5, s.light.near)
    s.conifers(650, 14, 150, s.light.leaf[0])
    s.path("M840 470l60 -34 60 34h-10v50H850v-50z", "#b5483a")
    s.path("M820 472q80 -50 160 0l-14 4H834z", "#5b3a30")


def snow(s: Sheet) -> None:
    s.peaks(400, 240, 5, "#b9cbd9", "#fff")
    s.ridge(430, 110, 5, "#dbe7ef")
    s.conifers(470, 18, 110, "#6f93a0", "#fff")
    s.rect(0, 468, WIDTH, HEIGHT, s.gradient("g", "#f4f9fc", "#d5e3ec"))
    s.path(f"M560 470C620 540 420 590 340 {HEIGHT}H900C840 590 690 540 620 470z", "#a7b7c2")
    s.conifers(640, 7, 230, "#4d7b84", "#fff")
    s.draw(
        '<g transform="translate(560 540)"><path d="M0 0h130v50H0z" fill="#e39a2d"/><path d="M130 14h36v36h-36z" fill="#d0862a"/><path d="M138 18h20v14h-20z" fill="#d8ebf5"/><path d="M166 10l28 44h-28z" fill="#52616d"/><circle cx="34" cy="54" r="15" fill="#2f3a44"/><circle cx="132" cy="54" r="15" fill="#2f3a44"/></g>'
    )
    flakes = "".join(f"M{s.random.randint(0, WIDTH)} {s.random.randint(0, HEIGHT)}h5v5h-5z" for _ in range(46))
    s.path(flakes, "#fff", ' opacity=".85"')


def lab(s: Sheet) -> None:
    s.rect(0, 0, WIDTH, HEIGHT, s.gradient("r", "#eaf3f8", "#cfe0ea"))
    for n in range(3):
        s.rect(70 + n * 380, 70, 300, 210, "#fff")
        s.rect(84 + n * 380, 84, 272, 182, ("#12498f", "#0f5a63", "#28446f")[n])
        points = " ".join(f"{100 + n * 380 + k * 40} {s.random.randint(120, 240)}" for k in range(7))
        s.line(f"M{points}", "#7fe0d0", 5, ' stroke-linejoin="round"')
    s.rect(0, 470, WIDTH, 26, "#fff")
    s.rect(0, 496, WIDTH, HEIGHT, "#b7c8d3")
    for n in range(6):
        x, colour = 120 + n * 190, ("#3d9bd9", "#57b894", "#e0a03a")[n % 3]
        s.path(f"M{x} 380h30v34l34 56h-98l34 -56z", "#fff", ' opacity=".9"')
        s.path(f"M{x - 16} 440h62l18 30h-98z", colour)
    s.draw(
        '<g transform="translate(860 320)" fill="#33475b"><path d="M20 130h110v18H20z"/><path d="M96 40c50 20 50 80 6 92l-6 -14c30 -10 28 -50 -8 -62z"/><path d="M60 0l26 -10 30 76 -26 10z"/></g>'
    )


def port(s: Sheet) -> None:
    _hills(s, 380)
    s.rect(0, 380, WIDTH, 70, "#c6cfd4")
    colours = ("#b8473c", "#2f6fb0", "#d99a35", "#3f8a6b", "#7b8794")
    for n in range(22):
        for level in range(s.random.randint(1, 3)):
            s.rect(20 + n * 54, 414 - level * 24, 50, 22, s.random.choice(colours))
    for x in (250, 760):
        s.line(
            f"M{x} 440V190M{x + 90} 440V190M{x - 120} 210H{x + 230}M{x} 190l45 -60 45 60M{x + 45} 130L{x - 120} 210M{x + 45} 130L{x + 230} 210M{x + 180} 212v90",
            "#c2553c",
            8,
        )
    s.water(446)
    s.path("M180 520h700l-50 70H240z", "#28456b")
    s.rect(230, 486, 90, 34, "#f4f6f7")
    for n in range(9):
        s.rect(340 + n * 56, 486 - n % 2 * 26, 52, 34 + n % 2 * 26, colours[n % 5])


def station(s: Sheet) -> None:
    s.skyline(420, 80, 220, s.light.far, 0.8)
    s.rect(0, 510, WIDTH, HEIGHT, "#c5ccd1")
    s.path("M60 300Q600 150 1140 300v36Q600 190 60 336z", s.light.roof)
    panes = s.windows("p", 60, 120, s.light.glass, 0.8)
    s.rect(150, 330, 900, 184, panes)
    for x in (140, 380, 600, 820, 1050):
        s.rect(x, 290, 14, 230, "#eef1f3")
    s.rect(0, 560, WIDTH, 70, "#8a969e")
    for n, x in enumerate((120, 520, 900)):
        s.draw(
            f'<g transform="translate({x} 524)"><path d="M8 0h196q14 0 14 14v50H0V8q0 -8 8 -8z" fill="{("#2f8f6b", "#2f6fb0", "#d9772f")[n]}"/><path d="M14 10h190v24H14z" fill="#d8ebf5"/><path d="M60 10v24M108 10v24M156 10v24" stroke="#fff" stroke-width="5"/><circle cx="44" cy="66" r="14" fill="#2f3a44"/><circle cx="172" cy="66" r="14" fill="#2f3a44"/></g>'
        )
    _people(s, 650, 6)


def temple(s: Sheet) -> None:
    _hills(s, 420)
    s.ground(480, ("#d6cbb4", "#b3a688"))
    for tier, (w, y) in enumerate(((620, 500), (420, 350))):
        x = 600 - w / 2
        s.rect(x + 50, y - 96, w - 100, 96, "#a8362c")
        s.path("".join(f"M{x + 60 + k * (w - 140) / 5:.0f} {y}v-96h16v96z" for k in range(6)), "#7d241d")
        s.path(
            f"M{x - 30:.0f} {y - 92}q60 -10 96 -60h{w - 132:.0f}q36 50 96 60q-50 12 -100 0H{x + 70:.0f}q-50 12 -100 0z",
            ("#3f5a52", "#47665c")[tier],
        )
    s.path("M470 200h260l-30 -22H500z", "#37504a")
    s.rect(250, 500, 700, 22, "#e6e0d2")
    s.rect(220, 522, 760, 22, "#d3cbb8")
    s.trees(520, 3, 150, 0, 230)
    s.trees(520, 3, 150, 980, 1200)
    _people(s, 630, 5)


def garden(s: Sheet) -> None:
    s.skyline(380, 60, 180, s.light.far, 0.7)
    s.ground(400, ("#a9d184", "#78b062"))
    s.trees(420, 14, 90)
    s.path(
        f"M700 410c-60 40 -180 30 -160 80s160 40 120 90 -160 60 -220 {HEIGHT - 580}h220c20 -60 200 -60 200 -130s-190 -40 -160 -90 80 -40 60 -80z",
        "#eadfc6",
    )
    s.path("M60 520c60 -50 300 -50 360 0s-60 90 -180 90 -240 -40 -180 -90z", s.gradient("w", *s.light.water))
    for colour in ("#e36b8b", "#f2b64a", "#d94f4f"):
        dots = "".join(
            f'<circle cx="{s.random.randint(760, 1180)}" cy="{s.random.randint(480, 650)}" r="{s.random.randint(7, 13)}"/>'
            for _ in range(14)
        )
        s.draw(f'<g fill="{colour}">{dots}</g>')
    _bench(s, 700, 560)
    _people(s, 590, 3)


def storm(s: Sheet) -> None:
    s.rect(0, 0, WIDTH, HEIGHT, s.gradient("r", "#5c6f82", "#8fa1ae", "#c3cdd2"))
    s.draw(
        '<g fill="#4d5f70" opacity=".8"><ellipse cx="250" cy="90" rx="330" ry="90"/><ellipse cx="760" cy="70" rx="420" ry="100"/><ellipse cx="1120" cy="120" rx="260" ry="70"/></g>'
    )
    s.ridge(420, 110, 5, "#71858f")
    s.water(420)
    s.path(f"M0 500C300 470 800 520 {WIDTH} 480V{HEIGHT}H0z", "#8d8a6b")
    s.path(f"M0 530C300 500 800 550 {WIDTH} 510V{HEIGHT}H0z", "#6f7a57")
    bags = "".join(
        f'<ellipse cx="{150 + n % 8 * 58 + n // 8 * 28}" cy="{540 - n // 8 * 22}" rx="32" ry="14"/>' for n in range(20)
    )
    s.draw(f'<g fill="#e0d6bd" stroke="#b8ac8d" stroke-width="2">{bags}</g>')
    _people(s, 560, 6, "#e07a2f")
    rain = "".join(f"M{s.random.randint(0, WIDTH)} {s.random.randint(0, 600)}l-10 34" for _ in range(60))
    s.line(rain, "#e8eff4", 2.5, ' opacity=".55"')


SCENES: dict[str, Callable[[Sheet], None]] = {
    draw.__name__: draw
    for draw in (
        bridge, river, field, harvest, tea, village, town, skyline, night, hall, school, hospital, factory, reservoir,
        windfarm, solar, library, market, road, forest, mountain, snow, lab, port, station, temple, garden, storm,
    )
}  # fmt: skip


def _hills(s: Sheet, base: float) -> None:
    s.peaks(base, 210, 5, s.light.far)
    s.ridge(base + 4, 120, 6, s.light.middle)


def _furrows(s: Sheet, colours: tuple[str, ...]) -> None:
    _hills(s, 360)
    s.ground(358, (colours[0], colours[1]))
    for n in range(7):
        y = 372 + n * n * 6.4 + n * 8
        lift = s.random.randint(16, 44)
        s.path(
            f"M0 {y + lift:.0f}C300 {y - lift:.0f} 700 {y + lift:.0f} {WIDTH} {y - lift / 2:.0f}V{HEIGHT}H0z",
            colours[n % len(colours)],
        )
    rows = "".join(f"M{600 + n * 46} 420Q{600 + n * 92} 540 {600 + n * 190} {HEIGHT}" for n in range(-7, 8))
    s.line(rows, "#fff", 3, ' opacity=".22"')
    for _ in range(3):
        _gable(s, s.random.randint(60, 1050), 384, 74, 40)
    s.trees(392, 10, 54)


def _gable(s: Sheet, x: float, y: float, w: float, h: float) -> None:
    s.rect(x, y - h, w, h, "#fbf8f2")
    s.path(
        f"M{x - 10:.0f} {y - h:.0f}l{w * 0.16:.0f} {-h * 0.5:.0f}h{w * 0.68 + 20:.0f}l{w * 0.16:.0f} {h * 0.5:.0f}z",
        "#56646e",
    )
    s.rect(x + w * 0.42, y - h * 0.56, w * 0.16, h * 0.56, "#8a6242")
    s.rect(x + w * 0.12, y - h * 0.62, w * 0.18, h * 0.26, s.light.glass)
    s.rect(x + w * 0.7, y - h * 0.62, w * 0.18, h * 0.26, s.light.glass)


def _bench(s: Sheet, x: float, y: float) -> None:
    s.path(f"M{x} {y}h70v8h-8v14h-6v-14h-42v14h-6v-14h-8zM{x} {y - 18}h70v8h-70z", "#8a6242")


def _people(s: Sheet, y: float, count: int, coat: str = "") -> None:
    """Passers-by, too far away to have faces."""
    for n in range(count):
        x = 1100 * (n + s.random.uniform(0.2, 0.8)) / count + 50
        colour = coat or s.random.choice(("#34506b", "#8c3b3b", "#4d6b4f", "#7a6a8c", "#c08a3e"))
        s.draw(
            f'<g transform="translate({x:.0f} {y + s.random.randint(-8, 8)})" fill="{colour}"><path d="M-9 -34q9 -8 18 0l4 34h-8l-1 26h-8l-1 -26h-8z"/><circle cy="-46" r="8" fill="#d9b08c"/></g>'
        )
