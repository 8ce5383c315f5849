"""A local stand-in for the web sites that publish datasets, behind a proxy: the program under test stays as it is.

Point a process at `Publishers.environment()`, publish records with invented bytes, and see in `Publishers.requests`
what it asked for. `Publishers.fault` makes a site misbehave.
"""

from tests.publishers.bodies import Generated
from tests.publishers.faults import Fault
from tests.publishers.log import Request
from tests.publishers.world import Publishers

__all__ = ["Fault", "Generated", "Publishers", "Request"]
