"""Documents for people who read on paper: one content model, rendered to DOCX, HTML and PDF."""
