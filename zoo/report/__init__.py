"""Pictures, curves and pages of runs. Nothing here imports torch.

Matplotlib is imported here first, for what it reads of the environment may be broken, or meant for a notebook.
"""

import importlib.util
import os
import sys
from contextlib import chdir
from pathlib import Path

try:
    import matplotlib
except (ValueError, UnicodeError):  # an MPLBACKEND or a matplotlibrc that it cannot read
    _spec = importlib.util.find_spec("matplotlib")
    assert _spec is not None
    assert _spec.origin is not None
    for _name in [name for name in sys.modules if name.startswith("matplotlib")]:
        del sys.modules[_name]  # half of it is there
    _backend = os.environ.pop("MPLBACKEND", None)
    with chdir(Path(_spec.origin).parent / "mpl-data"):  # the matplotlibrc of the current folder comes first
        import matplotlib  # noqa: F401
    if _backend is not None:
        os.environ["MPLBACKEND"] = _backend
