"""Networks: many treatments compared at once, directly and through each other.

What lives here are the models of a network and what is computed from one: fits, splits, contributions, components,
ranks. Effects of a single comparison are pooled one folder up; nothing here reads a file or draws.
"""
