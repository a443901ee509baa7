"""Lets ``python -m glabella`` stand for the command."""

from glabella.cli import main

main(prog_name="glabella")
