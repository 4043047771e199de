"""Count the same networks with every tool that is installed, and print a Markdown table for docs/complexity.md.

Run it by ``python tests/bench/compare_counters.py``. The peers (torchinfo, fvcore, thop, ptflops, calflops) are no
dependencies of the zoo; those that are missing are left out. Counts are multiply-adds for one picture: tools that
count FLOPs are halved. The U-Nets are the course's, their convolutions written in four ways, so one number is right.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import statistics
import time
import warnings
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo_unet.config import UNetConfig
from zoo_unet.model import UNet

Size = tuple[int, int, int]
ROUNDS = 5


class Written(nn.Module):
    """A convolution that keeps the size, written by a function of (x, weight)."""

    def __init__(self, conv: nn.Conv2d, how: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.weight, self.bias, self.how = conv.weight, conv.bias, how

    def forward(self, x: Tensor) -> Tensor:
        """Convolve (N, C, H, W)."""
        return self.how(x, self.weight) + self.bias[:, None, None]


def by_unfold(x: Tensor, w: Tensor) -> Tensor:
    """Columns, and one matrix product."""
    k = int(w.shape[-1])  # a number for the tools that trace, too
    columns = F.unfold(x, k, padding=k // 2)
    return (w.flatten(1) @ columns).view(len(x), len(w), *x.shape[2:])


def by_einsum(x: Tensor, w: Tensor) -> Tensor:
    """Windows as a view, and one einsum."""
    k = int(w.shape[-1])
    windows = F.pad(x, (k // 2,) * 4).unfold(2, k, 1).unfold(3, k, 1)
    return torch.einsum("nchwij,ocij->nohw", windows, w)


def by_shifts(x: Tensor, w: Tensor) -> Tensor:
    """Shift, multiply, add."""
    k, (height, width) = int(w.shape[-1]), x.shape[2:]
    padded, out = F.pad(x, (k // 2,) * 4), torch.zeros(())
    for i, j in itertools.product(range(k), repeat=2):
        out = out + (padded[:, None, :, i : i + height, j : j + width] * w[:, :, i, j, None, None]).sum(2)
    return out


def unet(how: Callable[[Tensor, Tensor], Tensor] | None) -> nn.Module:
    """The course's U-Net, its convolutions torch's or written by hand."""
    model = UNet(UNetConfig(), 1, 24).eval()
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if how is not None and isinstance(child, nn.Conv2d):
                setattr(parent, name, Written(child, how))
    return model


def networks() -> Iterator[tuple[str, nn.Module, Size, int]]:
    """Name, module, input and the right number of multiply-adds."""
    exact = 18_800_640
    for name, how in (("nn.Conv2d", None), ("unfold", by_unfold), ("einsum", by_einsum), ("shifts", by_shifts)):
        yield f"U-Net, {name}", unet(how), (1, 32, 32), exact
    from torchvision import models

    yield "resnet18 at 224", models.resnet18(weights=None).eval(), (3, 224, 224), 1_814_073_344


def by_zoo(model: nn.Module, size: Size) -> float:
    """This zoo."""
    from zoo import complexity

    report = complexity.report(model, in_channels=size[0], height=size[1], width=size[2], formulas=False)
    return report.totals["connections"].value or 0


def by_torch(model: nn.Module, size: Size) -> float:
    """torch's own counter."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.rand(1, *size))
    return counter.get_total_flops() / 2


def by_torchinfo(model: nn.Module, size: Size) -> float:
    """Torchinfo; it also counts a multiply-add for every value that BatchNorm puts out."""
    from torchinfo import summary

    return summary(model, (1, *size), verbose=0).total_mult_adds


def by_fvcore(model: nn.Module, size: Size) -> float:
    """Facebook's fvcore; its FLOPs are multiply-adds."""
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(model, torch.rand(1, *size))
    return analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()


def by_thop(model: nn.Module, size: Size) -> float:
    """Thop."""
    from thop import profile

    return profile(model, (torch.rand(1, *size),), verbose=False)[0]


def by_ptflops(model: nn.Module, size: Size) -> float:
    """Ptflops, with its backend ``pytorch``."""
    from ptflops import get_model_complexity_info

    counted, _ = get_model_complexity_info(model, size, as_strings=False, print_per_layer_stat=False, backend="pytorch")
    return counted or 0


def by_calflops(model: nn.Module, size: Size) -> float:
    """Calflops."""
    from calflops import calculate_flops

    counted = calculate_flops(model, input_shape=(1, *size), output_as_string=False, print_results=False)
    return counted[1]


TOOLS: dict[str, Callable[[nn.Module, Size], float]] = {
    "zoo": by_zoo,
    "torch FlopCounterMode": by_torch,
    "torchinfo": by_torchinfo,
    "fvcore": by_fvcore,
    "thop": by_thop,
    "ptflops": by_ptflops,
    "calflops": by_calflops,
}


def cell(tool: Callable[[nn.Module, Size], float], model: nn.Module, size: Size, exact: int) -> str:
    """What a tool says, how far it is off, and how long it takes once it is warm."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            counted = tool(model, size)
            times_s = []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                tool(model, size)
                times_s.append(time.perf_counter() - start)
        except ImportError:
            return "not installed"
        except Exception as error:
            return f"fails: {type(error).__name__}"
    off = "exact" if counted == exact else f"{counted / exact - 1:+.1%}"
    return f"{off}, {statistics.median(times_s) * 1000:.0f} ms"


def main() -> None:
    """Print the table."""
    cases = list(networks())
    print("| multiply-adds | " + " | ".join(name for name, *_ in cases) + " |")  # noqa: T201
    print("|---|" + "---|" * len(cases))  # noqa: T201
    for name, tool in TOOLS.items():
        cells = [cell(tool, model, size, exact) for _, model, size, exact in cases]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
