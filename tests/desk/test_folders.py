"""What the page of `sozialraum start` offers to choose from."""

import pytest

from sozialraum.desk import folders
from sozialraum.desk.folders import list_folder
from sozialraum.errors import OutputError


def test_folders_and_projects_are_listed_and_what_is_hidden_is_not(tmp_path):
    for name in ("Ärzte & mehr", "b", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "stadt.toml").write_text('city = "Ää<b>"\n[boundaries]\nfile = "x"\n', encoding="utf-8")
    (tmp_path / "other.toml").write_text("a = 1\n", encoding="utf-8")
    (tmp_path / "latin.toml").write_bytes(b'city = "\xe4"\n')
    found = list_folder(tmp_path)
    assert found["folders"] == ["b", "Ärzte & mehr"]
    assert found["projects"] == [{"name": "stadt.toml", "city": "Ää<b>"}]
    assert found["parent"] == str(tmp_path.resolve().parent)


def test_a_project_file_with_a_slip_is_still_offered(tmp_path):
    (tmp_path / "project.toml").write_text("city = [\n", encoding="utf-8")
    assert list_folder(tmp_path)["projects"] == [{"name": "project.toml", "city": ""}]


def test_of_a_file_its_folder_is_taken(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("", encoding="utf-8")
    assert list_folder(path)["path"] == str(tmp_path.resolve())


@pytest.mark.parametrize("path", ["gibt es nicht", "a\0b", "~niemand-hier/x"])
def test_no_such_folder_is_one_message(tmp_path, path):
    asked = tmp_path / path if not path.startswith("~") else type(tmp_path)(path)
    with pytest.raises(OutputError) as caught:
        list_folder(asked)
    assert "lässt sich nicht öffnen" in str(caught.value.problems[0].text("de"))


def test_a_folder_with_very_many_entries_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MOST", 3)
    for number in range(5):
        (tmp_path / f"f{number}").mkdir()
    found = list_folder(tmp_path)
    assert (len(found["folders"]), found["left_out"]) == (3, 2)
