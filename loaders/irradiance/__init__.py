"""Solar irradiance from several providers, in one table format (stage `irradiance`).

Each provider is a module with `irradiance_of`. Those on the network request in `get_*`, parse in `read_*`, and cache by
cell.
"""
