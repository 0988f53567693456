"""Results as files that other programs open: workbook, data package, GIS."""
