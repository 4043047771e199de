"""Any folder of images."""

from __future__ import annotations

from zoo.api import DataRequest, Dataset, Splits


class Folder(Dataset):
    """Images below a folder, with ``train`` and ``test`` or without, in class folders or not."""

    name = "folder"
    summary = "your own: any folder of images, with train/ and test/ or class folders or without"
    argument = "PATH"
    has_masks = None

    def load(self, request: DataRequest) -> Splits:
        """Find the images, cut each to a square and resize it; from the cache if no file has changed.

        ``train`` is learned from, and ``val``, ``valid``, ``validation`` or ``test`` is validation. Where
        they are missing, a fifth of the images is held out, chosen by the seed. The notes name what was
        skipped.

        Where masks are wanted, the images are those of ``images/``, and each needs a mask of its name and its
        size in the ``masks/`` beside it; see `zoo.data._masks` for what may be in one.

        Raises:
            UserError: if the folder is missing or holds no usable image, a class is unknown, or a mask that is
                wanted is missing or wrong.
        """
        from zoo.data._folder import load_folder

        return load_folder(request)
