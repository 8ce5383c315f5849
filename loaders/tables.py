"""Names of the tables in the schema `raw_data`, where Hamilton ends and dbt begins."""

RAW_SCHEMA = "raw_data"
ALL_FEATURES = "doi_pv_features"
ACCOUNTING = "dataset_accounting"
ACCOUNTING_COLUMNS = {
    "dataset_key": "Key of the dataset, as in params.yaml.",
    "records_read": "Records in the published files.",
    "records_kept": "Records that can be used.",
    "records_rejected": "Records that cannot be used; raw_data.rejected_records says why.",
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

# every table that is not one dataset's
SHARED_TABLES = frozenset(
    {ALL_FEATURES, ACCOUNTING, REJECTED_RECORDS, SETTINGS, DATASET_TERMS, OVERRIDES, RUNS}
    | {ADMIN_BOUNDARIES, SOLAR_IRRADIANCE, IRRADIANCE_REFUSED}
)
