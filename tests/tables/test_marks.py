# ruff: noqa: E501 - XML in one line is the shortest way to say what is tested
"""What a workbook's formatting tells a reader is asked about or told, in XLSX, ODS and XLS alike."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill

from sozialraum.tables.formats.number_format import number_format
from sozialraum.tables.read import load_table

OPTIONS = {"key": "id", "date": 2020, "variables": {"n": "n"}}
FIGURES = [120, 230, 340, 450, 560, 670]


@pytest.fixture
def workbook(tmp_path):
    """Write six districts after `change` has had the sheet; row 2 is the first district."""

    def write(change):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["id", "n", "m"])
        for i, figure in enumerate(FIGURES):
            sheet.append([f"{i:02d}", figure, figure + 1])
        change(sheet)
        path = tmp_path / "t.xlsx"
        book.save(path)
        return path

    return write


def codes(problems, *severities):
    severities = severities or ("error", "warning")
    return [problem.code.removeprefix("tables.") for problem in problems if problem.severity in severities]


def hide_row(sheet):
    sheet.row_dimensions[3].hidden = True


def flatten_row(sheet):
    sheet.row_dimensions[3].height = 0.1


def filter_row(sheet):
    sheet.auto_filter.ref = "A1:C7"
    sheet.auto_filter.add_filter_column(0, ["00"])
    sheet.row_dimensions[3].hidden = True


def fold_row(sheet):
    sheet.row_dimensions.group(3, 3, hidden=True)


@pytest.mark.parametrize("change", [hide_row, flatten_row, filter_row, fold_row])
def test_hidden_rows_are_asked_about(workbook, change):
    path = workbook(change)
    _, problems = load_table(path, **OPTIONS)
    assert codes(problems) == ["mark_hidden_rows"]
    (question,) = [p for p in problems if p.severity == "error"]
    assert question.row == 3
    assert 'marks.hidden_rows = "leave_out"' in question.text()
    read, problems = load_table(path, **OPTIONS, marks={"hidden_rows": "read"})
    assert (read["value"].tolist(), codes(problems)) == (FIGURES, [])
    left, problems = load_table(path, **OPTIONS, marks={"hidden_rows": "leave_out"})
    assert left["district"].tolist() == ["00", "02", "03", "04", "05"]
    assert codes(problems) == []


def strike(cell):
    cell.font = Font(strike=True)


def strike_a_word(cell):
    cell.value = CellRichText("", TextBlock(InlineFont(strike=True), "230"))


def white(cell):
    cell.font = Font(color="FFFFFF")


def same_colour(cell):
    cell.font = Font(color="336699")
    cell.fill = PatternFill("solid", fgColor="336699")


def tiny(cell):
    cell.font = Font(size=1)


def shown_as(code):
    def change(cell):
        cell.number_format = code

    change.__name__ = code
    return change


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mark", "change"),
    [
        ("struck", strike),
        ("invisible", white),
        ("invisible", same_colour),
        ("invisible", tiny),
        *(("invisible", shown_as(code)) for code in (";;;", '""', ";;", '" "')),
        *(
            ("format", shown_as(code))
            for code in (
                '0" Tsd."',
                "#,##0,",
                '0.0,," Mio"',
                '"*"',
                '[<300]"x";0',
                "0\\0",
                "\\(0\\)",
                '0" T€"',
            )
        ),
    ],
)
def test_marks_of_a_figure_are_asked_about(workbook, mark, change):
    path = workbook(lambda sheet: change(sheet["B3"]))
    _, problems = load_table(path, **OPTIONS)
    assert codes(problems) == [f"mark_{mark}"]
    (question,) = [p for p in problems if p.severity == "error"]
    assert "'n' 3" in question.text()
    read, problems = load_table(path, **OPTIONS, marks={mark: "read"})
    assert (read["value"].tolist(), codes(problems)) == (FIGURES, [])
    left, problems = load_table(path, **OPTIONS, marks={mark: "leave_out"})
    assert left["flag"].tolist() == ["ok", "missing", "ok", "ok", "ok", "ok"]
    # Another column's marks are of no concern.
    assert codes(load_table(path, **{**OPTIONS, "variables": {"m": "m"}})[1]) == []


def test_a_struck_label_leaves_its_row_out(workbook):
    path = workbook(lambda sheet: strike(sheet["A4"]))
    assert codes(load_table(path, **OPTIONS)[1]) == ["mark_struck"]
    left, _ = load_table(path, **OPTIONS, marks={"struck": "leave_out"})
    assert left["district"].tolist() == ["00", "01", "03", "04", "05"]


def test_a_struck_word_within_a_cell_counts(workbook):
    path = workbook(lambda sheet: strike_a_word(sheet["B3"]))
    assert codes(load_table(path, **OPTIONS)[1]) == ["mark_struck"]


@pytest.mark.parametrize(
    "code",
    ["0", "#,##0", "0.00", "#,##0.0", '0" Einw."', "#,##0\\ [$€-407]", '0;-0;"-"', "#,##0_);(#,##0)", "@"],
)
def test_ordinary_formats_are_no_mark(workbook, code):
    path = workbook(lambda sheet: [shown_as(code)(sheet[f"B{row}"]) for row in range(2, 8)])
    observations, problems = load_table(path, **OPTIONS)
    assert (observations["value"].tolist(), codes(problems)) == (FIGURES, [])


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("0;0", -5, "format"),
        ("0;-0", -5, ""),
        ("0;(0)", -5, ""),
        ('0;-0;"-"', 0, ""),
        ('[<3]"*";0', 2, "format"),
        ('[<3]"*";0', 3, ""),
        ("#,###", 0, "invisible"),
        ("General", 5, ""),
        ("Standard", 5, ""),
        ('0.0"%"', 5, ""),
        ("0;;;@", -5, "invisible"),
    ],
)
def test_what_a_format_shows(code, value, expected):
    assert number_format(code).judge(value) == expected


def test_a_literal_per_cent_sign_is_no_fraction():
    assert number_format("0%").percent
    assert not number_format('0"%"').percent
    assert not number_format("0\\%").percent


def test_raised_figures_are_footnotes_and_no_digits(workbook):
    def change(sheet):
        sheet["B3"].value = CellRichText("230", TextBlock(InlineFont(vertAlign="superscript"), "1)"))

    observations, problems = load_table(workbook(change), **OPTIONS)
    assert (observations["value"].tolist(), codes(problems)) == (FIGURES, [])
    assert "footnote_marks" in codes(problems, "note")


def test_comments_hidden_columns_boxes_colours_and_conditional_formats_are_told(workbook):
    def change(sheet):
        sheet["B3"].comment = Comment("vorläufig, ohne Heime", "x")
        sheet["B5"].fill = PatternFill("solid", fgColor="FFFF00")
        sheet.column_dimensions["B"].hidden = True
        sheet.conditional_formatting.add("B2:B7", CellIsRule(operator="lessThan", formula=["3"]))

    observations, problems = load_table(workbook(change), **OPTIONS)
    assert observations["value"].tolist() == FIGURES
    assert codes(problems) == ["hidden_columns", "comments"]
    assert any("vorläufig, ohne Heime" in problem.text() for problem in problems)
    assert {"coloured", "conditional_formats"} <= set(codes(problems, "note"))
    assert any("'n' 5" in problem.text() for problem in problems if problem.code == "tables.coloured")


def test_a_stored_error_is_no_number(workbook):
    def change(sheet):
        sheet["B3"].value = "#DIV/0!"
        sheet["B3"].data_type = "e"

    assert codes(load_table(workbook(change), **OPTIONS)[1]) == ["bad_cell"]


def test_hidden_sheets_are_read_by_name_alone(tmp_path):
    book = openpyxl.Workbook()
    old = book.create_sheet("alt")
    for sheet, figure in ((book.active, 5), (old, 7)):
        sheet.append(["id", "n"])
        sheet.append(["01", figure])
        sheet.append(["02", figure + 1])
    old.sheet_state = "hidden"
    path = tmp_path / "t.xlsx"
    book.save(path)
    assert load_table(path, **OPTIONS)[0]["value"].tolist() == [5, 6]
    assert load_table(path, **OPTIONS, sheet="alt")[0]["value"].tolist() == [7, 8]


def test_the_sheet_with_the_districts_is_the_one(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Deckblatt"
    book.active.append(["Bericht", "2020"])
    for title, keys in (("Stadt", ["a", "b"]), ("Quartiere", ["01", "02", "03"])):
        sheet = book.create_sheet(title)
        sheet.append(["id", "n"])
        for i, key in enumerate(keys):
            sheet.append([key, i + 5])
    path = tmp_path / "t.xlsx"
    book.save(path)
    assert codes(load_table(path, **OPTIONS)[1]) == ["which_sheet"]
    observations, problems = load_table(path, **OPTIONS, districts=["01", "02", "03"])
    assert observations["district"].tolist() == ["01", "02", "03"]
    assert any("Deckblatt, Stadt" in problem.text() for problem in problems)


def test_strict_workbooks_are_read(workbook):
    path = workbook(lambda _: None)
    strict = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(strict, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            for old, new in (
                (
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
                ),
                (
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
                ),
            ):
                content = content.replace(old, new)
            target.writestr(name, content)
    path.write_bytes(strict.getvalue())
    assert load_table(path, **OPTIONS)[0]["value"].tolist() == FIGURES


# --- OpenDocument ---

SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
    )
)
STYLES = """
<style:style style:name="gone" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="child" style:family="table-cell" style:parent-style-name="gone"/>
<style:style style:name="white" style:family="table-cell"><style:text-properties fo:color="#ffffff"/></style:style>
<number:number-style style:name="N1"><number:number number:min-integer-digits="1"/><number:text> Tsd.</number:text></number:number-style>
<number:number-style style:name="N2"><number:number number:display-factor="1000"/></number:number-style>
<number:number-style style:name="N3"><number:text/></number:number-style>
<style:style style:name="words" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="factor" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="nothing" style:family="table-cell" style:data-style-name="N3"/>
<style:style style:name="up" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>
"""


def number(value, style=""):
    name = f' table:style-name="{style}"' if style else ""
    return (
        f'<table:table-cell{name} office:value-type="float" office:value="{value}">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def word(text):
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def ods(tmp_path, rows, *, attributes=None, before="", after=""):
    body = "".join(
        f"<table:table-row{(attributes or {}).get(i, '')}>{''.join(cells)}</table:table-row>"
        for i, cells in enumerate([[word("id"), word("n")], *rows], 1)
    )
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{STYLES}</office:automatic-styles>"
        f'<office:body><office:spreadsheet>{before}<table:table table:name="T">{body}</table:table>{after}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return path


def ordinary():
    return [[word(f"{i:02d}"), number(figure)] for i, figure in enumerate(FIGURES)]


@pytest.mark.parametrize(
    ("mark", "style"),
    [
        ("struck", "gone"),
        ("struck", "child"),
        ("invisible", "white"),
        ("invisible", "nothing"),
        ("format", "words"),
        ("format", "factor"),
    ],
)
def test_marks_of_an_open_document_are_asked_about(tmp_path, mark, style):
    rows = ordinary()
    rows[1][1] = number(230, style)
    path = ods(tmp_path, rows)
    assert codes(load_table(path, **OPTIONS)[1]) == [f"mark_{mark}"]
    assert load_table(path, **OPTIONS, marks={mark: "read"})[0]["value"].tolist() == FIGURES


@pytest.mark.parametrize("how", ["collapse", "filter"])
def test_hidden_rows_of_an_open_document_are_asked_about(tmp_path, how):
    path = ods(tmp_path, ordinary(), attributes={3: f' table:visibility="{how}"'})
    _, problems = load_table(path, **OPTIONS)
    assert codes(problems) == ["mark_hidden_rows"]
    assert problems[0].row == 3


def test_comments_breaks_and_raised_figures_of_an_open_document(tmp_path):
    rows = ordinary()
    comment = "<office:annotation><text:p>nur Hauptwohnsitz</text:p></office:annotation>"
    rows[0][0] = (
        f'<table:table-cell office:value-type="string">{comment}<text:p>Alt<text:line-break/>stadt<text:s/>II</text:p></table:table-cell>'
    )
    rows[1][1] = word('230<text:span text:style-name="up">1</text:span>')
    observations, problems = load_table(ods(tmp_path, rows), **OPTIONS)
    assert observations["district"].tolist()[0] == "Alt stadt II"
    assert observations["value"].tolist() == FIGURES
    assert codes(problems) == ["comments"]
    assert any("nur Hauptwohnsitz" in problem.text() for problem in problems)


NOTE = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>alt</text:p></text:note-body>"
RUBY = "<text:ruby-base>Alt</text:ruby-base><text:ruby-text>alt</text:ruby-text>"
DRAWN = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
BOX = f"<draw:frame {DRAWN}><draw:text-box><text:p>Kasten</text:p></draw:text-box></draw:frame>"


@pytest.mark.parametrize(
    ("inside", "label"),
    [
        (f"<text:p>Alt{NOTE}</text:note></text:p>", "Alt"),
        (f"<text:p><text:ruby>{RUBY}</text:ruby></text:p>", "Alt"),
        (f"{BOX}<text:p>Alt</text:p>", "Alt"),
        ("<text:p>Alt<text:tab/>stadt</text:p>", "Alt stadt"),
        ("<text:p>Alt<text:s text:c='2'/>stadt</text:p>", "Alt  stadt"),
    ],
)
def test_what_stands_beside_the_words_of_a_cell_is_no_part_of_them(tmp_path, inside, label):
    rows = ordinary()
    rows[0][0] = f'<table:table-cell office:value-type="string">{inside}</table:table-cell>'
    observations, _ = load_table(ods(tmp_path, rows), **OPTIONS)
    assert observations["district"].tolist()[0] == label
    assert observations["value"].tolist() == FIGURES


def test_changes_that_an_open_document_remembers_are_not_read(tmp_path):
    old = (
        '<table:tracked-changes><table:cell-content-change table:id="c1"><table:previous>'
        '<table:change-track-table-cell office:value-type="float" office:value="999"><text:p>999</text:p>'
        "</table:change-track-table-cell></table:previous></table:cell-content-change></table:tracked-changes>"
    )
    observations, _ = load_table(ods(tmp_path, ordinary(), before=old), **OPTIONS)
    assert observations["value"].tolist() == FIGURES


def test_cached_and_hidden_sheets_of_an_open_document_do_not_count(tmp_path):
    row = f"<table:table-row>{word('id')}{word('n')}</table:table-row><table:table-row>{word('x')}{number(1)}</table:table-row>"
    cached = f"""<table:table table:name="'file:///x.ods'#S"><table:table-source/>{row}</table:table>"""
    hidden = f'<table:table table:name="alt" table:style-name="off">{row}</table:table>'
    path = ods(tmp_path, ordinary(), before=cached, after=hidden)
    assert load_table(path, **OPTIONS)[0]["value"].tolist() == FIGURES
    assert load_table(path, **OPTIONS, sheet="alt")[0]["value"].tolist() == [1]


def test_a_few_bytes_do_not_become_billions_of_cells(tmp_path):
    many = number(1).replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="2000"')
    path = ods(tmp_path, [[word("01"), many]], attributes={2: ' table:number-rows-repeated="200000"'})
    _, problems = load_table(path, **OPTIONS)
    assert codes(problems) == ["too_many_cells"]
    assert "300 000 x 20" in problems[0].text()


# --- Excel 97 ---


def test_marks_of_an_old_workbook():
    path = Path(__file__).parent / "messy" / "marken.xls"
    _, problems = load_table(path, **OPTIONS)
    assert sorted(codes(problems, "error")) == [
        "mark_format",
        "mark_hidden_rows",
        "mark_invisible",
        "mark_struck",
    ]
    answers = dict.fromkeys(("hidden_rows", "struck", "invisible", "format"), "read")
    observations, problems = load_table(path, **OPTIONS, marks=answers)
    assert observations["value"].tolist() == FIGURES
    assert "comments" in codes(problems)
    answers = dict.fromkeys(answers, "leave_out")
    left, _ = load_table(path, **OPTIONS, marks=answers)
    assert left["flag"].tolist() == ["ok", "missing", "missing", "missing", "ok"]
