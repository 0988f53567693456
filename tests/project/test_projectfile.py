import pytest

from sozialraum.errors import ProjectError
from sozialraum.project.file import load_project

GOOD = """\
city = "Köln"

[boundaries]
file = "b.gpkg"
key = "id"

[catalogue]
file = "catalogue.toml"

[[tables]]
file = "t.csv"
key = "id"
date = "2017-12-31"
[tables.variables]
a = "A"
"""


@pytest.fixture
def write(tmp_path):
    def _write(text, encoding="utf-8"):
        path = tmp_path / "project.toml"
        path.write_bytes(text.encode(encoding))
        return path

    return _write


def messages(path, language="de"):
    with pytest.raises(ProjectError) as caught:
        load_project(path)
    return [problem.text(language) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "deep",
    [
        f"a = {'[' * 100_000}",
        f"a = {'{a = ' * 50_000}",
        f"{'a.' * 1_000}a = 1",
        f"[{'a.' * 1_000}a]",
        f"a = {'[' * 400}{']' * 400}",
    ],
)
def test_deeply_nested_file_is_one_message(write, deep):
    (message,) = messages(write(deep + "\n" + GOOD))[:1]
    assert "\n" not in message
    assert len(message) < 1_000


def test_good_file_and_its_defaults(write):
    project = load_project(write(GOOD))
    assert project.content.city == "Köln"
    assert project.content.audience == "public"
    assert project.content.statistics.permutations == 99_999
    assert project.content.neighbours.tolerance == 1.0
    assert project.content.disclosure.minimum_count == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_byte_order_mark_and_windows_line_ends_are_fine(write, encoding):
    assert load_project(write(GOOD.replace("\n", "\r\n"), encoding)).content.city == "Köln"


def test_relative_paths_start_at_the_file_or_at_the_root(write, tmp_path):
    path = write(GOOD)
    assert load_project(path).resolve("x.csv") == tmp_path / "x.csv"
    assert load_project(path, root="/elsewhere").resolve("x.csv").as_posix() == "/elsewhere/x.csv"


def test_every_fault_is_told_at_once_with_its_line(write):
    text = GOOD.replace('key = "id"', "key = 4", 1).replace("city", "citi") + "[statistics]\nalpha = 1.5\n"
    found = messages(write(text))
    assert len(found) == 4
    assert any("`city` fehlt" in message for message in found)
    assert any("Zeile 1" in m and "`citi` ist unbekannt" in m and "Ähnlich: city" in m for m in found)
    assert any("Zeile 5" in m and "`boundaries.key` ist 4" in m and '"04", nicht 4' in m for m in found)
    assert any("Zeile 17" in m and "`statistics.alpha`" in m and "kleiner als 1.0" in m for m in found)


def test_the_line_of_the_second_table_is_found(write):
    text = (
        GOOD
        + '[[tables]]\nfile = "u.csv"\nkey = "id"\ndate = "2018"\nshet = "x"\n[tables.variables]\nb = "B"\n'
    )
    (message,) = messages(write(text))
    assert "Zeile 20" in message
    assert "`tables.2.shet`" in message
    assert "sheet" in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('date = "2017-12-31"\n', ""), "`date_column`"),
        (('file = "b.gpkg"', 'file = "b.gpkg"\nurl = "https://x"'), "genau eines"),
        (('file = "t.csv"\nkey = "id"', 'file = "t.csv"'), "Schlüsselspalte"),
        (('file = "t.csv"\nkey = "id"', 'file = "t.csv"\njoin = "name"'), "Namensspalte"),
        (("[boundaries]", 'audience = "all"\n[boundaries]'), "'internal', 'public'"),
        (('[tables.variables]\na = "A"\n', "variables = {}\n"), "leer"),
    ],
)
def test_each_fault_says_what_is_allowed(write, change, expected):
    (message,) = messages(write(GOOD.replace(*change)))
    assert expected in message


def test_missing_file_names_it(tmp_path):
    (message,) = messages(tmp_path / "no.toml")
    assert "no.toml" in message
    assert "sozialraum init" in message


def test_broken_toml_names_the_place(write):
    (message,) = messages(write("city = Köln\n"))
    assert "line 1" in message


def test_wrong_encoding_names_the_line(write):
    (message,) = messages(write("x = 1\n" + GOOD, "cp1252"))
    assert "Zeile 2" in message
    assert "UTF-8" in message


def test_english_on_request(write):
    (message,) = messages(write(GOOD.replace('key = "id"', "key = 4", 1)), "en")
    assert "row 5" in message
    assert "a text in quotes" in message


@pytest.mark.parametrize("option", ['without_rows = ["01"]', 'missing = ["-9999"]', "noise = 2.0"])
def test_option_pasted_below_the_variables_is_told_where_it_belongs(write, option):
    (message,) = messages(write(GOOD + option + "\n"))
    assert "[tables.variables]" in message
    assert "Bitte über die Zeile" in message


def test_rule_that_does_not_exist_is_told_what_there_is(write):
    (message,) = messages(write('key_rules = ["drop it"]\n' + GOOD))
    assert "before first X" in message


@pytest.mark.parametrize(
    ("written", "date"),
    [("2017", "2017"), ("2017-12-31", "2017-12-31"), ('"2017"', "2017"), ('"31.12.2017"', "31.12.2017")],
)
def test_a_year_or_a_day_may_stand_without_quotation_marks(write, written, date):
    project = load_project(write(GOOD.replace('"2017-12-31"', written)))
    assert project.content.tables[0].date == date


@pytest.mark.parametrize("written", ["true", "20.17", "[2017]", "12:00:00"])
def test_other_things_are_no_dates(write, written):
    (message,) = messages(write(GOOD.replace('"2017-12-31"', written)))
    assert "tables.1.date" in message


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('without_district = ["x"]', "direkt unter [[tables]]"),
        ("skip_rows = [2]", "direkt unter [[tables]]"),
        ('date = "2022-12-31"', "direkt unter [[tables]]"),
        ('excluded = ["01"]', "unter [assessment]"),
        ('key_rules = ["clean"]', "ganz nach oben"),
    ],
)
def test_a_line_pasted_below_the_variables_is_sent_to_its_place(write, line, place):
    (words,) = messages(write(GOOD.replace("[tables.variables]\n", f"[tables.variables]\n{line}\n")))
    assert place in words
    assert "tuple" not in words
    assert "('" not in words


def test_a_line_pasted_at_the_end_is_sent_to_its_place(write):
    (words,) = messages(write(GOOD + '\n[output]\ndirectory = "maps"\nkey_rules = ["clean"]\n'))
    assert "ganz nach oben" in words
    (words,) = messages(write(GOOD + '\n[output]\ndirectory = "maps"\nqwertz = 1\n'))
    assert "Ähnlich" not in words
