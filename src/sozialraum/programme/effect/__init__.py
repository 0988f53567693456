"""Whether programme areas developed otherwise than history and comparable districts led to expect."""
