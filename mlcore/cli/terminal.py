"""The one way to a terminal: foreign text, such as a title or a file name, arrives as text and commands nothing."""

import re
import sys

# Codes that a terminal obeys (C0, C1), marks that turn the reading direction round, and halves of characters that
# no encoding can write. Line ends and tabs stay.
COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """The text with every command in it spelled out, as in \\u001b; JSON stays the same JSON."""
    return COMMANDS.sub(lambda code: f"\\u{ord(code.group()):04x}", text)


def say(text: str) -> None:
    """Print an answer on stdout; nothing where there is none."""
    if text:
        sys.stdout.write(harmless(text) + "\n")
        sys.stdout.flush()


def tell(text: str) -> None:
    """Print a word for a person on stderr."""
    sys.stderr.write(harmless(text) + "\n")
    sys.stderr.flush()


def tell_again(text: str, last: bool = False) -> None:
    """Print over the last such word on stderr, when a person is watching."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{harmless(text)} " + ("\n" if last else ""))
        sys.stderr.flush()
