"""`data preview` and `data add` take the same words about how pictures are to be read."""

import json

import pytest

from mlcore import cli
from tests.odd_archives import files, zipped


@pytest.fixture
def ask(capsys, tmp_path):
    """Pack pictures, ask the verb `data` about them, and give the exit status and the document."""

    def asked(content, verb, *words):
        path = tmp_path / "pets.zip"
        path.write_bytes(zipped(content))
        status = cli.main(["data", verb, str(path), *words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return asked


YEARS = files("2019/cat/1.png", "2019/dog/2.png", "2020/cat/3.png", "2020/dog/4.png")
TABLE = files("a.png", "b.png", "c.png", "d.png") | {"t.csv": b"id,age,weight\na,1,2\nb,1,3\nc,2,4\nd,2,5\n"}
NAMED = files("cat_1.png", "cat_2.png", "dog_3.png", "dog_4.png")
WAYS = {
    "splits": (YEARS, ("--splits", "train=2019,test=2020"), {"cat": 2, "dog": 2}),
    "depth": (YEARS, ("--classes-at", "1"), {"2019": 2, "2020": 2}),
    "a column": (TABLE, ("--label-column", "age"), {"1": 2, "2": 2}),
    "a table and its columns": (
        TABLE,
        ("--labels", "t.csv", "--path-column", "id", "--label-column", "age"),
        {"1": 2, "2": 2},
    ),
    "no table": (TABLE, ("--labels", "none"), {"pictures": 4}),
    "names of files": (NAMED, ("--by-name",), {"cat": 2, "dog": 2}),
}


@pytest.mark.parametrize(("content", "words", "classes"), WAYS.values(), ids=WAYS)
def test_preview_and_add_read_alike(ask, content, words, classes):
    seen = ask(content, "preview", *words)
    added = ask(content, "add", "--name", "pets", *words)

    assert [seen[0], added[0]] == [0, 0]
    assert seen[1]["classes"] == added[1]["classes"] == classes


@pytest.mark.parametrize(("content", "kind"), [(YEARS, "unclear-splits"), (TABLE, "unclear-labels")])
def test_what_is_unclear_is_a_question_of_preview_and_a_refusal_of_add(ask, content, kind):
    assert ask(content, "preview")[1]["question"]["kind"] == kind
    status, told = ask(content, "add", "--name", "pets")
    assert (status, told["error"]["kind"]) == (2, kind)


def test_a_preview_for_people_says_what_is_left_out_and_why(capsys, tmp_path):
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped({**files(), "cat/more.zip": zipped(files())}))

    assert cli.main(["data", "preview", str(path)]) == 0
    told = capsys.readouterr().out
    assert "pets.zip: 6 pictures, 2 classes" in told
    assert "Left out: cat/more.zip: An archive inside an archive isn't opened" in told
    assert "Stored at 9 x 9 pixels" in told


def test_a_table_elsewhere_finds_its_pictures(capsys, tmp_path):
    (tmp_path / "img").mkdir()
    for name, content in NAMED.items():
        (tmp_path / "img" / name).write_bytes(content)
    (tmp_path / "labels.tsv").write_text("file\tlabel\ncat_1\tcat\ndog_3\tdog\n")

    words = ["data", "preview", str(tmp_path / "labels.tsv"), "--pictures", str(tmp_path / "img"), "--json"]
    assert cli.main(words) == 0
    assert json.loads(capsys.readouterr().out)["classes"] == {"cat": 1, "dog": 1}
