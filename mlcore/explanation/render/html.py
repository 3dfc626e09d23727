"""Attribution maps to take along: one HTML file that needs nothing else, or a ZIP archive of many pictures."""

import base64
import html
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mlcore import intake
from mlcore.clips import Clip
from mlcore.errors import Kind, Refused
from mlcore.explanation import Explanation, explain, methods
from mlcore.explanation.render import overlay
from mlcore.home import NAME
from mlcore.images import Picture
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier
from mlcore.progress import Progress, silent

Source = Path | str | BinaryIO  # a file, a folder, an archive, or what is open already
TO_COME = 10  # pictures that are thought to follow
SHOWN = 200  # pictures that the page of an archive shows; at 25 kB each it stays below 10 MB
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 70rem; margin: auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 0 0 1.5rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 1rem; }
figure { margin: 0; overflow-wrap: anywhere; }
img { width: 100%; border-radius: 8px; }
"""


@dataclass(frozen=True)
class Row:
    """A file with its explanation and answer, or with the reason why there is none."""

    file: str
    explanation: Explanation | None = None
    answer: str = ""
    refusal: Refused | None = None


def page(title: str, explanations: Iterable[Explanation], facts: dict[str, str], strength: float = 0.6) -> str:
    """An HTML document with each explanation over its picture; whatever came from outside is escaped."""
    figures = "".join(_figure(each, methods.get(each.method).title, strength) for each in explanations)
    return _document(title, f"{_facts(facts)}<div class=grid>{figures}</div>")


def explain_many(
    classifier: Classifier,
    sources: Iterable[tuple[str, Source]],
    method: str,
    target: int | str | None = None,
    progress: Progress = silent,
    **settings: Any,
) -> Iterator[Row]:
    """Explain every picture, or clip where the model takes clips, of the named sources [(name, path or open file)].

    One after the other; without a target each picture's own answer is explained. `progress` hears of
    each, and of a slow one while it lasts; an exception in it cancels. How many pictures an archive holds isn't known
    before it has been read, so each counts as one of ten more to come.
    """
    done = 0
    for name, source in sources:
        for file, picture in _contents(classifier.card, source, name):
            own = _picture(progress, done, file)
            own(0.0)
            done += 1
            yield _row(classifier, file, picture, method, target, settings | {"progress": own})


def _picture(progress: Progress, done: int, file: str) -> Progress:
    """The progress of one picture after others that are done."""
    return lambda share, text="", /: progress((done + share) / (done + TO_COME), file)


def archive(target: BinaryIO, rows: Iterable[Row], title: str, facts: dict[str, str], strength: float = 0.6) -> int:
    """Write a ZIP with a PNG and an NPY for each picture and an index.html of its own; gives the pictures in it.

    Raises Refused(no-images) when none could be explained.
    """
    figures: list[str] = []
    unread: list[str] = []
    count = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as file:  # PNG is packed already
        for row in rows:
            if row.explanation is None:
                unread.append(_unread(row))
                continue
            count += 1
            stem = f"{count:05}-{_safe(row.file)}"
            file.writestr(f"{stem}.png", overlay.png(row.explanation, strength))
            file.writestr(f"{stem}.npy", overlay.npy(row.explanation.heat))
            if count <= SHOWN:
                figures.append(_figure(row.explanation, f"{row.file}: {row.answer}", strength))
        body = _facts(facts | {"Pictures": str(count)}) + f"<div class=grid>{''.join(figures)}</div>"
        reasons = f"<h2>Not readable</h2><ul>{''.join(unread)}</ul>" if unread else ""
        file.writestr("index.html", _document(title, body + reasons))
    if not count:
        raise Refused(Kind.NO_IMAGES, "None of the files could be read as a picture, so nothing was explained.")
    return count


def _contents(card: Card, source: Source, name: str) -> Iterator[tuple[str, Picture | Clip | Refused]]:
    """The pictures of a source, or its clips."""
    if len(card.shape) == 3:
        return intake.pictures(source, name)
    frames, height, width = card.shape[:3]
    return intake.clips_of(source, name, frames, (height, width))


def _row(
    classifier: Classifier,
    file: str,
    picture: Picture | Clip | Refused,
    method: str,
    target: int | str | None,
    settings: dict[str, Any],
) -> Row:
    if isinstance(picture, Refused):
        return Row(file, refusal=picture)
    explanation = explain(method, classifier, picture, target, **settings)
    return Row(file, explanation, classifier.predict(picture).best_name)


def _unread(row: Row) -> str:
    reason = row.refusal.message if row.refusal else ""
    return f"<li>{html.escape(row.file)}: {html.escape(reason)}</li>"


def _figure(explanation: Explanation, title: str, strength: float) -> str:
    picture = base64.b64encode(overlay.png(explanation, strength, side=224)).decode()
    facts = {name.replace("_", " "): value for name, value in explanation.diagnostics.items()}
    diagnostics = ", ".join(f"{name} {_short(value)}" for name, value in facts.items())
    caption = f"{title}. Explained: {explanation.class_name}, score {explanation.score:.3g}."
    return (
        f'<figure><img alt="{html.escape(caption)}" src="data:image/png;base64,{picture}">'
        f"<figcaption>{html.escape(caption)}<br><small>{html.escape(diagnostics)}</small></figcaption></figure>"
    )


def _short(value: float | str) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _facts(facts: dict[str, str]) -> str:
    rows = (f"<dt>{html.escape(name)}</dt><dd>{html.escape(str(value))}</dd>" for name, value in facts.items())
    return f"<dl>{''.join(rows)}</dl>"


def _document(title: str, body: str) -> str:
    legend = "Signed maps: red speaks for the class, blue against it. Other maps: the brighter, the more it mattered."
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        # No script, no other host: the file shows what it holds and nothing else.
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{html.escape(title)}</h1>{body}<p>{legend}</p></main></body></html>"
    )


def _safe(name: str) -> str:
    """A file's name with nothing in it that an unpacking program could stumble over."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    plain = "".join(mark if mark.isascii() and mark.isalnum() else "-" for mark in stem).strip("-")[:40]
    return plain if NAME.match(plain) else "picture"
