"""Classify: one picture, many, a folder or an archive; the table can be taken along as CSV."""

import streamlit as st

from mlcore import clips, images, tables
from pages.parts import formatting, pick, picture, shell
from pages.parts.answer.answer import answer
from pages.parts.classify.table import Line, classify
from pages.parts.components.into_view import into_view
from pages.parts.trouble import notices, trouble

shell.require()

WAYS = {"pictures": "Pictures", "folder": "A folder", "archive": "A ZIP or TAR file"}
CLIP_WAYS = {"pictures": "Clips", "archive": "A ZIP or TAR file"}
SHOWN = 500  # rows with a thumbnail each; the CSV holds all


def uploads(way: str, card) -> list:
    """What was dropped, as a list of files."""
    things = "clips" if card.is_sequence else "pictures"
    if way == "archive":
        file = st.file_uploader(
            f"Drop a ZIP or TAR file of {things}", key="classify.archive", type=["zip", "tar", "gz", "tgz", "bz2", "xz"]
        )
        return [file] if file else []
    return st.file_uploader(
        f"Drop {things}, as many as you like" if way == "pictures" else "Choose a folder of pictures",
        key=f"classify.{way}",
        type=list(clips.ENDINGS) if card.is_sequence and way != "folder" else picture.ANY_FILE,
        accept_multiple_files=True if way == "pictures" else "directory",
        max_upload_size=picture.MAX_MEGABYTES,
    )


@st.cache_data(max_entries=4, show_spinner=False, scope="session")
def classified(stamp: tuple, files: tuple, top: int, _classifier, _uploads) -> list[Line]:
    """The answers for these files, kept for as long as model and files stay the same."""
    lines: list[Line] = []
    counter = st.empty()
    for line in classify(_classifier, _uploads, top):
        lines.append(line)
        if len(lines) % 20 == 1:
            counter.text(f"{formatting.count(len(lines), 'file')} read…")
    counter.empty()
    return lines


def table(rows: list[Line], top: int) -> None:
    """Every picture with its answer; what could not be read follows below with its reason."""
    good, bad = [row for row in rows if not row.message], [row for row in rows if row.message]
    st.write(f"{formatting.count(len(good), 'file')} answered, {len(bad)} not readable.")
    shown = [_shown(row) for row in good[:SHOWN]]
    columns = {
        "Picture": st.column_config.ImageColumn("Picture", width="small"),
        "Such answers right": st.column_config.TextColumn(
            help="Of held-out answers as sure as it, with 95\u00a0% interval"
        ),
        "One of": st.column_config.TextColumn(
            help="Classes among which the truth is for 9 of 10 answers that aren't sure"
        ),
    }
    st.dataframe(
        shown,
        hide_index=True,
        key="classify.table",
        column_config=columns,
        row_height=56,
        alt="Table of pictures and their likeliest classes",
    )
    if len(good) > SHOWN:
        st.caption(f"The first {SHOWN} are shown; the CSV holds all {len(good):,}.")
    st.download_button(
        "Download as CSV",
        lambda: tables.csv(row.plain() for row in rows),
        "answers.csv",
        "text/csv",
        key="classify.csv",
        icon=":material/download:",
        on_click="ignore",
    )
    if bad:
        st.subheader("Not readable", anchor=False)
        reasons = [{"File": row.file, "Why": row.message} for row in bad]
        st.dataframe(reasons, hide_index=True, key="classify.bad", alt="Files that could not be read, and why")


def _shown(row: Line) -> dict[str, str]:
    """A file as the table has it."""
    ranked = {f"{rank}.": f"{name} ({formatting.probability(share)})" for rank, (name, share) in enumerate(row.top, 1)}
    values = {"Picture": row.thumbnail, "File": row.file, "Answer": row.answer, **ranked}
    if row.level:
        value, low, high = row.level.accuracy.percents(0)
        values["Such answers right"] = f"{value}\u00a0% ({low} to {high}) of {row.level.n:,}"
    return values if row.set is None else values | {"One of": ", ".join(row.set)}


def answered(card, way: str, files: list) -> None:
    """What came of the files: the full answer for a single picture, else a table."""
    if way == "pictures" and len(files) == 1:
        one(pick.classifier(card), files[0])
        return
    top = st.number_input("Answers per picture", 1, 10, 3, key="classify.top", persist_state="session")
    names = tuple((file.file_id, file.name) for file in files)
    table(classified(pick.stamp(card.id), names, top, pick.classifier(card), files), top)


def one(classifier, file) -> None:
    """A single picture gets the full answer."""
    card, content = classifier.card, file.getvalue()
    decoded = clips.decode(content, card.shape[0]) if card.is_sequence else images.decode(content)
    chosen = picture.Chosen(file.name, decoded)
    st.session_state["upload"] = file.getvalue()
    picture.choose(f"upload:{file.name}")
    answer(classifier, chosen, "classify.answer")
    notices(chosen.picture.notices, "classify")


shell.heading("classify")
with trouble("Classifying"):
    card = pick.model()
    ways = CLIP_WAYS if card.is_sequence else WAYS
    way = pick.one("What do you have?", ways, "way", widget=st.segmented_control, required=True)
    files = uploads(way, card)
    if not files:
        st.caption(
            f"All {'clips' if card.is_sequence else 'pictures'} are cropped and scaled as those that the model learned "
            "from were. Nothing leaves this machine."
        )
    else:
        with st.container(key="classify.result"):
            answered(card, way, files)
        into_view("classify.result", [file.file_id for file in files], "See the answers")
