"""A table of paths and classes beside the pictures is read as people save it; what it lacks is told by name."""

import io
import math

import pytest

from mlcore import archives, data
from mlcore.archives import Reading
from mlcore.errors import Kind, Refused
from tests.odd_archives import files, picture, zipped

FOUR = files("a.png", "b.png", "c.png", "d.png")


def opened(content, said=archives.DETECTED):
    archive = archives.open(io.BytesIO(zipped(content)), reading=said)
    archive.require_classes()
    return archive


def classes(content, said=archives.DETECTED):
    return {member.name: member.class_name for member in opened(content, said).members}


SAME = {"a.png": "cat", "b.png": "cat", "c.png": "dög", "d.png": "dög"}
HABITS = {
    "a CSV": "path,label\na.png,cat\nb.png,cat\nc.png,dög\nd.png,dög\n",
    "semicolons": "Filename;Class\r\na.png;cat\r\nb.png;cat\r\nc.png;dög\r\nd.png;dög\r\n",
    "tabs": "image\tspecies\na.png\tcat\nb.png\tcat\nc.png\tdög\nd.png\tdög\n",
    "bars": "image|target\na.png|cat\nb.png|cat\nc.png|dög\nd.png|dög\n",
    "spaces": "a.png cat\nb.png cat\nc.png dög\nd.png dög\n",
    "the class first": "category,file\ncat,a.png\ncat,b.png\ndög,c.png\ndög,d.png\n",
    "no names of columns": "a.png,cat\nb.png,cat\nc.png,dög\nd.png,dög\n",
    "no endings": "id,breed\na,cat\nb,cat\nc,dög\nd,dög\n",
    "paths of another machine": "path,y\nC:\\data\\a.png,cat\n/home/ann/b.png,cat\n./c.png,dög\nimg/d.png,dög\n",
    "quotes": '"image_id","label"\n"a.png","cat"\n"b.png","cat"\n"c.png","dög"\n"d.png","dög"\n',
    "other columns": "id,width,height,dx,age\na,1,2,cat,3\nb,1,2,cat,\nc,1,2,dög,5\nd,1,2,dög,6\n",
    "a number and a name": "id,label,label_name\na,0,cat\nb,0,cat\nc,1,dög\nd,1,dög\n",
    "one column a class": "image,cat,dög\na,1,0\nb,1.0,0.0\nc,0,1\nd,0,1\n",
    "spaces around": "path , label \n a.png , cat \n b.png,cat\nc.png,  dög\nd.png,dög\n\n",
}


@pytest.mark.parametrize("text", HABITS.values(), ids=HABITS)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_of_any_habit_names_the_classes(text, coding):
    assert classes({**FOUR, "labels.csv": text.encode(coding)}) == SAME


def test_where_the_classes_are_from_is_told():
    archive = opened({**FOUR, "labels.csv": HABITS["a CSV"].encode()})

    assert archive.notices[0].kind == Kind.LABELS_FROM_TABLE
    assert "'labels.csv'" in archive.notices[0].message
    assert "'label'" in archive.notices[0].message


def test_missing_pictures_and_rows_are_skipped_by_name():
    archive = opened({**FOUR, "labels.csv": b"path,label\na.png,cat\nb.png,dog\nzoo/x.png,dog\n"})

    assert sorted((one.file, one.kind) for one in archive.skipped) == [
        ("c.png", Kind.NO_LABEL),
        ("d.png", Kind.NO_LABEL),
        ("zoo/x.png", Kind.MISSING_FILE),
    ]
    assert all("'labels.csv'" in one.message for one in archive.skipped)


def test_a_row_that_contradicts_an_earlier_one_is_told():
    archive = opened({**FOUR, "labels.csv": b"path,label\na.png,cat\na.png,dog\nb.png,dog\nc,dog\nd,cat\nd,cat\n"})

    assert [(one.file, one.kind) for one in archive.skipped] == [("a.png", Kind.LABEL_CONFLICT)]


