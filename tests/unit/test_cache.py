from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from zoo.data.cache import cache_folder, cached_files, cached_tensors, fingerprint


class Maker:
    """Makes two tensors, which share one storage, and counts how often."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> dict[str, Tensor]:
        self.calls += 1
        both = torch.arange(12, dtype=torch.uint8)
        return {"first": both[:8].reshape(2, 4), "second": both[8:].reshape(2, 2).T}


def same(tensors: dict[str, Tensor]) -> bool:
    expected = Maker()()
    return tensors.keys() == expected.keys() and all(torch.equal(tensors[name], expected[name]) for name in tensors)


def test_the_cache_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("ZOO_CACHE")
    assert "zoo" in cache_folder().parts


def test_what_is_made_once_is_kept(tmp_path: Path) -> None:
    make = Maker()
    assert same(cached_tensors(tmp_path / "new", "things-0123", make))
    assert same(cached_tensors(tmp_path / "new", "things-0123", make))
    assert make.calls == 1
    assert os.listdir(tmp_path / "new") == ["things-0123.safetensors"]
    cached_tensors(tmp_path / "new", "things-4567", make)
    assert make.calls == 2


@pytest.mark.parametrize("damage", ["empty", "half", "last byte missing", "a bit", "other content"])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    make = Maker()
    cached_tensors(tmp_path, "things", make)
    path = tmp_path / "things.safetensors"
    whole = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "half": whole[: len(whole) // 2],
            "last byte missing": whole[:-1],
            "a bit": whole[:-1] + bytes([whole[-1] ^ 1]),
            "other content": b"x" * len(whole),
        }[damage]
    )
    assert same(cached_tensors(tmp_path, "things", make))
    assert make.calls == 2
    assert path.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    make = Maker()
    assert same(cached_tensors(blocked, "things", make))
    assert same(cached_tensors(blocked / "below", "things", make))
    assert make.calls == 2


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, _: bytes) -> None:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert same(cached_tensors(tmp_path, "things", Maker()))
    assert os.listdir(tmp_path) == []


def test_errors_of_making_are_passed_on_and_not_kept(tmp_path: Path) -> None:
    def fail() -> dict[str, Tensor]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        cached_tensors(tmp_path, "things", fail)
    assert same(cached_tensors(tmp_path, "things", Maker()))


def test_fingerprints_differ_with_content_order_boundaries_shape_and_type() -> None:
    zeros = torch.zeros(4, dtype=torch.uint8)
    different = [
        fingerprint(),
        fingerprint(""),
        fingerprint("ab", "c"),
        fingerprint("a", "bc"),
        fingerprint("c", "ab"),
        fingerprint(b"ab", "c"),
        fingerprint(zeros),
        fingerprint(zeros.reshape(2, 2)),
        fingerprint(zeros.view(torch.int32)),
        fingerprint(zeros[:2], zeros[2:]),
        fingerprint(torch.ones(4, dtype=torch.uint8)),
        fingerprint(np.zeros(4, np.float32)),
        fingerprint(np.zeros((2, 2), np.float32)),
        fingerprint("name \udcff"),
    ]
    assert len(set(different)) == len(different)
    assert all(len(digits) == 16 and int(digits, 16) >= 0 for digits in different)


def test_fingerprints_are_of_content_not_of_layout() -> None:
    image = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    assert fingerprint(image.permute(2, 0, 1)) == fingerprint(image.permute(2, 0, 1).contiguous())
    assert fingerprint(image.to(torch.bfloat16)) == fingerprint(image.to(torch.bfloat16).clone())
    array = np.arange(6).reshape(2, 3)
    assert fingerprint(array.T) == fingerprint(array.T.copy())


def test_what_is_cached_can_be_listed(tmp_path: Path) -> None:
    (tmp_path / "b.safetensors").write_bytes(b"12345")
    (tmp_path / "cifar10" / "deep").mkdir(parents=True)
    (tmp_path / "cifar10" / "archive").write_bytes(b"123")
    (tmp_path / "cifar10" / "deep" / "batch").write_bytes(b"12")
    (tmp_path / ".half-written").write_bytes(b"1")
    assert cached_files(tmp_path) == [("b.safetensors", 5), ("cifar10/", 5)]
    assert cached_files(tmp_path / "missing") == []


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux which memory is a file's")
def test_what_the_cache_holds_is_mapped_and_takes_no_memory_of_its_own(tmp_path: Path) -> None:
    def own_bytes() -> int:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return 1024 * int(status.partition("RssAnon:")[2].split()[0])

    size = 64 << 20
    cached_tensors(tmp_path, "large", lambda: {"pictures": torch.ones(size, dtype=torch.uint8)})
    before = own_bytes()
    pictures = cached_tensors(tmp_path, "large", dict)["pictures"]
    assert int(pictures[::4096].sum()) == size // 4096
    assert own_bytes() - before < size // 4
