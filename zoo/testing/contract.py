"""What every architecture must do, as checks: each takes a registry entry and a task, and raises `BrokenPromise`.

`zoo.testing.run` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zoo.api import Architecture, Entry, Task
from zoo.testing.checks.building import check_apart, check_closed, check_meta, check_seed
from zoo.testing.checks.computing import (
    check_batch,
    check_bf16,
    check_bounds,
    check_layout,
    check_logits,
    check_preprocess,
)
from zoo.testing.checks.counting import check_complexity
from zoo.testing.checks.learning import check_gradients, check_learns, check_state
from zoo.testing.checks.specification import check_light, check_plain_data

Check = Callable[[Entry[Architecture[Any]], Task[Any]], None]

CHECKS: tuple[Check, ...] = (
    check_plain_data,
    check_light,
    check_preprocess,
    check_closed,
    check_meta,
    check_seed,
    check_logits,
    check_apart,
    check_bounds,
    check_batch,
    check_layout,
    check_bf16,
    check_gradients,
    check_learns,
    check_state,
    check_complexity,
)
"""In the order in which they run."""

NEEDS: Mapping[Check, tuple[Check, ...]] = {
    check_logits: (check_preprocess,),
    check_apart: (check_logits,),
    check_bounds: (check_logits,),
    check_batch: (check_logits,),
    check_layout: (check_logits, check_seed),
    check_bf16: (check_logits,),
    check_gradients: (check_logits,),
    check_learns: (check_gradients,),
    check_state: (check_logits,),
    check_complexity: (check_meta,),
}
"""The checks that have to pass for another one to mean anything: one fault is reported once."""
