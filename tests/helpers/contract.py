"""The contract of the atlas (`publish.atlas.contract`) as plain shapes: to check data, and to tell the page.

``python tests/helpers/contract.py`` writes ``assets/contract.d.ts`` anew.
"""

import json
import types
import typing
from importlib.resources import files
from pathlib import Path

from sozialraum.publish.atlas import contract

DECLARATIONS = Path(str(files("sozialraum.publish.atlas") / "assets" / "contract.d.ts"))
PLAIN = {str: "text", bool: "flag", int: "whole", float: "number", typing.Any: "any"}
HEAD = """\
/** Written by tests/helpers/contract.py from publish/atlas/contract.py: change it there. */
/** Packed in the file; a list once core/model.js has made it ready. */
type Column = (number | null)[];
/** One digit per district. */
type Digits = string;
/** In the file {de, en}; the text that is read once core/language.js has chosen. */
type Both = string;
type Words = Record<string, string>;
type Texts = Words;
"""
OWN = ("Both", "Texts")


def shape(hint):  # noqa: PLR0911 - one answer per kind of type
    """Describe a type as JSON could: a word, or a dict with one key."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.NotRequired:
        return shape(parts[0])
    if origin is typing.Annotated:
        return parts[1]
    if typing.is_typeddict(hint):
        return {"record": hint.__name__}
    if origin is list:
        return {"list": shape(parts[0])}
    if origin is dict:
        return {"map": shape(parts[1])}
    if origin is typing.Literal:
        return {"words": list(parts)}
    if origin in (types.UnionType, typing.Union):
        return {"maybe": shape(next(part for part in parts if part is not type(None)))}
    return PLAIN[hint]


def records():
    """Return every record of the contract: name to field to (is it always there, its shape)."""
    found = {}
    for name, record in vars(contract).items():
        if typing.is_typeddict(record):
            hints = typing.get_type_hints(record, include_extras=True)
            found[name] = {
                field: [typing.get_origin(hint) is not typing.NotRequired, shape(hint)]
                for field, hint in hints.items()
            }
    return found


def faults(value, wanted, known, size, place="data"):  # noqa: PLR0911 - one answer per kind of shape
    """List where a value is not what the contract says."""
    if isinstance(wanted, str):
        return [] if _is(value, wanted, size) else [f"{place}: {value!r:.60} is no {wanted}"]
    ((kind, inner),) = wanted.items()
    if kind == "maybe":
        return [] if value is None else faults(value, inner, known, size, place)
    if kind == "words":
        return [] if value in inner else [f"{place}: {value!r} is none of {inner}"]
    if kind == "list":
        if not isinstance(value, list | tuple):
            return [f"{place}: no list"]
        return [
            told
            for at, part in enumerate(value)
            for told in faults(part, inner, known, size, f"{place}[{at}]")
        ]
    if not isinstance(value, dict):
        return [f"{place}: no object"]
    if kind == "map":
        return [
            told for at, part in value.items() for told in faults(part, inner, known, size, f"{place}.{at}")
        ]
    fields = known[inner]
    told = [f"{place}.{name} is not in publish/atlas/contract.py" for name in value.keys() - fields.keys()]
    told += [
        f"{place}.{name} is missing" for name, (always, _) in fields.items() if always and name not in value
    ]
    for name in value.keys() & fields.keys():
        told += faults(value[name], fields[name][1], known, size, f"{place}.{name}")
    return sorted(told)


def _is(value, wanted, size):
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {
        "any": True,
        "text": isinstance(value, str),
        "flag": isinstance(value, bool),
        "whole": number and value == int(value),
        "number": number,
        "digits": isinstance(value, str) and value.isdigit() and len(value) == size,
        "column": isinstance(value, str) and ":" in value,
        "words": isinstance(value, dict) and all(isinstance(word, str) for word in value.values()),
    }[wanted]


def _type(wanted):
    if isinstance(wanted, str):
        return {"text": "string", "flag": "boolean", "whole": "number"}.get(
            wanted, wanted.capitalize() if wanted in {"digits", "column", "words"} else wanted
        )
    ((kind, inner),) = wanted.items()
    if kind == "record":
        return inner
    if kind == "words":
        return " | ".join(json.dumps(word) for word in inner)
    if kind == "map":
        return f"Record<string, {_type(inner)}>"
    told = _type(inner)
    if kind == "maybe":
        return f"{told} | null"
    return f"({told})[]" if "|" in told else f"{told}[]"


def declarations():
    """Return the text of ``contract.d.ts``."""
    parts = [HEAD]
    for name, fields in records().items():
        if name in OWN:
            continue
        about = (getattr(contract, name).__doc__ or "").strip().splitlines()[0]
        lines = [
            f"  {field}{'' if always else '?'}: {_type(inner)};" for field, (always, inner) in fields.items()
        ]
        parts.append("\n".join([f"/** {about} */", f"interface {name} {{", *lines, "}", ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    DECLARATIONS.write_text(declarations(), "utf-8")
