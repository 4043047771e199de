"""Where the time of a run went, and that nothing is left in the loop where nobody asked."""

from __future__ import annotations

import re

import pytest
import torch
from accelerate import Accelerator
from torch.optim import optimizer as torch_optimizer

import zoo
from zoo.runs.run import Run
from zoo.training.batches import Batches
from zoo.training.stopwatch import PARTS, Stopwatch


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    settings = {"recipe.max_steps": 2, "num_filters": 2}
    return zoo.train(
        "unet",
        settings=settings,
        size=8,
        epochs=2,
        batch_size=1500,
        profile=True,
        out=tmp_path_factory.mktemp("runs") / "a",
    )


def test_the_parts_of_a_run_add_up_to_the_run(run: Run) -> None:
    seconds = run.result["profile"]
    assert tuple(seconds) == tuple(PARTS)
    assert all(spent > 0 for spent in seconds.values())
    steps_s = sum(seconds[part] for part in ("data", "forward", "backward", "optimizer"))
    assert steps_s == pytest.approx(run.result["train_s"], rel=0.5)
    before_pages_s = sum(seconds.values()) - sum(seconds[part] for part in ("pictures", "complexity", "report"))
    assert before_pages_s == pytest.approx(run.result["total_s"], rel=0.05)


def test_the_report_shows_every_part_and_the_chart(run: Run) -> None:
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    time = page[page.index(">Time<") :]
    assert all(re.search(rf"<t[dh][^>]*>{part}</t[dh]>", time) for part in PARTS)
    assert (run.folder / "profile.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_is_left_behind_in_the_loop() -> None:
    accelerator = Accelerator(cpu=True)
    backward, hooks = accelerator.backward, dict(torch_optimizer._global_optimizer_post_hooks)
    pictures = torch.zeros(4, 1, 2, 2, dtype=torch.uint8)
    training = Batches(pictures, pictures[:, 0], accelerator.device)
    with Stopwatch().steps(accelerator, training) as timed:
        assert accelerator.backward != backward
        assert len(torch_optimizer._global_optimizer_post_hooks) == len(hooks) + 1
        assert [len(targets) for _, targets in timed.shuffled(2, seed=0)] == [2, 2]
    assert accelerator.backward == backward
    assert dict(torch_optimizer._global_optimizer_post_hooks) == hooks
