"""A model is frozen parameters and one verb. A family is the base class of its kinds."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Model(BaseModel):
    """Frozen parameters; unknown names are errors; attribute docstrings become the docs."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )


@cache
def kinds(family: type[Model]) -> dict[str, type[Model]]:
    """All kinds of a family, ours and those of installed plug-ins (``comine.<family>``).

    The name of the family in the entry-point group is in lower case, as in ``comine.heatsystem``.
    """
    for entry in entry_points(group=f"comine.{family.__name__.lower()}"):
        entry.load()
    return {c.model_fields["kind"].default: c for c in family.__subclasses__()}


@dataclass(frozen=True)
class OneOf:
    """Marks a field that ``kind = "..."`` resolves: ``Annotated[Layout, OneOf(Layout)]``."""

    family: type[Model]

    def __get_pydantic_core_schema__(self, source: Any, get: GetCoreSchemaHandler) -> CoreSchema:
        choices = {kind: get.generate_schema(cls) for kind, cls in kinds(self.family).items()}
        return core_schema.no_info_wrap_validator_function(
            lambda value, pick: value if isinstance(value, self.family) else pick(value),
            core_schema.tagged_union_schema(choices, discriminator="kind"),
            serialization=core_schema.plain_serializer_function_ser_schema(Model.model_dump),
        )


def family_of(annotation: Any, metadata: list[Any]) -> type[Model] | None:
    """Family that a field's annotation or metadata marks with `OneOf`, if any."""
    for mark in (*metadata, *getattr(annotation, "__metadata__", ())):
        if isinstance(mark, OneOf):
            return mark.family
    inner = [family_of(argument, []) for argument in get_args(annotation)]
    return next((family for family in inner if family), None)
