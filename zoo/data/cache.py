"""Prepared data kept between runs, as safetensors files whose name says what is in them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from zoo.files import replacing
from zoo.folders import own_place

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

_CHECKSUM = "checksum"  # the name under which a file keeps the checksum of its tensors


def cache_folder() -> Path:
    """Where prepared data is kept: ZOO_CACHE, or else the user's cache folder. It may not exist yet."""
    return own_place("ZOO_CACHE", lambda: platformdirs.user_cache_path("zoo"))


def fingerprint(*parts: str | bytes | Tensor | np.ndarray) -> str:
    """16 hex digits that change with the content, type, shape, order or boundaries of the parts."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        kind, content = _bytes_of(part)
        # The length in front keeps ("ab", "c") and ("a", "bc") apart.
        digest.update(f"{kind}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def cached_tensors(cache: Path, key: str, make: Callable[[], dict[str, Tensor]]) -> dict[str, Tensor]:
    """What `make` returns, from the cache if it is there.

    A damaged file is made again, and a cache that cannot be written is done without: neither is worth a run.

    Args:
        cache: the cache folder; made if it is missing.
        key: ``<what>-<fingerprint>``, of all that the tensors depend on, the version of the code included.
        make: makes the tensors; ``checksum`` is not free as a name.
    """
    path = cache / f"{key}.safetensors"
    stored = _read(path)
    if stored is not None:
        return stored
    made = make()
    _write(path, made)
    return made


def cached_files(cache: Path) -> list[tuple[str, int]]:
    """What the cache holds: names and sizes in bytes, by name. A folder counts as one, with all below it."""
    if not cache.is_dir():
        return []
    return [
        (entry.name + "/" * entry.is_dir(), _bytes_below(entry))
        for entry in sorted(cache.iterdir())
        if not entry.name.startswith(".")
    ]


def _bytes_below(path: Path) -> int:
    files = (path,) if path.is_file() else (file for file in path.rglob("*") if file.is_file())
    return sum(file.stat().st_size for file in files)


def _bytes_of(part: str | bytes | Tensor | np.ndarray) -> tuple[str, bytes | memoryview]:
    if isinstance(part, str):
        # File names may hold bytes that are no text, which Python keeps as surrogates.
        return "str", part.encode("utf-8", "surrogatepass")
    if isinstance(part, bytes):
        return "bytes", part

    import numpy as np
    import torch

    if isinstance(part, torch.Tensor):
        kind = f"{part.dtype}{tuple(part.shape)}"
        raw = part.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
    else:
        kind = f"{part.dtype.str}{part.shape}"
        raw = np.ascontiguousarray(part).reshape(-1).view(np.uint8)
    return kind, raw.data


def _read(path: Path) -> dict[str, Tensor] | None:
    """The tensors of a file, mapped into memory: the system reads what is used, and drops it where memory is short."""
    import safetensors
    import safetensors.torch

    try:
        tensors = safetensors.torch.load_file(path)
    except (OSError, ValueError, KeyError, safetensors.SafetensorError):
        return None
    checksum = tensors.pop(_CHECKSUM, None)
    return tensors if checksum is not None and bytes(checksum.tolist()) == _checksum(tensors) else None


def _write(path: Path, tensors: dict[str, Tensor]) -> None:
    import safetensors.torch
    import torch

    # With a checksum, as the format keeps none, and bits rot. Cloned, as it refuses views into one storage,
    # which the splits of one tensor are.
    whole = {name: tensor.clone(memory_format=torch.contiguous_format) for name, tensor in tensors.items()}
    whole[_CHECKSUM] = torch.tensor(list(_checksum(tensors)), dtype=torch.uint8)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_bytes(safetensors.torch.save(whole))
    except OSError:
        return


def _checksum(tensors: dict[str, Tensor]) -> bytes:
    parts = [part for name in sorted(tensors) for part in (name, tensors[name])]
    return fingerprint(*parts).encode()