@pytest.mark.parametrize("name", ['"cat\nor dog"', "c\0at", "\u202etac", "cat" * 100])
def test_what_cant_be_the_name_of_a_class_makes_none(name):
    table = f"path,label\na.png,cat\nb.png,{name}\nc.png,dög\nd.png,dög\n"
    archive = opened({**FOUR, "labels.csv": table.encode()})

    assert archive.classes == {"cat": 1, "dög": 2}
    assert [(one.file, one.kind) for one in archive.skipped] == [("b.png", Kind.NO_LABEL)]
    assert "'labels.csv' gives it a class whose name" in archive.skipped[0].message


TOO_LARGE = {
    "a long cell": ("path,label\n" + "x" * 200_000, "field larger than field limit"),
    "one long row": ("path,label\n" + "," * 998 + "x\n" + "a\n" * 4_000, "more than 3,000,000 cells"),
}


@pytest.mark.parametrize(("text", "why"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_table_that_is_too_large_is_told_and_takes_no_memory(text, why):
    """Fifty tables of 50 MB pack into 10 MB, and would take 50 GB as cells."""
    archive = opened({**files("cat/a.png", "dog/b.png"), "labels.csv": text.encode()})

    assert archive.classes == {"cat": 1, "dog": 1}
    assert [(one.file, one.kind) for one in archive.skipped] == [("labels.csv", Kind.UNREADABLE_FILE)]
    assert why in archive.skipped[0].message


def test_several_tables_share_what_one_may_hold():
    rows = b"path,label\nx,y\n"
    archive = archives.open(io.BytesIO(zipped({**files("cat/a.png", "dog/b.png"), "1.csv": rows, "2.csv": rows})))
    archive.most_cells = 7
    archive.require_classes()

    assert [one.file for one in archive.skipped] == ["2.csv"]


def test_pictures_of_one_name_are_told_apart_by_their_folders():
    content = files("x/1.png", "y/1.png", "z/2.png")
    table = b"path,label\nx/1.png,cat\ny/1.png,dog\n2.png,dog\n1.png,dog\n"

    archive = opened({**content, "labels.csv": table})

    assert {member.name: member.class_name for member in archive.members} == {
        "x/1.png": "cat",
        "y/1.png": "dog",
        "z/2.png": "dog",
    }
    assert [(one.file, one.kind) for one in archive.skipped] == [("1.png", Kind.MISSING_FILE)]


def splits(content, said=archives.DETECTED):
    return {member.name: member.split for member in opened(content, said).members}


def test_a_column_tells_the_split():
    table = b"path,label,split\na,cat,train\nb,dog,Valid\nc,cat,testing\nd,dog,\n"

    assert splits({**FOUR, "labels.csv": table}) == {"a.png": "train", "b.png": "val", "c.png": "test", "d.png": None}


def test_tables_called_like_splits_tell_it():
    content = files("img/a.png", "img/b.png", "img/c.png", "img/d.png")
    tables = {"train.csv": b"id,label\na,cat\nb,dog\n", "validation_labels.csv": b"id,label\nc,cat\nd,dog\n"}

    assert splits({**content, **tables}) == {
        "img/a.png": "train",
        "img/b.png": "train",
        "img/c.png": "val",
        "img/d.png": "val",
    }


def test_folders_tell_the_split_where_the_table_does_not():
    content = files("train/a.png", "train/b.png", "test/c.png", "test/d.png")

    assert splits({**content, "labels.csv": HABITS["a CSV"].encode()}) == {
        "train/a.png": "train",
        "train/b.png": "train",
        "test/c.png": "test",
        "test/d.png": "test",
    }


def test_a_competition_is_read_by_its_training_table_alone():
    content = {
        **files("train/1.png", "train/2.png", "train/3.png", "test/1.png", "test/9.png"),
        "train.csv": b"id,breed\n1,pug\n2,pug\n3,beagle\n",
        "test.csv": b"id\n1\n9\n",
        "sample_submission.csv": b"id,breed\n1,pug\n9,pug\n",
    }

    assert classes(content) == {"train/1.png": "pug", "train/2.png": "pug", "train/3.png": "beagle"}


def test_further_columns_are_facts_of_the_picture():
    table = "image;label;age;sex;width;patient_id\na;cat;3,5;m;9;p1\nb;cat;;f;9;p1\nc;dog;7;;9;p2\nd;dog;n/a;f;9;p2\n"
    facts = {member.name: member.facts for member in opened({**FOUR, "labels.csv": table.encode()}).members}

    assert facts["a.png"] == {"age": "3,5", "sex": "m", "width (table)": 9.0, "group": "p1"}
    numbers = table.replace("n/a", "8")
    facts = {member.name: member.facts for member in opened({**FOUR, "labels.csv": numbers.encode()}).members}
    assert [facts[f"{name}.png"].get("age") for name in "abcd"] == [3.5, None, 7.0, 8.0]


def test_facts_reach_the_data_set(tmp_path):
    path = tmp_path / "pets.zip"
    table = b"path,label,age\na.png,cat,3\nb.png,cat,4\nc.png,dog,\nd.png,dog,6\n"
    path.write_bytes(zipped({**FOUR, "labels.csv": table}))

    dataset = data.add(path, "pets")

    ages = dict(zip(dataset.names, dataset.attributes["age"].values.tolist(), strict=True))
    assert (ages["a.png"], ages["d.png"]) == (3.0, 6.0)
    assert math.isnan(ages["c.png"])


def test_a_table_of_its_own_finds_its_pictures(tmp_path):
    for name, content in files("img/a.png", "img/b.png", "img/c.png", "img/d.png").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "labels.csv").write_bytes(HABITS["a CSV"].encode())
    (tmp_path / "elsewhere").mkdir()
    other = tmp_path / "elsewhere" / "other.csv"
    other.write_bytes(b"path,label\na.png,one\nb.png,two\n")

    assert data.add(tmp_path / "labels.csv", "beside").class_counts == {"cat": 2, "dög": 2}
    assert data.add(other, "elsewhere", pictures=tmp_path / "img").class_counts == {"one": 1, "two": 1}


def test_pictures_are_only_named_for_a_table(shapes_folder):
    with pytest.raises(Refused) as refusal:
        data.add(shapes_folder, "shapes", pictures=shapes_folder)

    assert refusal.value.kind == Kind.BAD_SETTING


FOLDERS = files("cat/a.png", "cat/b.png", "dog/c.png", "dog/d.png")


def test_a_table_counts_more_than_folders_and_can_be_left_out():
    content = {**FOLDERS, "labels.csv": b"path,label\na,x\nb,y\nc,x\nd,y\n"}

    assert set(classes(content).values()) == {"x", "y"}
    assert set(classes(content, Reading(labels="none")).values()) == {"cat", "dog"}


def test_a_table_without_classes_leaves_those_of_folders_and_adds_its_facts():
    archive = opened({**FOLDERS, "about.csv": b"path,age,weight\na,1,2\nb,2,3\nc,3,4\nd,4,5\n"})

    assert [member.class_name for member in archive.members] == ["cat", "cat", "dog", "dog"]
    assert archive.members[3].facts == {"age": 4.0, "weight": 5.0}


def test_a_list_of_numbers_for_pictures_is_no_table_of_classes():
    many = files(*(f"{name}/{name}{number}.png" for name in ("cat", "dog") for number in range(15)))
    rows = "".join(f"{number} {path}\n" for number, path in enumerate(many))

    assert set(classes({**many, "images.txt": rows.encode()}).values()) == {"cat", "dog"}


def test_an_unclear_class_is_asked_and_can_be_said():
    content = {**FOUR, "about.csv": b"path,age,weight\na,1,2\nb,1,3\nc,3,4\nd,3,5\n"}

    with pytest.raises(Refused) as refusal:
        opened(content)

    assert refusal.value.kind == Kind.UNCLEAR_LABELS
    assert "'age', 'weight'" in refusal.value.message
    assert set(classes(content, Reading(label="age")).values()) == {"1", "3"}
    assert set(classes(content, Reading(labels="none")).values()) == {"pictures"}


@pytest.mark.parametrize("said", [Reading(label="colour"), Reading(path="colour"), Reading(labels="other.csv")])
def test_what_is_said_and_is_not_there_is_refused(said):
    with pytest.raises(Refused) as refusal:
        opened({**FOUR, "labels.csv": HABITS["a CSV"].encode()}, said)

    assert refusal.value.kind == Kind.BAD_SETTING


@pytest.mark.parametrize(
    "table", [b"", b"\n\n", b"\0" * 100, b'"', b"a", b'a,"b\n' * 40, b"\xff\xfe\x00", b",,,\n,,,\n"]
)
def test_a_file_that_is_no_table_changes_nothing(table):
    assert set(classes({**FOLDERS, "labels.csv": table}).values()) == {"cat", "dog"}


LISTS = {
    "classes.txt": b"cat\ndog\n",
    "names.txt": b"0 cat\n1 dog\n",
    "labels.csv": b"ClassId,SignName\n0,cat\n1,dog\n",
    "cat_to_name.json": b'{"0": "cat", "1": "dog"}',
    "class_indices.json": b'{"cat": 0, "dog": 1}',
    "label_map.json": b'["cat", "dog"]',
}


@pytest.mark.parametrize("name", LISTS)
def test_numbers_get_the_words_of_a_list_beside(name):
    numbered = files("0/1.png", "0/2.png", "1/3.png", "1/4.png")

    archive = opened({**numbered, name: LISTS[name]})

    assert archive.classes == {"cat": 2, "dog": 2}
    assert archive.notices[-1].kind == Kind.CLASSES_IN_WORDS


def test_numbers_in_a_table_get_words_too():
    content = {**FOUR, "labels.csv": b"path,label\na,0\nb,0\nc,1\nd,1\n", "classes.txt": b"cat\ndog\n"}

    assert set(classes(content).values()) == {"cat", "dog"}


SYNSETS = files("n01440764/1.png", "n01440764/2.png", "n02012849/3.png", "n03126707/4.png")


def test_synsets_of_imagenet_are_called_by_their_words():
    assert opened(SYNSETS).classes == {"crane (bird)": 1, "crane (machine)": 1, "tench": 2}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LOC_synset_mapping.txt", b"n01440764 fish, Tinca tinca\nn02012849 crane\nn03126707 crane\n"),
        ("words.txt", b"n01440764\tfish, Tinca tinca\nn02012849\tcrane\nn03126707\tcrane\n"),
        ("index.json", b'{"0": ["n01440764", "fish"], "1": ["n02012849", "crane"], "2": ["n03126707", "crane"]}'),
    ],
)
def test_a_list_of_synsets_beside_counts_more(name, text):
    assert opened({**SYNSETS, name: text}).classes == {"crane (n02012849)": 1, "crane (n03126707)": 1, "fish": 2}


def test_codes_that_nobody_knows_stay():
    assert set(opened(files("n99999999/1.png", "n99999998/2.png")).classes) == {"n99999998", "n99999999"}
    assert list(opened(files("1/a.png", "10/b.png", "2/c.png")).classes) == ["1", "2", "10"]


def test_many_texts_beside_each_with_a_picture_are_not_looked_at():
    content = {f"{name}/{n}.png": picture(n + 99 * (name == "dog")) for name in ("cat", "dog") for n in range(30)}
    content |= {name.replace(".png", ".txt"): b"0 0.5 0.5 0.1 0.1\n" for name in content}

    assert opened(content).classes == {"cat": 30, "dog": 30}
