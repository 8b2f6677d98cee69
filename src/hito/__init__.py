"""hito follows, explains, versions, serves and reproduces machine-learning models."""

__version__ = "0.1.0"
