"""Things said one after the other."""


def listed(parts: list[str]) -> str:
    """Parts as a person lists them: a; a and b; a, b, and c; nothing is ""."""
    *most, last = parts or [""]
    return f"{', '.join(most)}, and {last}" if len(most) > 1 else " and ".join([*most, last])
