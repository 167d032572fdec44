"""A strategy: which parts of the project are built and run together."""

from pydantic import Field

from comine.models.base import Model


class Strategy(Model):
    """Which parts are on."""

    mine: bool = True
    """Whether ore is mined."""
    heat: tuple[str, ...] = ()
    """Heat systems that are built, by their names in the project."""
    doc: str = Field(default="", max_length=200)
    """What this way of working means, in a few words, for the report."""
    doc_zh: str = Field(default="", max_length=200)
    """The same in Chinese."""
