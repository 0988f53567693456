"""From findings to a list of programme areas that a council can check."""
