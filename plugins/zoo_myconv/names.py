"""The names of the implementations, and what each is."""

from __future__ import annotations

IMPLEMENTATIONS = {
    "loops": "the definition, one output after another",
    "shifted": "one multiply-add of the whole picture for every tap of the kernel",
    "im2col": "windows written out as columns, then one matrix product",
    "strided": "windows as a strided view, then einsum",
    "fft": "a product in frequency space",
    "winograd": "F(2x2, 3x3): fewer multiplications, more additions",
    "kn2row": "one matrix product a tap, on slices that are no copies",
    "winograd1d": "F(4, 3) down the columns, kn2row along the rows",
    "fast": "the best of these for each layer, in blocks that fit the cache",
}
"""What `zoo_myconv.rungs` implements, in the order in which it is taught."""
