# ramps.py
"""A data set in one file: color ramps, drawn rather than loaded."""

from zoo.api import DataRequest, Dataset, Images, Splits, UserError, hookimpl


class Ramps(Dataset):
    """Every picture blends two random colors from one side to the other."""

    name = "ramps"
    summary = "color ramps, drawn by the seed"
    argument = "COUNT"

    def load(self, request: DataRequest) -> Splits:
        """Draw COUNT training pictures and a fifth as many for validation."""
        if not (request.argument.isdigit() and int(request.argument) >= 5):
            raise UserError(
                "ramps needs a number of pictures, 5 or more, "
                f"not {request.argument!r}: --data ramps:500."
            )

        import torch

        generator = torch.Generator().manual_seed(request.seed)
        weight_W = torch.linspace(0, 1, request.size)

        def draw(count: int) -> Images:
            left_N3, right_N3 = (
                torch.rand(count, 3, generator=generator) * 255
                for _ in range(2)
            )
            row_N3W = (
                left_N3[..., None] * (1 - weight_W)
                + right_N3[..., None] * weight_W
            )
            return Images(
                row_N3W.to(torch.uint8)[:, :, None]
                .expand(-1, -1, request.size, -1)
                .contiguous()
            )

        count = int(request.argument)
        return Splits(
            draw(count),
            draw(count // 5),
            notes=("ramps: drawn, not photographed.",),
        )


@hookimpl
def zoo_datasets():
    """The data sets that this file brings."""
    return [Ramps()]
