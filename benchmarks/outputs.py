"""Names in the folder of a measured project, apart from those of eo-pv."""

PUBLISHED = "published"  # folder of the inventories' files
FLOOR = "floor"  # folder of the floor's GeoParquet
JOINED = "joined.parquet"  # in it, the pairs of its spatial join
SHORTCUT_RECORDS, SHORTCUT_INSTALLATIONS = "shortcut.parquet", "shortcut.gpkg"
