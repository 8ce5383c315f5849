"""Data of the map: vector tiles, columns, hexagons, details and the search, as script files below `report/map/`."""
