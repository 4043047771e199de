"""The command line. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from types import FrameType

from zoo.cli.streams import drop_output, prepare_streams
from zoo.errors import INTERRUPTED, TERMINATED, FailedError, UserError, describe, printable


def main(arguments: list[str] | None = None) -> None:
    """Run ``zoo``.

    Exit codes: 0 done, 1 the work failed, 2 the input was wrong (one line on stderr), 130 ended by Ctrl-C, 143 ended by
    SIGTERM. An error in a plugin's code names the plugin; one that nobody foresaw keeps its
    traceback.

    Args:
        arguments: what was typed behind ``zoo``; ``sys.argv`` by default.
    """
    from typer.exceptions import Abort, TyperException

    from zoo.cli.app import app

    prepare_streams()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)  # and not its default, which leaves half-written files
    try:
        code = app(arguments, prog_name="zoo", standalone_mode=False)
        sys.stdout.flush()  # here, where a full disk can still be reported
    except UserError as error:
        code = _fail(str(error), 2)
    except FailedError as error:
        code = _fail(str(error), 1)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        hint = f" See `{context.command_path} --help`." if context else ""
        code = _fail(error.format_message() + hint, 2)
    except (Abort, KeyboardInterrupt):
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C would only interrupt the end
        code = _fail("interrupted.", INTERRUPTED)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        code = 0
    except OSError as error:  # the machine's, such as a full disk or a file that nobody may read
        place = f"{error.filename}: " if error.filename else ""
        code = _fail(f"{place}{error.strerror or error}.", 1)
        drop_output()
    except MemoryError:
        code = _fail("out of memory; try a smaller --size or --batch-size.", 1)
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # which Typer takes for a failure
            sys.stderr.close()
            sys.exit(0)
        plugin = plugin_of(error)
        if not plugin:  # SIGTERM
            raise
        code = _fail(f"plugin {plugin} ended the program: {describe(error)}.", 1)
    except Exception as error:
        plugin = plugin_of(error)
        if not plugin:
            raise
        code = _fail(f"plugin {plugin} failed: {describe(error)}.", 1)
    sys.exit(code if isinstance(code, int) else 0)


def plugin_of(error: BaseException) -> str:
    """The plugin whose code an exception comes from; empty if none had a part in it."""
    from importlib.metadata import entry_points

    names = {point.module.partition(".")[0]: point.name for point in entry_points(group="zoo.plugins")}
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if module.startswith("zoo_plugin_"):
            return module.removeprefix("zoo_plugin_")
        if module in names:
            return names[module]
    return ""


def _terminate(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does: whatever has to be put in order is."""
    raise SystemExit(TERMINATED)


def _fail(message: str, code: int) -> int:
    print(printable(f"zoo: error: {' '.join(message.split())}"), file=sys.stderr)  # noqa: T201
    return code
