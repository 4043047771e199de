# notebook.py
"""A plugin that watches: every run that ends becomes a line of notebook.csv."""

from pathlib import Path

from zoo.api import hookimpl


@hookimpl
def zoo_run_end(run, result):
    """Called when a run has been judged; `result` is from run.json."""
    notebook = Path("notebook.csv")
    head = "" if notebook.exists() else "run,epochs,loss,accuracy\n"
    with notebook.open("a", encoding="utf-8") as file:
        file.write(
            f"{head}{run.name},{result['epochs']},{result['loss']:.3f},{result['accuracy']:.3f}\n"
        )
