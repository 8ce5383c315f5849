"""Names of the tables where Hamilton ends and dbt begins, and the schema of each."""

RAW_SCHEMA = "raw_data"
META_SCHEMA = "raw_meta"
ALL_FEATURES = "doi_pv_features"
ACCOUNTING = "dataset_accounting"
ACCOUNTING_COLUMNS = {
    "dataset_key": "Key of the dataset, as in params.yaml.",
    "records_read": "Records in the published files.",
    "records_kept": "Records that can be used.",
    "records_rejected": "Records that cannot be used; raw_meta.rejected_records says why.",
    "records_repaired": "Kept records whose published outline was invalid.",
}
REJECTED_RECORDS = "rejected_records"
SETTINGS = "settings"
DATASET_TERMS = "dataset_terms"
OVERRIDES = "overrides"
RUNS = "hamilton_runs"
DOI_DATASETS = "doi_datasets"
OVERTURE_MAPS = "overture_maps"
ADMIN_BOUNDARIES = "admin_boundaries"
SOLAR_IRRADIANCE = "solar_irradiance"
IRRADIANCE_REFUSED = "irradiance_refused"

# settings, row accounting, rejects and runs: the run's own tables
META_TABLES = frozenset({SETTINGS, DATASET_TERMS, OVERRIDES, RUNS, ACCOUNTING, REJECTED_RECORDS, IRRADIANCE_REFUSED})
# every table that is not one dataset's
SHARED_TABLES = META_TABLES | {ALL_FEATURES, ADMIN_BOUNDARIES, SOLAR_IRRADIANCE}


def schema_of(table: str) -> str:
    """The schema of a table: `raw_meta` for the run's own tables, `raw_data` for data."""
    return META_SCHEMA if table in META_TABLES else RAW_SCHEMA


def qualified_name(table: str) -> str:
    """A table with its schema."""
    return f"{schema_of(table)}.{table}"
