"""Solar irradiance from different providers, in one form: a module each, with `irradiance_of`.

Those that ask the network do so in `get_*`, understand the answer in `read_*`, and keep it by cell.
"""
