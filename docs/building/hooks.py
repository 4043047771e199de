"""What a build of the documentation does besides: folders for commands, formulas, a check of what pages load."""

from __future__ import annotations

import atexit
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

WORK = Path("build", "docs")
"""Where the commands on the pages run; each page that runs any has a folder of its own below it."""

PAGES = ("data", "experiments", "first-run", "plugins", "reading", "recipes")

_FORMULA = re.compile(r"""<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>""", re.DOTALL)
"""What the extension ``arithmatex`` makes of a formula: LaTeX for a script to find. There is none here."""

_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*\b(?:src|srcset|data)\s*=\s*["']?\s*(?:https?:)?//[^>]*>"""
    r"""|<link\b(?![^>]*\brel\s*=\s*["']?(?:canonical|prev|next)\b)[^>]*\bhref\s*=\s*["']?\s*(?:https?:)?//[^>]*>""",
    re.IGNORECASE,
)
_STYLE = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(?:https?:)?//[^)"']*""", re.IGNORECASE)


def on_config(config: MkDocsConfig) -> None:
    """Make the folders anew, and let the pages' commands find this environment's ``zoo``."""
    os.chdir(Path(config.config_file_path).parent)
    here = str(Path(__file__).parent)
    if here not in sys.path:  # code on the pages imports `pagekit`
        sys.path.insert(0, here)
    shutil.rmtree(WORK, ignore_errors=True)
    for page in PAGES:
        (WORK / page).mkdir(parents=True)
    os.environ["ZOO_CACHE"] = str(Path("..", "cache"))
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # what pages train is too small to be shared out to threads
    os.environ["NO_COLOR"] = "1"
    os.environ["COLUMNS"] = "80"
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS"):
        os.environ.pop(name, None)
    import forked  # beside this file

    programs = Path(tempfile.mkdtemp(prefix="zoo-docs-"))  # short, as the address of a socket must be
    server = forked.start(programs)
    atexit.register(_end, server, programs)
    os.environ["PATH"] = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])


def _end(server: subprocess.Popen[bytes], programs: Path) -> None:
    """End the process that runs the pages' commands."""
    assert server.stdin is not None
    server.stdin.close()
    server.wait()
    shutil.rmtree(programs)


def on_page_content(content: str, **_: object) -> str:
    """Turn every formula from LaTeX into MathML, which browsers set without a script."""
    return _FORMULA.sub(_mathml, content)


def _mathml(match: re.Match[str]) -> str:
    kind, latex = match.groups()
    markup = convert(html.unescape(latex), display="inline" if kind == "span" else "block")
    return markup if kind == "span" else f'<div class="formula">{markup}</div>'


def on_post_build(config: MkDocsConfig) -> None:
    """Add the font of formulas and what can be played with; fail if a page would load from another machine."""
    site = Path(config.site_dir)
    from mathfont import write_font  # beside this file

    write_font(site / "styles" / "math.woff")
    from playing import write_scripts  # also beside this file

    write_scripts(site)
    for suffix, pattern in ((".html", _LOADED), (".css", _STYLE)):
        for path in sorted(site.rglob(f"*{suffix}")):
            match = pattern.search(path.read_text(encoding="utf-8"))
            if match:
                raise PluginError(f"{path.relative_to(site)} would load from another machine: {match[0][:200]}")
