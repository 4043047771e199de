"""``zoo data``: data sets, what is cached, and preparing one ahead of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from zoo.api import Dataset, Entry, Table
from zoo.cli.context import load_plugins
from zoo.cli.output import JsonOption, print_json, print_table, progress, say
from zoo.cli.run import ClassesOption, SizeOption, class_names


def data(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A data set to prepare, NAME or NAME:ARGUMENT.")] = None,
    classes: ClassesOption = None,
    size: SizeOption = None,
    task: Annotated[str, typer.Option(help="The task that it is prepared for, which may need masks.")] = "colorization",
    as_json: JsonOption = False,
) -> None:
    """List data sets and the cache, or prepare a data set ahead of time."""
    registry = load_plugins(context)
    if name is None:
        _list(registry.datasets(), as_json)
        return

    chosen = registry.task(task).value
    size = chosen.default_size if size is None else size

    from zoo.library import load_data

    with progress() as bars:
        splits = load_data(
            name,
            size=size,
            classes=class_names(classes),
            masks=chosen.needs_masks,
            registry=registry,
            progress=bars.advance,
        )
    counts = {"training": len(splits.train), "validation": len(splits.val)}
    if as_json:
        print_json({"data": name, "size": size, **counts, "notes": splits.notes})
        return
    print_table(Table(["split", "pictures"], [[split, f"{count:,}"] for split, count in counts.items()]))
    for note in splits.notes:
        say(f"note: {note}")


_MASKS = {True: "yes", False: "no", None: "maybe"}


def _list(datasets: Sequence[Entry[Dataset]], as_json: bool) -> None:
    from zoo.data.cache import cache_folder, cached_files

    folder = cache_folder()
    files = cached_files(folder)
    if as_json:
        print_json(
            {
                "datasets": [
                    {
                        "name": entry.name,
                        "argument": entry.value.argument,
                        "masks": entry.value.has_masks,
                        "summary": entry.value.summary,
                    }
                    for entry in datasets
                ],
                "cache": {"folder": str(folder), "files": [{"name": file, "bytes": size} for file, size in files]},
            }
        )
        return
    rows = [[one.name, one.value.argument, _MASKS[one.value.has_masks], one.value.summary] for one in datasets]
    print_table(Table(["data set", "argument", "masks", "what it is"], rows, words=None))
    megabytes = sum(size for _, size in files) / 1e6
    say(f"cache: {len(files)} files, {megabytes:.1f} MB in {folder}")
