"""The offline web map: Python side and assets."""
