from __future__ import annotations

import hashlib
import io
import pickle
import socket
import tarfile
import urllib.error
import urllib.request
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from zoo.api import DataRequest, Splits, UserError
from zoo.data.cifar10 import CLASSES, Cifar10

PER_FILE = 20


def load(cache: Path, classes: tuple[str, ...] = (), size: int = 32, argument: str = "") -> Splits:
    return Cifar10().load(DataRequest(argument, size, classes, 0, cache, lambda *_: None))


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def batch(seed: int) -> dict[str, Any]:
    """Twenty pictures, two of each class, the red of whose first pixel is the class."""
    data = np.random.default_rng(seed).integers(0, 256, (PER_FILE, 3 * 32 * 32), np.uint8)
    data[:, 0] = np.arange(PER_FILE) % 10
    return {"data": data, "labels": (np.arange(PER_FILE) % 10).tolist()}


def archive_of(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no network\nin tests")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A small CIFAR-10, whose checksums torchvision's real class is told to expect."""
    import torchvision.datasets

    real = torchvision.datasets.CIFAR10
    names = [f"data_batch_{n}" for n in range(1, 6)] + ["test_batch"]
    files = {name: pickle.dumps(batch(seed)) for seed, name in enumerate(names)}
    files["batches.meta"] = pickle.dumps({"label_names": list(CLASSES)})
    lists = [[name, md5(files[name])] for name in names]
    monkeypatch.setattr(real, "train_list", lists[:5])
    monkeypatch.setattr(real, "test_list", lists[5:])
    monkeypatch.setattr(real, "meta", {**real.meta, "md5": md5(files["batches.meta"])})
    content = archive_of(files)
    monkeypatch.setattr(real, "tgz_md5", md5(content))
    return content


def put(cache: Path, content: bytes) -> Path:
    (cache / "cifar10").mkdir(parents=True, exist_ok=True)
    path = cache / "cifar10" / "cifar-10-python.tar.gz"
    path.write_bytes(content)
    return path


def kinds(splits: Splits) -> set[int]:
    return set(splits.train.rgb[:, 0, 0, 0].tolist())


def test_an_archive_put_there_by_hand_is_unpacked(tmp_path: Path, archive: bytes) -> None:
    put(tmp_path, archive)
    splits = load(tmp_path)
    assert splits.train.rgb.shape == (10, 3, 32, 32)
    assert splits.val.rgb.shape == (2, 3, 32, 32)
    assert kinds(splits) == {CLASSES.index("horse")}
    expected = torch.from_numpy(batch(5)["data"][[7, 17]]).reshape(2, 3, 32, 32)
    assert torch.equal(splits.val.rgb, expected)


def test_classes_can_be_chosen(tmp_path: Path, archive: bytes) -> None:
    put(tmp_path, archive)
    assert kinds(load(tmp_path, ("ship", "cat"))) == {3, 8}
    assert kinds(load(tmp_path, ("all",))) == set(range(10))
    assert len(load(tmp_path, ("cat", "all")).train) == 100
    assert len(load(tmp_path, ("cat", "cat")).train) == 10
    with pytest.raises(UserError, match="did you mean horse"):
        load(tmp_path, ("horses",))


def test_prepared_pictures_need_neither_archive_nor_torchvision(
    tmp_path: Path, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torchvision.datasets

    path = put(tmp_path, archive)
    first = load(tmp_path, ("cat", "ship"))
    path.unlink()
    monkeypatch.setattr(torchvision.datasets, "CIFAR10", None)
    again = load(tmp_path, ("ship", "cat"))
    assert torch.equal(again.train.rgb, first.train.rgb)
    assert torch.equal(again.val.rgb, first.val.rgb)


@pytest.mark.parametrize("what", ["archive", "batch"])
def test_half_a_file_is_never_taken_for_whole(tmp_path: Path, archive: bytes, what: str) -> None:
    path = put(tmp_path, archive)
    if what == "batch":  # an unpacking that was cut short: done again from the archive
        load(tmp_path, ("cat",))
        unpacked = tmp_path / "cifar10" / "cifar-10-batches-py" / "test_batch"
        unpacked.write_bytes(unpacked.read_bytes()[:100])
        assert len(load(tmp_path, ("dog",)).val) == 2
    else:
        path.write_bytes(archive[: len(archive) // 2])
        with pytest.raises(UserError, match="could not download"):
            load(tmp_path)
        put(tmp_path, archive)
        assert len(load(tmp_path).val) == 2


def test_half_a_download_is_downloaded_again(tmp_path: Path, archive: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = [archive[:1000], archive]

    class Response(io.BytesIO):
        url = None
        length = 0

    def urlopen(request: urllib.request.Request, **_: object) -> Response:
        return Response(b"" if request.headers.get("Method") == "HEAD" else sent.pop(0))

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    with pytest.raises(UserError, match="corrupted"):
        load(tmp_path)
    assert len(load(tmp_path).val) == 2


def test_without_a_network_the_error_says_all_that_helps(tmp_path: Path) -> None:
    before = socket.getdefaulttimeout()
    with pytest.raises(UserError) as caught:
        load(tmp_path)
    message = str(caught.value)
    assert "\n" not in message
    for part in (
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        str(tmp_path / "cifar10"),
        "c58f30108f718f92721af3b95e74349a",
        "--data photos",
    ):
        assert part in message
    assert socket.getdefaulttimeout() == before


def test_the_deprecation_of_its_old_pickles_is_not_shown(
    tmp_path: Path, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torchvision.datasets

    put(tmp_path, archive)
    real = torchvision.datasets.CIFAR10

    class Deprecated(real):  # type: ignore[misc, valid-type]
        def __init__(self, *args: object, **kwargs: object) -> None:
            warnings.warn(
                "dtype(): align should be passed as Python or NumPy boolean but got `align=0`.",
                np.exceptions.VisibleDeprecationWarning,
                stacklevel=2,
            )
            super().__init__(*args, **kwargs)

    monkeypatch.setattr(torchvision.datasets, "CIFAR10", Deprecated)
    assert len(load(tmp_path).val) == 2


def test_what_cifar10_does_not_take(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing after the colon"):
        load(tmp_path, argument="horse")
    with pytest.raises(UserError, match="32 x 32 pixels, so the size cannot be 64"):
        load(tmp_path, size=64)
