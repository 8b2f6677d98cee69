"""Pictures for `log_image`: from what people have to what a page shows."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from hito.client.session import now_ms
from hito.core.errors import InvalidArgument

_KEY = re.compile(r"[\w\-. ][\w\-. /]*")
_THUMBNAIL = 256


def picture(image: Any) -> Any:
    """An image of PIL, from one or from an array.

    Raises: InvalidArgument: an array of another shape or kind, or Pillow is not installed.
    """
    try:
        from PIL import Image
    except ModuleNotFoundError as error:
        raise InvalidArgument("log_image needs Pillow: pip install pillow") from error
    if isinstance(image, Image.Image):
        return image
    if hasattr(image, "to_pil"):
        return image.to_pil()
    import numpy as np

    array = np.asarray(image)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise InvalidArgument(f"A picture has the shape (height, width[, 1, 3 or 4]), not {array.shape}.")
    if array.dtype == bool:
        array = array * np.uint8(255)
    elif np.issubdtype(array.dtype, np.floating):
        # Floats from 0 to 1 are what plotting libraries mean; others are taken as 0 to 255.
        array = np.nan_to_num(array)
        array = array * 255 if array.size and array.min() >= 0 and array.max() <= 1 else array
    return Image.fromarray(np.clip(array, 0, 255).astype(np.uint8))


def thumbnail(picture: Any) -> Any:
    """A small copy, at most 256 pixels wide and high."""
    small = picture.copy()
    small.thumbnail((_THUMBNAIL, _THUMBNAIL))
    return small


def names(key: str, step: int, timestamp: int | None) -> Iterator[tuple[str, bool]]:
    """The paths under which MLflow's page looks for the pictures of a key, and which of them is the small one."""
    if not _KEY.fullmatch(key):
        raise InvalidArgument(f"Invalid key {key!r} for a picture: letters, digits, '_', '-', '.', blanks and '/'.")
    # MLflow's newer separator: with its older one, %, a time that begins with 17 would read as a control character.
    when = now_ms() if timestamp is None else timestamp
    stem = f"images/{key.replace('/', '~')}+step+{step}+timestamp+{when}+{uuid.uuid4()}"
    yield f"{stem}.png", False
    yield f"{stem}+compressed.webp", True
