"""Rules between cells and sheets: every violation is told at once, with sheet, row, column and remedy."""
