"""`sozialraum start`: a page on this machine for those who use no command line.

The page (`assets/`) asks a small server (`server.py`) that only this machine and only this browser can reach;
one job at a time runs in a process of its own (`jobs.py` starts it, `work.py` is what runs in it).
"""
