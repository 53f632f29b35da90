"""Bars and lines as SVG, for the programs that cannot draw themselves."""

from html import escape

FONT = "font-family='Noto Sans' font-size='8'"
INK, GREY, RED = "#1f4e79", "#c8ccd0", "#c0392b"


def bars(chart: dict) -> tuple[str, int, int]:
    """The SVG, its width and its height."""
    left, width, step = 130, 480, 13
    height = step * len(chart["bars"]) + 4
    parts = []
    for row, bar in enumerate(chart["bars"]):
        y, length = row * step + 2, 3 * max(0, min(100, bar["value"]))
        parts.append(f"<text x='{left - 4}' y='{y + 8}' text-anchor='end' {FONT}>{escape(bar['label'])}</text>")
        parts.append(f"<rect x='{left}' y='{y}' width='300' height='9' fill='#eef0f2'/>")
        parts.append(f"<rect x='{left}' y='{y}' width='{length:.1f}' height='9' fill='{INK}'/>")
        if bar["target"]:
            x = left + 3 * bar["target"]
            parts.append(f"<path d='M{x:.1f} {y - 1}v11' stroke='{RED}' stroke-width='1.5'/>")
        parts.append(f"<text x='{left + 306}' y='{y + 8}' {FONT}>{bar['text']}</text>")
    return frame(parts, width, height), width, height


def line(chart: dict, periods: list[str]) -> tuple[str, int, int]:
    """The SVG of one line, its width and its height."""
    width, height = 230, 62
    places = [(20 + 85 * n, 46 - 0.34 * point, point) for n, point in enumerate(chart["points"]) if point is not None]
    parts = [f"<path d='M14 46h182' stroke='{GREY}'/>"]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
    parts.append(f"<polyline points='{path}' fill='none' stroke='{INK}' stroke-width='1.5'/>")
    for x, y, point in places:
        parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='2' fill='{INK}'/>")
        parts.append(f"<text x='{x + 4:.1f}' y='{y - 3:.1f}' {FONT}>{point:.1f}</text>")
    parts += [f"<text x='{14 + 85 * n}' y='58' {FONT}>{period}</text>" for n, period in enumerate(periods)]
    return frame(parts, width, height), width, height


def frame(parts: list[str], width: int, height: int) -> str:
    return f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}'>{''.join(parts)}</svg>"
