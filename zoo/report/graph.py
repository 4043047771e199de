"""The network drawn as SVG: a box a layer from top to bottom, and a line for everything that flows."""

from __future__ import annotations

from html import escape
from pathlib import Path

from zoo.complexity.deriving.result import Report
from zoo.complexity.views.folding import fold
from zoo.complexity.views.graph import Graph, Node, trace_graph
from zoo.errors import UserError
from zoo.files import write_text

READABLE = 48
"""A drawing with more boxes than this is drawn at a smaller depth, if there is one."""

COLORS = (
    "Blue: layers with connections; violet: normalization; green: activations; brown: pooling and upsampling; "
    "without color: where branches meet."
)
"""What the colors of the boxes say."""

_WIDTH, _HEIGHT, _PITCH = 420, 24, 38  # of a box, and from one box to the next, in pixels
_LEFT, _TOP, _LANE = 12, 12, 14

_STYLE = """
svg { color-scheme: light dark; background: #fff; font: 12px ui-monospace, monospace; }
text { fill: #1c1e21; } .faint { fill: #667; } rect { stroke: #8a939c; fill: #f3f4f6; }
path { fill: none; stroke: #5a6570; stroke-width: 1.3; } marker path { fill: #5a6570; stroke: none; }
.connected { fill: #cfe0f2; } .normalization { fill: #e7dff3; } .activation { fill: #d8eedd; }
.resampling { fill: #f6e6cf; } .join { fill: #fff; }
@media (prefers-color-scheme: dark) {
svg { background: #17191c; } text { fill: #e6e6e6; } .faint { fill: #9aa; } rect { stroke: #6b747d; fill: #24282c; }
path { stroke: #9aa4ae; } marker path { fill: #9aa4ae; }
.connected { fill: #1f3a57; } .normalization { fill: #3a2f52; } .activation { fill: #1f4230; }
.resampling { fill: #4a3a1d; } .join { fill: #17191c; } }
"""


def draw_graph(graph: Graph) -> str:
    """The graph as the text of an SVG file; its colors follow the reader's choice of light or dark."""
    places = {name: number for number, name in enumerate(graph.nodes)}
    far = sorted(
        ((places[a], places[b]) for a, b in graph.edges if places[b] != places[a] + 1),
        key=lambda edge: (abs(edge[1] - edge[0]), edge),
    )
    lanes = _lanes(far)
    width = _LEFT + _WIDTH + _LANE * (2 + max(lanes.values(), default=-1)) + 12
    height = 2 * _TOP + _PITCH * (len(places) - 1) + _HEIGHT
    near = [places[a] for a, b in graph.edges if places[b] == places[a] + 1]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}">',
            f"<style>{_STYLE}</style>",
            '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker></defs>',
            *(_arrow(place) for place in near),
            *(_arc(start, end, lane) for (start, end), lane in lanes.items()),
            *(_box(node, place) for place, node in enumerate(graph.nodes.values())),
            "</svg>",
            "",
        ]
    )


def save_graph(report: Report, path: Path, depth: int | None = None) -> None:
    """Write the drawing to a file.

    Args:
        report: the network, a row a layer.
        path: the file.
        depth: the depth to draw; the largest at which the drawing is readable if None.

    Raises:
        UserError: if the file's name does not end in ``.svg``, or it cannot be written.
    """
    if path.suffix.lower() != ".svg":
        raise UserError(f"--graph {path}: the name must end in .svg.")
    drawn = draw_graph(_readable(report) if depth is None else trace_graph(fold(report, depth), depth))
    try:
        write_text(path, drawn)
    except OSError as error:
        raise UserError(f"--graph {path}: {error.strerror or error}.") from None


def _readable(report: Report) -> Graph:
    """The graph at the largest depth at which it has few enough boxes."""
    graph = trace_graph(report)
    for depth in range(max((row.layer.count(".") for row in report.rows), default=0), 0, -1):
        if len(graph.nodes) <= READABLE:
            break
        graph = trace_graph(fold(report, depth), depth)
    return graph


def _lanes(edges: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """For every edge that passes boxes by, how far to the right it runs: as near as no other edge is in the way."""
    lanes: dict[tuple[int, int], int] = {}
    for edge in edges:
        low, high = sorted(edge)
        taken = {lane for other, lane in lanes.items() if min(other) < high and low < max(other)}
        lanes[edge] = next(lane for lane in range(len(edges)) if lane not in taken)
    return lanes


def _middle(place: int) -> float:
    return _TOP + place * _PITCH + _HEIGHT / 2


def _arrow(place: int) -> str:
    x, y = _LEFT + _WIDTH / 2, _middle(place) + _HEIGHT / 2
    return f'<path d="M{x} {y}V{y + _PITCH - _HEIGHT}" marker-end="url(#end)"/>'


def _arc(start: int, end: int, lane: int) -> str:
    """From the right side of one box around to that of another."""
    edge, turn, r = _LEFT + _WIDTH, _LEFT + _WIDTH + _LANE * (lane + 1) + 6, 6
    down = 1 if end > start else -1
    top, bottom = _middle(start) + 5 * down, _middle(end) - 5 * down
    return (
        f'<path d="M{edge} {top}H{turn - r}Q{turn} {top} {turn} {top + down * r}V{bottom - down * r}'
        f'Q{turn} {bottom} {turn - r} {bottom}H{edge}" marker-end="url(#end)"/>'
    )


def _box(node: Node, place: int) -> str:
    y, baseline = _TOP + place * _PITCH, _middle(place) + 4
    size = "x".join(map(str, node.shape))
    lines = [size]
    if node.row:
        lines = [f"{column}: {cell.value:,}" for column, cell in node.row.cells.items() if cell.value]
    name = node.name if len(node.name) <= 30 else f"...{node.name[-27:]}"
    return (
        f"<g><title>{escape('; '.join([node.name, *lines]))}</title>"
        f'<rect class="{node.kind}" x="{_LEFT}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="4"/>'
        f'<text x="{_LEFT + 8}" y="{baseline}">{escape(name)}</text>'
        f'<text class="faint" x="{_LEFT + _WIDTH - 8}" y="{baseline}" text-anchor="end">{size}</text></g>'
    )
