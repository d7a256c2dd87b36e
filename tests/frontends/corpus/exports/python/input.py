from . import other

__all__ = ["a", "b"] + other.__all__
__all__ += ("c",)
__all__.extend(["d"])
