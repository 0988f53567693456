"""A text table in another encoding is doubted, and read once it is stated."""

import pytest

from sozialraum.errors import TableError
from sozialraum.tables.read import read_table

ROWS = "name;Einwohner\nMühle;10\nHöfe;20\nStraßenkreuz;30\nBöden;40\n"


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_other_encodings_are_asked_for(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes(ROWS.encode(encoding))
    options = {"name": "name", "date": "2020", "variables": {"n": "Einwohner"}}
    with pytest.raises(TableError) as caught:
        read_table(path, **options)
    assert encoding in caught.value.text("de")
    found = read_table(path, encoding=encoding, **options)
    assert found["district"].tolist() == ["Mühle", "Höfe", "Straßenkreuz", "Böden"]


def test_words_damaged_before_saving_are_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(ROWS.encode("utf-8").decode("latin-1"), encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read_table(path, name="name", date="2020", variables={"n": "Einwohner"})
    assert "Gemeint ist wohl: Mühle, Höfe, Straßenkreuz" in caught.value.text("de")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_usual_encodings_need_nothing(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes(ROWS.encode(encoding))
    found = read_table(path, name="name", date="2020", variables={"n": "Einwohner"})
    assert found["district"].tolist()[0] == "Mühle"
