"""`python -m sozialraum`: the command line where nothing is installed on the path."""

from sozialraum.cli import main

main()
