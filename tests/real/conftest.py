"""Commands on the real files fork from the server, too."""

from tests.step_server import step_server

__all__ = ["step_server"]
