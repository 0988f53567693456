"""Values as TOML writes them."""

from __future__ import annotations

__all__ = ["toml", "toml_value"]


def toml(value: str) -> str:
    """Write a text as a TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in escaped) + '"'
    )


def toml_value(value: object) -> str:
    """Write a text, a number, a list or a table of texts."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{toml(str(name))} = {toml_value(entry)}" for name, entry in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, bool):
        return str(value).lower()
    return toml(value) if isinstance(value, str) else str(value)
