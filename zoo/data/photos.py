"""A few photos that are always there: no download, no folder."""

from __future__ import annotations

from zoo.api import DataRequest, Dataset, Splits
from zoo.errors import UserError


class Photos(Dataset):
    """Patches of the photos that scikit-image ships; see `zoo.data._patches` for how they are cut."""

    name = "photos"
    summary = "about 3,800 patches of 4 photos that come with scikit-image; small, needs no download"

    def load(self, request: DataRequest) -> Splits:
        """Cut the patches, or take them from the cache.

        Raises:
            UserError: if an argument or classes are given, or the size is larger than the held-out parts.
        """
        if request.argument:
            raise UserError(f"photos takes nothing after the colon, not {request.argument!r}: --data photos.")
        if request.classes:
            raise UserError(f"photos has no classes to choose from, so leave out --classes {request.classes[0]}.")

        from zoo.data._patches import load_patches

        return load_patches(request.size, request.cache)
