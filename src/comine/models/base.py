"""A model is frozen parameters and one verb. A family is the base class of its kinds."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class Model(BaseModel):
    """Frozen parameters; unknown names are errors; attribute docstrings become the docs."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_count(cls, value: object, info: ValidationInfo) -> object:
        """Refuse true and false where a whole number is wanted; pydantic reads them as 1 and 0."""
        name = info.field_name or ""
        if isinstance(value, bool) and cls.model_fields[name].annotation is int:
            raise PydanticCustomError("int_type", "must be a whole number")
        return value


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


@dataclass(frozen=True)
class Slot:
    """What may stand at a key of the project: a bare type and the marks on it."""

    type: Any
    marks: tuple[Any, ...] = ()

    @classmethod
    def of(cls, annotation: Any, marks: tuple[Any, ...] = ()) -> "Slot":
        """Slot of an annotation; ``X | None`` counts as X.

        >>> Slot.of(Annotated[float, "m"] | None)
        Slot(type=<class 'float'>, marks=('m',))
        """
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return cls.of(arguments[0], marks + arguments[1:])
        if origin in (Union, UnionType) and len(rest := set(arguments) - {NoneType}) == 1:
            return cls.of(rest.pop(), marks)
        return cls(annotation, marks)

    @classmethod
    def at(cls, field: FieldInfo) -> "Slot":
        """Slot of a model's field."""
        return cls.of(field.annotation, tuple(field.metadata))

    @property
    def model(self) -> type[BaseModel] | None:
        """The model that stands here, if one does."""
        is_model = isinstance(self.type, type) and issubclass(self.type, BaseModel)
        return self.type if is_model and not self.family else None

    @property
    def family(self) -> type[Model] | None:
        """The family any kind of which may stand here, if one does."""
        return next((mark.family for mark in self.marks if isinstance(mark, OneOf)), None)

    @property
    def many(self) -> "Slot | None":
        """The entries of the table of tables or list that stands here, if one does."""
        arguments = get_args(self.type)
        if get_origin(self.type) is dict:
            return Slot.of(arguments[1])
        return Slot.of(arguments[0]) if get_origin(self.type) in (tuple, list) else None
