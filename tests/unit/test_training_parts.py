from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from zoo.api import FittedTask, Preprocess, ScaledPixels
from zoo.api.recipe import Recipe
from zoo.errors import UserError
from zoo.network import Network
from zoo.registry import load_registry
from zoo.training.batches import Batches
from zoo.training.evaluate import evaluate
from zoo.training.loop import make_schedule
from zoo.training.precision import autocast

CPU = torch.device("cpu")


def numbered(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures whose only pixel is their number, and targets alike."""
    numbers = torch.arange(count, dtype=torch.uint8)
    return numbers.view(-1, 1, 1, 1), numbers.view(-1, 1, 1)


@given(count=st.integers(1, 60), batch_size=st.integers(1, 70), seed=st.integers(0, 5))
def test_an_epoch_shows_no_picture_twice_and_keeps_pairs_together(count: int, batch_size: int, seed: int) -> None:
    batches = Batches(*numbered(count), CPU)
    order = list(batches.shuffled(batch_size, seed))
    assert len(order) == batches.steps(batch_size)
    numbers = torch.cat([picture.flatten() for picture, _ in order])
    assert len(numbers.unique()) == len(numbers) == batches.steps(batch_size) * min(batch_size, count)
    assert torch.equal(numbers, torch.cat([target.flatten() for _, target in order]))


@given(world=st.integers(1, 4), share=st.integers(1, 5), seed=st.integers(0, 5))
def test_processes_share_a_batch_without_gap_or_overlap(world: int, share: int, seed: int) -> None:
    count, batch_size = 41, world * share
    whole = list(Batches(*numbered(count), CPU).shuffled(batch_size, seed))
    parts = [list(Batches(*numbered(count), CPU, rank, world).shuffled(batch_size, seed)) for rank in range(world)]
    for step, (picture, _) in enumerate(whole):
        together = torch.cat([part[step][0] for part in parts]).flatten()
        assert torch.equal(together.sort().values, picture.flatten().sort().values)
    everything = torch.cat(
        [picture for rank in range(world) for picture, _ in Batches(*numbered(count), CPU, rank, world).in_order()]
    )
    assert torch.equal(everything.flatten().sort().values, torch.arange(count, dtype=torch.uint8))


def test_a_batch_that_does_not_divide_is_refused() -> None:
    with pytest.raises(UserError, match="a batch of 5 does not divide among 2 processes"):
        Batches(*numbered(9), CPU, 0, 2).steps(5)


class TwoClasses(FittedTask):
    """Predicts nothing; gives the default loss."""

    num_classes = 2

    def visible(self, images):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    def targets(self, images):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    def metrics(self, confusion_KK):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    def picture_metrics(self, images, classes_NHW, variants):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    def samples(self, images, classes_NHW):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    def apply(self, picture_3HW, size, predict):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    def state(self):  # type: ignore[no-untyped-def]
        raise NotImplementedError


@pytest.mark.parametrize("world", [1, 3])
def test_evaluation_equals_one_pass_by_hand(world: int) -> None:
    torch.manual_seed(0)
    pictures = torch.randint(0, 256, (7, 1, 4, 4), dtype=torch.uint8)
    targets = torch.randint(0, 2, (7, 4, 4), dtype=torch.uint8)
    network = Network(ScaledPixels(1), torch.nn.Conv2d(1, 2, 1), 2)
    shares = [
        evaluate(network, TwoClasses(), Batches(pictures, targets, CPU, rank, world), autocast=autocast("fp32", CPU))
        for rank in range(world)
    ]
    logits = network(pictures)
    confusion = torch.zeros(2, 2, dtype=torch.int64)
    for truth, choice in zip(targets.flatten().tolist(), logits.argmax(1).flatten().tolist(), strict=True):
        confusion[truth, choice] += 1
    assert torch.equal(sum(share.confusion_KK for share in shares), confusion)
    counts = [len(share.classes_NHW) for share in shares]
    mean = sum(share.loss * count for share, count in zip(shares, counts, strict=True)) / 7
    assert mean == pytest.approx(torch.nn.functional.cross_entropy(logits, targets.long()).item(), rel=1e-5)


@given(height=st.integers(1, 30), width=st.integers(1, 30), multiple=st.sampled_from([1, 2, 4, 8]))
def test_scaled_pixels_pad_to_a_multiple_and_cut_it_off_again(height: int, width: int, multiple: int) -> None:
    preprocess: Preprocess = ScaledPixels(1, divisor=256, multiple=multiple)
    picture = torch.randint(0, 256, (1, 1, height, width), dtype=torch.uint8)
    encoded = preprocess.encode(picture)
    assert encoded.shape[2] % multiple == encoded.shape[3] % multiple == 0
    assert encoded.shape[2] - height < multiple
    assert torch.equal(preprocess.decode(encoded, height, width) * 256, picture.float())


def test_one_cycle_peaks_at_the_recipes_rate_and_ends_near_zero() -> None:
    recipe = Recipe(lr=0.02)
    optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=recipe.lr)
    schedule = make_schedule(recipe, optimizer, 100, [recipe.lr])
    rates = []
    for _ in range(100):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert max(rates) == pytest.approx(0.02, rel=0.01)
    assert rates[-1] < 0.02 * 1e-2
    assert rates[0] < max(rates) / 10


def test_the_baseline_alone_changes_the_recipe_of_2020() -> None:
    registry = load_registry()
    baseline, unet = (registry.architecture(name).value for name in ("baseline", "unet"))
    assert registry.recipe_for(baseline, "course-2020", {}).lr == 0.3
    assert registry.recipe_for(unet, "course-2020", {}) == registry.recipe("course").value.recipe
    assert registry.recipe_for(baseline, "course-2020", {"lr": 0.01}).lr == 0.01
    with pytest.raises(UserError, match="unknown recipe 'coarse': did you mean course"):
        registry.recipe_for(unet, "coarse", {})
