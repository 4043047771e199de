# dominant.py
"""A task in one file: which of red, green and blue is strongest per pixel?"""

from dataclasses import dataclass

from zoo.api import Config, FittedTask, Metric, Task, hookimpl


@dataclass(frozen=True)
class DominantConfig(Config):
    """Nothing to set."""


class Dominant(Task[DominantConfig]):
    """Three classes: red, green, blue."""

    name = "dominant"
    summary = "which of red, green and blue is the strongest in every pixel"
    channels = 1
    config = DominantConfig
    reference = "lookup"
    metrics = (
        Metric(
            "accuracy",
            "accuracy",
            "share of pixels whose strongest channel is right",
            percent=True,
        ),
        Metric(
            "error",
            "error",
            "share of pixels whose strongest channel is wrong",
            False,
            True,
        ),
    )

    def fit(self, config, train, seed, cache):
        """There is nothing to learn before the network does."""
        return fitted()

    def restore(self, state, cache):
        """There was nothing to keep."""
        return fitted()


def fitted() -> FittedTask:
    """Made in a function, so that loading this file imports no torch."""
    import torch

    def mean_grey(rgb_N3HW):
        return (
            rgb_N3HW.float().mean(dim=1, keepdim=True).round().to(torch.uint8)
        )

    class FittedDominant(FittedTask):
        num_classes = 3
        outputs = ("dominant",)

        def visible(self, images):
            return mean_grey(images.rgb)

        def targets(self, images):
            return images.rgb.argmax(dim=1).to(torch.uint8)

        def metrics(self, confusion_KK):
            accuracy = float(confusion_KK.diagonal().sum() / confusion_KK.sum())
            return {"accuracy": accuracy}

        def picture_metrics(self, images, classes_NHW, variants):
            wrong_NHW = classes_NHW != self.targets(images)
            return {"error": float(wrong_NHW.double().mean())}

        def samples(self, images, targets_NHW, classes_NHW):
            grey_N3HW = self.visible(images).expand(-1, 3, -1, -1)
            return {
                "grey input": grey_N3HW,
                "truth": pure_colors(targets_NHW),
                "prediction": pure_colors(classes_NHW),
            }

        def apply(self, picture_3HW, size, predict):
            logits_1KHW = predict(mean_grey(picture_3HW[None]))
            return {"dominant": pure_colors(logits_1KHW.argmax(dim=1).cpu())[0]}

        def state(self):
            return {}

    def pure_colors(classes_NHW):
        one_hot_NHWK = torch.nn.functional.one_hot(classes_NHW.long(), 3)
        return (one_hot_NHWK * 255).to(torch.uint8).permute(0, 3, 1, 2)

    return FittedDominant()


@hookimpl
def zoo_tasks():
    """The tasks that this file brings."""
    return [Dominant()]
