"""Files that people and programs write, read with care: whatever they hold, reading ends soon and in words.

Python's and libyaml's own readers expand a few lines to gigabytes, and end in a crash where brackets stand in
brackets; here the size, the depth, the number of values and the length of numbers have a bound each.
"""

from glabella._reading._article import Block, Kind, blocks_of_html, blocks_of_markdown
from glabella._reading._article_file import blocks_of, read_article
from glabella._reading._file import read_bytes, read_yaml, text_of
from glabella._reading._json import load_json, parse_json
from glabella._reading._parsed import DEEPEST, LARGEST, MOST, Parsed, Path_, UnreadableError, one_line
from glabella._reading._yaml import parse_yaml

__all__ = [
    "DEEPEST", "LARGEST", "MOST", "Block", "Kind", "Parsed", "Path_", "UnreadableError", "blocks_of",
    "blocks_of_html", "blocks_of_markdown", "load_json", "one_line", "parse_json", "parse_yaml", "read_article",
    "read_bytes", "read_yaml", "text_of",
]  # fmt: skip
