"""The book's explorables: widgets in Jupyter, and alive in the built pages without a kernel."""

from helpers.explorables.image_space import ImageSpace
from helpers.explorables.mirror_image import MirrorImage

__all__ = ["ImageSpace", "MirrorImage"]
