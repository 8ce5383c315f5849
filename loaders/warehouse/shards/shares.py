# ruff: noqa: S608 (only names of our own tables stand in these queries)
"""Which rows of each table a shard needs: all others change nothing there.

The queries read the tables `numbered`, `placed` and `boxes` of `preparation`, and the models before the shards.
"""

from collections.abc import Mapping

from loaders.tables import ALL_FEATURES, DATASET_TERMS, OVERRIDES, SETTINGS, qualified_name

ROW_GROUP_ROWS = 20_480
CELL_DEG = 5
LEAST_M = 1000  # more than a centroid reaches that positions stand in for (prep_admin_centroids)
FEATURES = qualified_name(ALL_FEATURES)
# what names, links and places of records take before the shards; the geometry is read for its box only, and a name only
# where a capacity can be compared, too (prep_pv_same_names)
LIGHT_RECORDS = """
    SELECT numbered.number AS record_number, numbered.* EXCLUDE (number, name, quality_flags),
        CASE WHEN capacity_mw IS NOT NULL THEN name END AS name,
        CASE WHEN placeholders.record_id IS NULL THEN numbered.quality_flags
            ELSE list_append(numbered.quality_flags, 'placeholder_position') END AS quality_flags
    FROM numbered LEFT JOIN prepared.prep_pv_placeholders AS placeholders USING (record_id)
"""
# with the position of each record among the rows of all files, in their order
NUMBERED = """
    SELECT row_number() OVER (ORDER BY record_id) - 1 AS number, starts.start + file_row_number AS position, record_id,
        rows.dataset_key, name, group_id, geometry_kind, capacity_mw, centroid_lon, centroid_lat, quality_flags
    FROM {rows} AS rows JOIN starts ON rows.dataset_key = starts.dataset_key
"""
# by position, since a join of all records takes memory in proportion to them; so does sorting all at once
RECORDS_OF_SHARDS = f"""
    SELECT shard_of_rows.shard, features.* FROM {FEATURES} AS features POSITIONAL JOIN shard_of_rows
    WHERE shard_of_rows.shard BETWEEN {{first}} AND {{last}} ORDER BY shard_of_rows.shard
"""
# cells of 5° that a record may have land in, or the nearest land: of its box, grown by nearest_land_m and more
CELLS = f"""
    WITH grown AS (
        SELECT placed.shard, boxes.*, greatest(settings.nearest_land_m, {LEAST_M}) / 110000 AS up,
            up / cos(radians(least(greatest(abs(south_deg), abs(north_deg)) + up, 89.9))) AS aside
        FROM boxes JOIN placed USING (number) CROSS JOIN staging.stg_settings AS settings
    ), columns AS (
        SELECT DISTINCT shard, floor((south_deg - up) / {CELL_DEG})::BIGINT AS south,
            floor((north_deg + up) / {CELL_DEG})::BIGINT AS north,
            unnest(range(
                floor((west_deg - aside) / {CELL_DEG})::BIGINT,
                least(floor((east_deg + aside) / {CELL_DEG}), floor((west_deg - aside) / {CELL_DEG}) + 72)::BIGINT + 1
            )) AS west
        FROM grown
    )
    SELECT DISTINCT shard, {CELL_DEG} * (((west + 36) % 72 + 72) % 72 - 36) AS west_deg,
        {CELL_DEG} * unnest(range(south, north + 1)) AS south_deg
    FROM columns
"""
PRESENT = "SELECT DISTINCT shard, dataset_key FROM placed"
INVENTORIES = f"""
    SELECT DISTINCT present.shard, terms.inventory
    FROM ({PRESENT}) AS present JOIN raw_meta.dataset_terms AS terms USING (dataset_key)
"""
# what of each table concerns a shard; its other rows change nothing there
SHARES: Mapping[str, str] = {
    qualified_name(SETTINGS): f"""
        SELECT shards.shard, settings.* FROM (SELECT DISTINCT shard FROM placed) AS shards
        CROSS JOIN {qualified_name(SETTINGS)} AS settings""",
    # ranks are of the datasets there: one that is far off changes none
    qualified_name(DATASET_TERMS): f"""
        SELECT inventories.shard, terms.* REPLACE (
            dense_rank() OVER (PARTITION BY inventories.shard ORDER BY terms.priority) AS priority
        ) FROM ({INVENTORIES}) AS inventories JOIN {qualified_name(DATASET_TERMS)} AS terms USING (inventory)""",
    qualified_name(OVERRIDES): f"""
        SELECT placed.shard, overrides.* FROM {qualified_name(OVERRIDES)} AS overrides
        JOIN placed ON overrides.record_id_a = placed.record_id""",
    "prepared.prep_pv_newest_editions": f"""
        SELECT inventories.shard, newest.* FROM ({INVENTORIES}) AS inventories
        JOIN prepared.prep_pv_newest_editions AS newest USING (inventory)""",
    "prepared.prep_pv_descent": f"""
        SELECT inventories.shard, descent.* FROM ({INVENTORIES}) AS inventories
        JOIN prepared.prep_pv_descent AS descent USING (inventory)""",
    "prepared.prep_pv_ambiguous_identifiers": """
        SELECT DISTINCT placed.shard, ambiguous.* FROM prepared.prep_pv_ambiguous_identifiers AS ambiguous
        JOIN prepared.prep_pv_stated_identifiers AS stated USING (dataset_key, namespace, identifier)
        JOIN placed ON stated.record_id = placed.record_id""",
    "prepared.prep_admin_tiles": """
        SELECT cells.shard, tiles.* FROM cells JOIN prepared.prep_admin_tiles AS tiles USING (west_deg, south_deg)""",
    "prepared.prep_admin_centroids": f"""
        SELECT cells.shard, centroids.* FROM prepared.prep_admin_centroids AS centroids JOIN cells
        ON cells.west_deg = {CELL_DEG} * floor(centroids.lon / {CELL_DEG})
        AND cells.south_deg = {CELL_DEG} * floor(centroids.lat / {CELL_DEG})""",
}

# a list that is null and one without items hash alike, but differ as text
TEXTS = "row(*COLUMNS(lambda name: name NOT IN ('shard', 'geometry')))::VARCHAR"


def digests_of(share: str) -> str:
    """The query of a digest of each shard's rows, whatever its number."""
    return f"""
        WITH parts AS (
            SELECT shard, hash(*COLUMNS(* EXCLUDE (shard))) AS typed, {TEXTS} AS texts FROM ({share})
        ), hashed AS (
            SELECT shard, hash(typed, texts) AS hash FROM parts
        )
        SELECT shard, sha256(string_agg(hash::VARCHAR, ',' ORDER BY hash)) FROM hashed GROUP BY shard ORDER BY shard
    """
