"""A grid: one header found among titles, the right sheet, what stands around told with its rows."""

import openpyxl
import pytest

from sozialraum.tables.grid import read_grid
from sozialraum.tables.layout import find_columns


@pytest.fixture
def grid(tmp_path):
    def read(*lines, wanted=(), encoding="utf-8", **options):
        path = tmp_path / "t.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        found, problems = read_grid(path, wanted, **options)
        assert not problems, [problem.text() for problem in problems]
        return found

    return read


def test_titles_and_footnotes_are_kept_with_their_rows(grid):
    found = grid("Titel;", "", "id;n", "01;5", "", "Quelle: Amt;")
    assert found.header == ("id", "n")
    assert found.rows.tolist() == [4]
    assert found.layout.header_rows == (3, 3)
    assert found.layout.titles == ((1, "Titel"),)
    assert found.layout.footnotes == ((6, "Quelle: Amt"),)


def test_without_wanted_columns_the_header_stands_above_the_first_figures(grid):
    found = grid("Stadt X;;", "id;Fälle;", ";2019;2020", "01;5;6", "02;7;8")
    assert found.header == ("id", "Fälle 2019", "Fälle 2020")
    assert found.rows.tolist() == [4, 5]


def test_the_stated_header_holds(grid):
    lines = ("id;n;x", "zwei;Zeilen;Kopf", "01;5;6")
    assert grid(*lines, header_rows=(1, 2)).header == ("id zwei", "n Zeilen", "x Kopf")
    assert grid(*lines, header_rows=(2, 2)).layout.titles == ((1, "id n x"),)


def test_a_header_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id;n\n01;5\n")
    _, (problem,) = read_grid(path, header_rows=(7, 8))
    assert (problem.code, problem.file) == ("tables.no_header_rows", "t.csv")


@pytest.mark.parametrize("last", ["Alt- und Neustadt", "Nordstadt West;", "Neue Mitte am Ring;"])
def test_a_last_row_without_figures_is_a_district_not_a_footnote(grid, last):
    found = grid("name;n", "Nord;5", last if ";" in last else f"{last};")
    assert found.columns[0].tolist() == ["Nord", last.rstrip(";")]


def test_a_row_whose_separator_is_lost_is_no_footnote(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("name;n\nNord;5\nAlt und Neustadtx162\n")
    _, (problem,) = read_grid(path)
    assert (problem.code, problem.row) == ("tables.ragged", 3)


def test_sheets_are_told_apart_by_their_columns(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Inhalt"])
    for name, column in (("2019", "n"), ("2020", "m")):
        sheet = book.create_sheet(name)
        sheet.append(["Tabelle"])
        sheet.append(["id", column])
        sheet.append(["01", 5])
    path = tmp_path / "mappe.xlsx"
    book.save(path)
    found, _ = read_grid(path, ["id", "m"])
    assert (found.sheet, found.layout.header_rows) == ("2020", (2, 2))
    _, (problem,) = read_grid(path, ["id"])
    assert problem.code == "tables.which_sheet"
    assert "2019, 2020" in problem.text()


def test_columns_with_dates_are_found_by_their_pattern():
    names = ["id", "Fälle 2019", "Fälle 30.06.2020", "Fälle neu", "2019"]
    found = [(position, period.end) for position, period in find_columns("Fälle {date}", names)]
    assert found == [(1, "2019-12-31"), (2, "2020-06-30")]
    ((position, period),) = find_columns("{date}", names)
    assert (position, period.end) == (4, "2019-12-31")
    assert find_columns("Fälle  neu", names) == [(3, None)]


@pytest.mark.parametrize(
    "content",
    ["a;b,c\n1;2,x\n4;5,y\n", "a\tb;c\n1\tx;2\n3\ty;4\n", "a|b,c\n1|x,2\n3|y,4\n"],
)
def test_two_ways_to_divide_a_file_are_asked(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_text(content)
    _, (problem,) = read_grid(path)
    assert problem.code == "tables.two_separators"
    assert problem.text().count("separator = ") == 2
    assert read_grid(path, separator=content[1])[0].header[0] == "a"


def test_decimal_commas_and_commas_in_prose_do_not_divide(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id;Anteil, in %\n01;1,5\n02;2,5\n", encoding="utf-8")
    found, problems = read_grid(path)
    assert problems == ()
    assert found.header == ("id", "Anteil, in %")
