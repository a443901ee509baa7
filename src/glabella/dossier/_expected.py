"""What was found and what was expected, in words of people and not of a library."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

#: By the kind of an error of Pydantic; names in braces are those of its context.
_EXPECTED: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys(("string_type", "string_unicode"), "text"),
    "string_too_short": "text",
    "string_too_long": "at most {max_length} characters",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    "finite_number": "a number that is finite",
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "iterable_type"), "a list"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "keys and values"),
    "none_required": "null",
})  # fmt: skip
#: Of a text that must have a form, by the form.
_FORMS: Mapping[str, str] = MappingProxyType(
    {
        r"^[A-Za-z][A-Za-z0-9_-]*$": "a name of letters, digits, _ and -, a letter first",
        r"^\d{4}-\d{2}-\d{2}$": "a day as YEAR-MONTH-DAY",
        r"^[A-Za-z_][A-Za-z0-9_]*$": "a name of letters, digits and _, no digit first",
        r"^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$": "a name, or two names with a full stop between",
        r"^[A-Za-z][A-Za-z0-9_-]*\.(?:treated|control)$": "NAME.treated or NAME.control",
        r"^tables/[A-Za-z0-9_.-]+\.csv$": "tables/NAME.csv",
        r"^https?://\S+$": "an address that begins with http:// or https:// and has no space",
    }
)


def expected(detail: Mapping[str, Any]) -> str:
    """Say what one error of Pydantic expects.

    Examples
    --------
    >>> expected({"type": "greater_than", "ctx": {"gt": 0.0}, "msg": ""})
    'more than 0'
    >>> expected({"type": "literal_error", "ctx": {"expected": "'higher' or 'lower'"}, "msg": ""})
    'higher or lower'
    """
    kind, context = detail["type"], detail.get("ctx") or {}
    if kind == "literal_error":
        return str(context["expected"]).replace("'", "")
    if kind == "string_pattern_mismatch":
        return _FORMS.get(context["pattern"], f"text of the form {context['pattern']}")
    if kind in ("too_short", "too_long"):
        most = kind == "too_long"
        number = context["max_length" if most else "min_length"]
        return f"{number} or {'fewer' if most else 'more'}, not {context['actual_length']}"
    if kind in _EXPECTED:
        return _EXPECTED[kind].format_map({name: _plain(value) for name, value in context.items()})
    said = str(detail["msg"])
    return said.removeprefix("expected ") or "something else"


def shown(found: object) -> str:
    """Show what was found; of what has parts, which kind it is.

    >>> shown("flat"), shown(None), shown({}), shown([1])
    ("'flat'", 'null', 'keys and values', 'a list')
    """
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, str | int | float):
        return repr(found)
    if found is None:
        return "null"
    return (
        "keys and values" if isinstance(found, dict) else "a list" if isinstance(found, list) else "something else"
    )


def _plain(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value
