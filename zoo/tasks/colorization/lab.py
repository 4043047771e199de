"""CIE Lab, in which distances are what the eye sees, and CIEDE2000, which measures them. In float32, with torch alone.

Whole validation sets are judged in several ways at the end of a run, so this has to be quick: it takes a third of the
time of scikit-image's double precision, and differs from it by less than 0.001 where 1 is just visible.
"""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Tensor

# sRGB's primaries to XYZ, and the white point D65 for the 2 degree observer (IEC 61966-2-1), as in scikit-image.
_XYZ_FROM_RGB = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
_WHITE = (0.95047, 1.0, 1.08883)
_DARK = 6 / 29
"""Below this value of its cube root, Lab's curve is a straight line."""

_FAR_CHROMA_7 = 25.0**7


def rgb_to_lab(rgb_N3HW: Tensor) -> Tensor:
    """From sRGB, uint8 (N, 3, H, W), to Lab, float32 (N, 3, H, W): L from 0 to 100, a and b about from -100 to 100."""
    linear_N3HW = _linear_levels()[rgb_N3HW.long()]
    xyz_N3HW = torch.einsum("nchw,xc->nxhw", linear_N3HW, _to_white())
    curved = torch.where(xyz_N3HW > _DARK**3, xyz_N3HW ** (1 / 3), xyz_N3HW / (3 * _DARK**2) + 4 / 29)
    x, y, z = curved.unbind(dim=1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def lab_to_rgb(lab_N3HW: Tensor) -> Tensor:
    """From Lab, float32 (N, 3, H, W), to sRGB, uint8 (N, 3, H, W).

    A color that no screen has at its lightness is cut off to the nearest one of each channel.
    """
    return _to_srgb((lab_N3HW[:, 0] + 16) / 116, lab_N3HW[:, 1:])


def tinted(grey_N1HW: Tensor, ab_N2HW: Tensor) -> Tensor:
    """The lightness of grey pictures, uint8 (N, 1, H, W), joined with the a and b of Lab: uint8 (N, 3, H, W)."""
    return _to_srgb(_grey_levels().to(grey_N1HW.device)[grey_N1HW[:, 0].int()], ab_N2HW.float())


def _to_srgb(y_NHW: Tensor, ab_N2HW: Tensor) -> Tensor:
    """From (L + 16) / 116, and a and b, to sRGB, uint8 (N, 3, H, W)."""
    a, b = ab_N2HW.unbind(dim=1)
    curved = torch.stack([y_NHW + a / 500, y_NHW, (y_NHW - b / 200).clamp_(min=0)], dim=1)
    xyz_N3HW = torch.where(curved > _DARK, curved**3, (curved - 4 / 29) * (3 * _DARK**2))
    linear_N3HW = torch.einsum("nxhw,cx->nchw", xyz_N3HW, torch.linalg.inv(_to_white())).clamp_(0, 1)
    bright_N3HW = (linear_N3HW ** (1 / 2.4)).mul_(1.055).sub_(0.055)
    rgb_N3HW = torch.where(linear_N3HW > 0.0031308, bright_N3HW, 12.92 * linear_N3HW)
    return rgb_N3HW.mul_(255).round_().to(torch.uint8)


def color_differences(a_N3HW: Tensor, b_N3HW: Tensor) -> Tensor:
    """CIEDE2000 of two batches of Lab pictures, pixel by pixel: float32 (N, H, W).

    G. Sharma, W. Wu and E. N. Dalal (2005), The CIEDE2000 color-difference formula: implementation notes, supplementary
    test data, and mathematical observations, Color Research and Application 30 (1). Numbers are those of its equations.
    """
    (l1, a1, b1), (l2, a2, b2) = a_N3HW.unbind(dim=1), b_N3HW.unbind(dim=1)
    # Step 1 (2-7): stretch a near the grey axis; then chroma and hue, in radians.
    mean_chroma_7 = ((torch.hypot(a1, b1) + torch.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * torch.sqrt(mean_chroma_7 / (mean_chroma_7 + _FAR_CHROMA_7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2, h1, h2 = torch.hypot(a1, b1), torch.hypot(a2, b2), torch.atan2(b1, a1), torch.atan2(b2, a2)
    # Step 2 (8-11): differences of lightness, chroma and hue; grey has no hue to differ in.
    turn = torch.remainder(h2 - h1 + math.pi, 2 * math.pi) - math.pi
    turn = torch.where(c1 * c2 > 0, turn, 0.0)
    dl, dc, dh = l2 - l1, c2 - c1, 2 * torch.sqrt(c1 * c2) * torch.sin(turn / 2)
    # Step 3 (12-22): what each of them weighs here.
    hue = torch.where(c1 * c2 > 0, h1 + turn / 2, h1 + h2)
    chroma, lightness_50 = (c1 + c2) / 2, ((l1 + l2) / 2 - 50) ** 2
    weight_l = 1 + 0.015 * lightness_50 / torch.sqrt(20 + lightness_50)
    weight_h = 1 + 0.015 * chroma * _hue_weight(hue)
    dl, dc, dh = dl / weight_l, dc / (1 + 0.045 * chroma), dh / weight_h
    squared = dl**2 + dc**2 + dh**2 + _blue_rotation(chroma, hue) * dc * dh
    return squared.clamp(min=0).sqrt()


def _hue_weight(hue: Tensor) -> Tensor:
    """Equation 15's T: how much a difference of hue counts, by the hue (radians)."""
    return (
        1
        - 0.17 * torch.cos(hue - math.radians(30))
        + 0.24 * torch.cos(2 * hue)
        + 0.32 * torch.cos(3 * hue + math.radians(6))
        - 0.20 * torch.cos(4 * hue - math.radians(63))
    )


def _blue_rotation(chroma: Tensor, hue: Tensor) -> Tensor:
    """Equation 21's R_T, which makes up for Lab's bent blues: at most 2 in size, at 275 degrees."""
    degrees_from_blue = torch.remainder(torch.rad2deg(hue), 360) - 275
    angle = math.radians(60) * torch.exp(-((degrees_from_blue / 25) ** 2))
    chroma_7 = chroma**7
    return -torch.sin(angle) * 2 * torch.sqrt(chroma_7 / (chroma_7 + _FAR_CHROMA_7))


@cache
def _linear_levels() -> Tensor:
    """The light of each of sRGB's 256 levels, from 0 to 1: float32 (256,)."""
    level = torch.arange(256, dtype=torch.float64, device="cpu") / 255
    return torch.where(level > 0.04045, ((level + 0.055) / 1.055) ** 2.4, level / 12.92).float()


@cache
def _to_white() -> Tensor:
    """From linear RGB to XYZ in units of the white point: float32 (3, 3)."""
    return torch.tensor(_XYZ_FROM_RGB, device="cpu") / torch.tensor(_WHITE, device="cpu")[:, None]


@cache
def _grey_levels() -> Tensor:
    """(L + 16) / 116 of each of the 256 greys: float32 (256,)."""
    levels_13I1 = torch.arange(256, dtype=torch.uint8, device="cpu").view(1, 1, 256, 1).expand(-1, 3, -1, -1)
    return (rgb_to_lab(levels_13I1)[0, 0, :, 0] + 16) / 116
