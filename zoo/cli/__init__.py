"""The command line. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import sys

from zoo.errors import FailedError, UserError


def main(arguments: list[str] | None = None) -> None:
    """Run ``zoo``.

    Exit codes: 0 done, 1 the work failed, 2 the input was wrong (one line on stderr), 130 ended by Ctrl-C. An error
    that nobody foresaw keeps its traceback.

    Args:
        arguments: what was typed behind ``zoo``; ``sys.argv`` by default.
    """
    from typer.exceptions import Abort, TyperException

    from zoo.cli.app import app

    try:
        code = app(arguments, prog_name="zoo", standalone_mode=False)
    except UserError as error:
        code = _fail(str(error), 2)
    except FailedError as error:
        code = _fail(str(error), 1)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        hint = f" See `{context.command_path} --help`." if context else ""
        code = _fail(error.format_message() + hint, 2)
    except (Abort, KeyboardInterrupt):
        code = _fail("interrupted.", 130)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        code = 0
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> int:
    print(f"zoo: error: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201
    return code
