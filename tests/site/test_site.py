"""The site that was built is opened in a browser without a network, page by page.

Building it is the last but one step of `.ci/run`, and this the last. Where there is no build, or an old one, this is
skipped, so that the rest of the tests need not wait for one.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from ..browser import Page, browse, find_browser

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
PHONE, DESK = (390, 844), (1280, 900)
"""Width and height in pixels."""


def pages() -> list[str]:
    """The addresses of all pages of the documentation, from the site's root."""
    faults = sorted(path.relative_to(SITE).as_posix().removesuffix("index.html") for path in SITE.rglob("*.html"))
    return [address for address in faults if not address.startswith("networks/")]


def why_not() -> str | None:
    """Why the site cannot be opened, if so."""
    built = SITE / "index.html"
    if not built.is_file():
        return "the site has not been built: uv run mkdocs build --strict"
    sources = [ROOT / "mkdocs.yml", *(path for path in (ROOT / "docs").rglob("*") if path.suffix != ".pyc")]
    newest = max(path.stat().st_mtime for path in sources if path.is_file())
    if built.stat().st_mtime < newest:
        return "the site is older than its sources: uv run mkdocs build --strict"
    if find_browser() is None:
        return "there is no Chromium on the PATH, and CHROMIUM names none"
    return None


REASON = why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=REASON or "")


class Quiet(SimpleHTTPRequestHandler):
    missing: ClassVar[list[str]] = []
    """What was asked for, by pages or by what runs beside them, and is not there."""

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002 -- the name that is overridden
        self.missing.append(self.path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Not shown."""


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    """The address of a server on this machine, which serves the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(home: str, tmp_path: Path) -> Iterator[Page]:
    """A new browser, which may ask only that server, and remembers no choice of colors."""
    program = find_browser()
    assert program
    with browse(program, home, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(("size", "colors"), [(DESK, "light"), (PHONE, "dark")])
def test_every_page_opens_without_a_complaint(page: Page, size: tuple[int, int], colors: str) -> None:
    assert len(pages()) > 20
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
    page.call("Emulation.setDeviceMetricsOverride", **metrics)
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colors}])
    complaints = {}
    for address in pages():
        page.open(page.home + address)
        faults = page.complaints()
        if not page.run(BECOMES % {"light": "default", "dark": "slate"}[colors]):
            faults.append(f"has other colors where the reader wants {colors} pages")
        faults += page.run(PICTURES)
        if size == PHONE:
            faults += [f"is wider than a phone: {one}" for one in page.run(WIDER)]
        if faults:
            complaints[address or "home"] = faults
    assert complaints == {}
    assert Quiet.missing == []


@pytest.mark.parametrize(("size", "colors"), [(DESK, "light"), (PHONE, "dark")])
def test_every_network_to_play_with_answers(page: Page, size: tuple[int, int], colors: str) -> None:
    networks = sorted((SITE / "networks").glob("*.html"))
    assert networks
    page.call(
        "Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=size == PHONE
    )
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colors}])
    for network in networks:
        page.open(f"{page.home}networks/{network.name}")
        page.wait(lambda: page.run("globalThis.zoo?.state.logits != null"), f"{network.name} to answer")
        assert page.run(WIDER) == []
        assert page.complaints() == []


def test_widgets_compute(page: Page) -> None:
    page.open(f"{page.home}tutorials/convolution/")
    page.run(
        "(() => { const padding = document.querySelectorAll('[data-widget=kernel] input')[1]; padding.value = 1; "
        "padding.dispatchEvent(new Event('input')); })()"
    )
    assert "8 \u00d7 8" in page.run("document.querySelector('[data-widget=kernel]').textContent")
    page.open(f"{page.home}tutorials/learning/")
    page.run("document.querySelector('[data-widget=descent] button').click()")
    assert "= 0.00, where the loss is 4.000" in page.run("document.querySelector('[data-widget=descent]').textContent")
    assert "ln 0.705 = 0.349" in page.run("document.querySelector('[data-widget=softmax]').textContent")
    assert page.complaints() == []


def test_search_finds(page: Page) -> None:
    page.open(page.home)
    page.run("document.querySelector('[data-md-toggle=search]').click()")
    page.run(
        "(() => { const q = document.querySelector('[data-md-component=search-query]'); q.focus(); "
        "q.value = 'receptive field'; q.dispatchEvent(new Event('keyup', {bubbles: true})); "
        "q.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    results = "[...document.querySelectorAll('.md-search-result__link')].map(a => a.getAttribute('href')).join(' ')"
    page.wait(lambda: "pooling" in page.run(results), "a search result")
    assert page.complaints() == []


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ("fetch('missing.json')", "missing (404)"),
        ("fetch('https://example.org/').catch(() => 0)", "asks another machine"),
        ("console.error('no')", "console: no"),
        ("setTimeout(() => { throw new Error('oh') })", "exception: Error: oh"),
    ],
)
def test_a_complaint_would_be_heard(page: Page, broken: str, complaint: str) -> None:
    page.open(page.home)
    page.complaints()
    page.run(f"{{ {broken} }}; new Promise(done => setTimeout(done, 200))")
    page.wait(lambda: any(complaint in problem for problem in page.problems), complaint)
    page.complaints()
    Quiet.missing.clear()


BECOMES = """
new Promise(done => {
    const end = Date.now() + 5000;
    const look = () => document.body.dataset.mdColorScheme === '%s' ? done(true)
        : Date.now() > end ? done(false) : setTimeout(look, 20);
    look();
})
"""
"""Whether a page takes on a color scheme, which its script does a moment after it has been loaded."""

PICTURES = """
[...document.images].filter(image => image.getClientRects().length && !(image.complete && image.naturalWidth))
    .map(image => 'has a picture that cannot be shown: ' + image.src.slice(0, 80))
"""
"""Pictures that are on the page but cannot be decoded."""

WIDER = """
(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('article *')].filter(e => e.getBoundingClientRect().right > width + 1)
        .slice(0, 3).map(e => e.outerHTML.slice(0, 80));
})()
"""
"""What sticks out on the right, where the whole page can be scrolled sideways."""
