"""The version of the package, said here alone."""

__all__ = ["__version__"]

__version__ = "0.1.0"
