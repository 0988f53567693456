"""Files as sheets of cells: text, workbooks, OpenDocument."""
