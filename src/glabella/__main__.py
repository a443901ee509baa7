"""Lets ``python -m glabella`` stand for the command."""

from glabella.cli import main

if __name__ == "__main__":
    main(prog_name="glabella")
