"""GeoParquet of every version, and GeoArrow."""
