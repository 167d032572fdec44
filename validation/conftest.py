"""Tests beside this file measure as those of `tests` do."""

from tests.conftest import measured

__all__ = ["measured"]
