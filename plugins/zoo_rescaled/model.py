"""The baseline or the U-Net on scale * x + shift, and what its first layer would have to be to make up for that.

Both see the picture in their first convolution. The U-Net sees it once more in its last, where it is concatenated
behind the maps from below.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo_baseline.config import BaselineConfig
from zoo_baseline.model import PoolUpsampleNet
from zoo_rescaled.config import RescaledConfig
from zoo_unet.config import UNetConfig
from zoo_unet.model import UNet


class PictureConv2d(nn.Conv2d):
    """A convolution whose last input channels are the picture's, and padded with what zeros become there.

    The other channels are padded with zeros. Names, shapes and initial weights are those of nn.Conv2d.

    Args:
        in_channels: channels of the input, the picture's included.
        out_channels: channels of the output.
        kernel_size: height and width of the kernel, odd.
        picture: how many of the input's channels, the last ones, are the picture's.
        fill: what they are padded with.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, *, picture: int, fill: float) -> None:
        super().__init__(in_channels, out_channels, kernel_size)
        self.picture, self.fill = picture, fill

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """From (N, in_channels, H, W) to (N, out_channels, H, W)."""
        edges = (self.kernel_size[0] // 2,) * 4
        maps = x_NCHW.shape[1] - self.picture
        padded = F.pad(x_NCHW[:, maps:], edges, value=self.fill)
        if maps:
            padded = torch.cat([F.pad(x_NCHW[:, :maps], edges), padded], dim=1)
        return F.conv2d(padded, self.weight, self.bias)


class Rescaled(nn.Module):
    """A network that is fed scale * x + shift; its weights are those of the network itself, below ``inner``."""

    def __init__(self, config: RescaledConfig, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.scale, self.shift, self.picture = config.scale, config.shift, in_channels
        self.inner: PoolUpsampleNet | UNet
        if config.of == "unet":
            self.inner = UNet(UNetConfig(), in_channels, num_classes)
        else:
            self.inner = PoolUpsampleNet(BaselineConfig(), in_channels, num_classes)
        if config.padding == "shifted":
            self.inner.layer1[0] = self._padded_as_the_picture(self.inner.layer1[0])
            if config.of == "unet":
                self.inner.layer6 = self._padded_as_the_picture(self.inner.layer6)
        if config.norm == "none":
            for block in (layer for layer in self.inner.children() if isinstance(layer, nn.Sequential)):
                for place, layer in enumerate(block):
                    if isinstance(layer, nn.BatchNorm2d):
                        block[place] = nn.Identity()

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """From (N, in_channels, H, W) to logits (N, num_classes, H, W); H and W must be multiples of four."""
        logits: Tensor = self.inner(self.scale * x_NCHW + self.shift)
        return logits

    @torch.no_grad()
    def compensate(self, layers: int = 2) -> None:
        """Change weights w and biases b so that on scale * x + shift they give what they gave on x.

        w (x) becomes w/scale, and b becomes b - shift/scale * (sum of w), in the convolutions that see the picture: two
        in the U-Net, one in the baseline. It holds wherever a kernel sees no padding, and at the edges too if what
        pads the picture was shifted as well.

        Args:
            layers: how many of these convolutions are changed, from the first on.

        Raises:
            ValueError: if the scale is zero, after which nothing is left of x.
        """
        if self.scale == 0:
            raise ValueError("scale is 0: nothing is left of x that weights could bring back.")
        for conv in self._seeing()[:layers]:
            assert conv.bias is not None
            seen_OIKK = conv.weight[:, -self.picture :]
            conv.bias -= self.shift / self.scale * seen_OIKK.sum(dim=(1, 2, 3))
            seen_OIKK /= self.scale

    def _seeing(self) -> list[nn.Conv2d]:
        """The convolutions that see the picture, which is in their last input channels."""
        first, last = self.inner.layer1[0], self.inner.layer6
        layers = [first, last] if isinstance(self.inner, UNet) else [first]
        return [conv for conv in layers if isinstance(conv, nn.Conv2d)]

    def _padded_as_the_picture(self, conv: nn.Module) -> PictureConv2d:
        """The convolution, its weights included, with other padding."""
        assert isinstance(conv, nn.Conv2d)
        with torch.random.fork_rng(devices=[]):  # what the copy draws first is thrown away, and must not be missed
            copy = PictureConv2d(
                conv.in_channels, conv.out_channels, conv.kernel_size[0], picture=self.picture, fill=self.shift
            )
        copy.load_state_dict(conv.state_dict(), assign=True)
        return copy
