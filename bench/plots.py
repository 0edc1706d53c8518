#!/usr/bin/env python3
"""Draws the curves that `heddle_measure --growth --json FILE` has written: one SVG each.

usage: plots.py FILE FOLDER
"""
import json
import math
import os
import sys

WIDTH, HEIGHT = 460, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 28, 34, 44
INK, FAINT, LINE = "#57606a", "#d0d7de", "#0969da"


def short(value):
    """1000 -> 1k, 0.5 -> 0.5."""
    for factor, suffix in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= factor:
            return f"{value / factor:.3g}{suffix}"
    return f"{value:g}"


def nice_step(span, count):
    """A step of 1, 2 or 5 times a power of ten, so that about `count` of them make the span."""
    rough = max(span, 1e-9) / count
    power = 10 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough)


def ticks_up_to(top):
    step = nice_step(top, 4)
    return [step * i for i in range(math.ceil(top / step) + 1)]


def text(x, y, words, anchor="middle", size=11, extra=""):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
            f'fill="{INK}"{extra}>{words}</text>')


def svg(curve):
    points = curve["points"]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    y_ticks = ticks_up_to(max(ys))

    def at_x(x):
        low, high = min(xs), max(xs)
        if high > 32 * low:
            low, high, x = math.log(low), math.log(high), math.log(x)
        return LEFT + (WIDTH - LEFT - RIGHT) * (x - low) / (high - low)

    def at_y(y):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y / y_ticks[-1]

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif">',
           f'<title>{curve["title"]}: {curve["y"]} by {curve["x"]}</title>',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           text(LEFT, 20, curve["title"], "start", 13)]
    for tick in y_ticks:
        y = at_y(tick)
        out.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" '
                   f'stroke="{FAINT}"/>')
        out.append(text(LEFT - 6, y + 4, short(tick), "end"))
    for x in xs:
        out.append(text(at_x(x), HEIGHT - BOTTOM + 16, short(x)))
    out.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, curve["x"]))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    out.append(text(16, middle, curve["y"], extra=f' transform="rotate(-90 16 {middle:.1f})"'))
    path = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in points)
    out.append(f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    for x, y in points:
        out.append(f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="3.5" fill="{LINE}">'
                   f'<title>{short(x)}: {y:.1f}</title></circle>')
    return "\n".join([*out, "</svg>", ""])


def main():
    if len(sys.argv) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:
        curves = json.load(file).get("growth")
    if not curves:
        print(f"plots.py: {sys.argv[1]} has no curves; write it with --growth", file=sys.stderr)
        return 2
    os.makedirs(sys.argv[2], exist_ok=True)
    for curve in curves:
        with open(os.path.join(sys.argv[2], curve["name"] + ".svg"), "w", encoding="utf-8") as file:
            file.write(svg(curve))
    return 0


if __name__ == "__main__":
    sys.exit(main())
