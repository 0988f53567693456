"""How a document is written: Word, PDF, HTML."""
