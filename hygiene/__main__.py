"""The command line as `python -m hygiene`, where the command is not on the PATH."""

from hygiene.cli import main

main()
