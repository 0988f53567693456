"""Every notebook runs from top to bottom."""

from pathlib import Path

import nbclient
import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

FORGET = """
%reset -f
import sozialraum
sozialraum.options.__init__()
del sozialraum
"""
"""What one notebook has named and set, the next one does not find."""


@pytest.fixture(scope="module")
def client():
    """Give what runs cells, with one kernel for all notebooks: each new one would import everything anew."""
    place = {"metadata": {"path": NOTEBOOKS[0].parent}}
    client = nbclient.NotebookClient(nbformat.v4.new_notebook(), timeout=120, resources=place)
    with client.setup_kernel():
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path, client):
    notebook = nbformat.read(path, as_version=4)
    client.nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(FORGET), *notebook.cells])
    for number, cell in enumerate(client.nb.cells):
        client.execute_cell(cell, number)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    pages = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert pages
    assert any("<iframe" in page for page in pages) == (path.stem[:2] in {"01", "02"})


def test_notebooks_are_kept_without_outputs():
    assert NOTEBOOKS
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        assert all(not cell.get("outputs") for cell in cells), path.name
