"""The app: read, consult and check in a browser, on this machine alone.

Pages are made of the sections and renderers that the documents have; no page needs a script, and nothing that
somebody says of a person or pastes of an article is kept.
"""

from glabella.app.application import create_app
from glabella.app.house import House

__all__ = ["House", "create_app"]
