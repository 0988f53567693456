"""What the atlas page makes of its data: columns unpacked, one language."""

import re

from sozialraum.publish.atlas.data import atlas_data as packed

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def column(text):
    """Unpack one column, cell by cell: written apart from the code that packs, as a check of it."""
    digits, cells = text.split(":")
    found, last, code, shift = [], 0, 0, 0
    for letter in cells:
        group = ALPHABET.index(letter)
        code |= (group & 31) << shift
        shift += 5
        if group & 32:
            continue
        if code:
            step = code - 1
            last += -(step + 1) // 2 if step % 2 else step // 2
            number = last / 10 ** int(digits)
            found.append(int(number) if number == int(number) else number)
        else:
            found.append(None)
        code = shift = 0
    return found


def told(value, language):
    if isinstance(value, str) and re.fullmatch(r"\d:[\w-]+", value):
        return column(value)
    if isinstance(value, list | tuple):
        return [told(part, language) for part in value]
    if isinstance(value, dict):
        if value.keys() == {"de", "en"}:
            return value[language]
        return {name: told(part, language) for name, part in value.items()}
    return value


def atlas_data(release):
    data = packed(release)
    return told(data, data["language"])
