"""Pictures with exact masks that are always there: composed, not photographed."""

from __future__ import annotations

from zoo.api import DataRequest, Dataset, Splits
from zoo.errors import UserError


class Composed(Dataset):
    """Silhouettes cut out of one bundled photo and laid on another; see `zoo.data._compose` for how."""

    name = "composed"
    summary = "shapes cut out of one bundled photo and laid on another, with exact masks"
    has_masks = True

    def load(self, request: DataRequest) -> Splits:
        """Compose the pictures, or take them from the cache.

        Raises:
            UserError: if an argument or classes are given, or the size is too large.
        """
        if request.argument:
            raise UserError(f"composed takes nothing after the colon, not {request.argument!r}: --data composed.")
        if request.classes:
            raise UserError(f"composed has no classes to choose from, so leave out --classes {request.classes[0]}.")

        from zoo.data._compose import load_composed

        return load_composed(request.size, request.cache, request.progress)
