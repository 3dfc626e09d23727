"""Settings describe themselves: one declaration is the form, the flag, the check, the JSON and the docs row."""

import json
import reprlib
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from mlcore import reader
from mlcore.errors import Kind, Refused

FieldType = Literal["integer", "number", "flag", "choice", "list", "names", "text"]


class Settings(BaseModel):
    """Frozen, checked values with a default and one line of help each."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def suited_to(cls, shape: tuple[int, ...]) -> dict[str, Any]:
        """What suits pictures of a shape better than the defaults, by name; empty where that is unknown."""
        return {}


def number(
    default: Any, low: float, high: float, help: str, *, label: str = "", expert: bool = False, since: str = ""
) -> Any:
    """A bounded number; `expert` puts it behind the fold of a form, `since` is the version that it came with."""
    extra = _extra(expert, since=since)
    return Field(default, ge=low, le=high, description=help, title=label or None, json_schema_extra=extra)


def choice(default: Any, help: str, *, label: str = "", expert: bool = False, since: str = "") -> Any:
    """One of the values of a Literal, a yes/no, or a short list."""
    return Field(default, description=help, title=label or None, json_schema_extra=_extra(expert, since=since))


def name(
    default: str, titles: Callable[[], Mapping[str, str]], help: str, *, label: str = "", expert: bool = False
) -> Any:
    """A name out of a list that grows, such as the models; `titles` gives names with titles when it is asked."""
    return Field(default, description=help, title=label or None, json_schema_extra=_extra(expert, titles=titles))


def names(help: str, *, label: str = "", expert: bool = False) -> Any:
    """Any number of names, none at first; who shows the setting knows which there are."""
    extra = _extra(expert, names=True)
    return Field(default_factory=list, description=help, title=label or None, json_schema_extra=extra)


def recorded(help: str) -> Any:
    """A text that the program writes down by itself, such as a fingerprint; no form asks for it."""
    return Field("", description=help, json_schema_extra=_extra(False, recorded=True))


def _extra(expert: bool, **facts: object) -> JsonDict:
    """What pydantic keeps of a field for us; no JSON schema is made of it, so a function may be among it."""
    return cast(JsonDict, {"expert": expert, **facts})


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class FieldSpec:
    """What a form, a flag or a docs row needs to know of one setting."""

    name: str
    label: str
    help: str
    type: FieldType
    default: Any
    low: float | None
    high: float | None
    choices: tuple[Any, ...]
    optional: bool
    expert: bool
    titles: dict[str, str] = field(default_factory=dict)  # of a name's allowed values, as they are now


def fields(settings: type[Settings]) -> list[FieldSpec]:
    """The settings of a class, in the order of their declaration; nested and recorded ones are left out."""
    specs = (_spec(name, info) for name, info in settings.model_fields.items())
    return [spec for spec in specs if spec]


def read(settings: type[S], values: Mapping[str, Any]) -> S:
    """Build settings from plain values; raises Refused(bad-setting) with one sentence."""
    try:
        return settings.model_validate(values)
    except ValidationError as error:
        raise Refused(Kind.BAD_SETTING, _sentence(settings, error.errors()[0])) from None


def override(values: dict, assignments: list[str]) -> dict:
    """Apply `key=value` texts, dots going deeper, to nested plain values; the input stays as it is.

    A value is read as JSON where that works ("12", "0.1", "true", "[64, 32]"), else as text.
    """
    result = json.loads(json.dumps(values))
    for assignment in assignments:
        key, sign, text = assignment.partition("=")
        if not sign or not key.strip():
            raise Refused(
                Kind.BAD_SETTING, f"{assignment!r} isn't a setting: write key=value, as in training.epochs=12."
            )
        _assign(result, key.strip().split("."), reader.parse_or(text, text))
    return result


def said(settings: Settings) -> dict[str, Any]:
    """Settings as plain values, without those that came with a later version and are off.

    So what was written down before that version and what is written now say the same.
    """
    plain = settings.model_dump(mode="json")
    for name, info in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, Settings):
            plain[name] = said(value)
        elif isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("since") and value == info.default:
            del plain[name]
    return plain


def _assign(values: dict, path: list[str], value: Any) -> None:
    for key in path[:-1]:
        values = values.setdefault(key, {})
        if not isinstance(values, dict):
            raise Refused(Kind.BAD_SETTING, f"There is no setting {'.'.join(path)!r}: {key!r} has no parts.")
    values[path[-1]] = value


def _spec(name: str, info: FieldInfo) -> FieldSpec | None:
    annotation, optional = _unwrap(info.annotation)
    if _is_nested(annotation):
        return None
    bounds = {type(part).__name__: part for part in info.metadata}
    extra: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    if extra.get("recorded"):
        return None
    return FieldSpec(
        name=name,
        label=info.title or name.replace("_", " ").capitalize(),
        help=info.description or "",
        type="names" if extra.get("names") else _type(annotation),
        default=None if info.is_required() else info.get_default(call_default_factory=True),
        low=getattr(bounds.get("Ge"), "ge", None),
        high=getattr(bounds.get("Le"), "le", None),
        choices=get_args(annotation) if get_origin(annotation) is Literal else (),
        optional=optional,
        expert=bool(extra.get("expert")),
        titles=dict(extra["titles"]()) if "titles" in extra else {},
    )


def _unwrap(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [part for part in get_args(annotation) if part is not type(None)]
        return inner[0], len(inner) < len(get_args(annotation))
    return annotation, False


def _is_nested(annotation: Any) -> bool:
    """Whether it is settings, or a list of settings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(_is_nested(part) for part in get_args(annotation))


def _type(annotation: Any) -> FieldType:
    if get_origin(annotation) is Literal:
        return "choice"
    if get_origin(annotation) in (tuple, list):
        return "list"
    return _PLAIN_TYPES.get(annotation, "text")


_PLAIN_TYPES: dict[Any, FieldType] = {bool: "flag", int: "integer", float: "number"}


def _sentence(settings: type[Settings], error: Mapping[str, Any]) -> str:
    path = ".".join(str(part) for part in error["loc"])
    if not path:
        return f"Settings are names with values, not {reprlib.repr(error['input'])}."
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])  # a check of our own has said it in a sentence
    if error["type"] == "extra_forbidden":
        allowed = ", ".join(settings.model_fields)
        return f"There is no setting {path!r} here; {f'known: {allowed}' if allowed else 'nothing can be set'}."
    if error["type"] == "missing":
        return f"The setting {path!r} is missing."
    return f"The setting {path!r} can't be {reprlib.repr(error['input'])}: {_lower_first(error['msg'])}."


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
