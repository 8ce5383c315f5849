"""The commands of the founding design, and what they are here.

`test_commands.py` runs them; `page.py` writes them down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a file of the user's own, of the founding design.

    Attributes:
        heading: the section of the design.
        design: the command or file as the design has it.
        here: what is typed here; nothing where the design shows a file only.
        effect: what it does.
        title: the heading of what is too long for a cell of a table: Python, or a file.
        folder: where it is typed.
        file: a file that the user writes or changes first, relative to the project.
        text: the content of that file, or the line that it gets.
        below: the line of that file after which the line goes; by default the file is new.
        is_first: whether it is tried before anything was stored or loaded.
        is_process: whether the test runs it as a process; the others run in the test's own.
        program: what the command needs in addition to the packages of the project.
        prints: texts in its output.
        rows: rows of the tables that it has made.
        files: files that it has made, relative to the project.
    """

    heading: str
    design: str
    here: tuple[str, ...]
    effect: str
    title: str = ""
    folder: str = "."
    file: str = ""
    text: str = ""
    below: str = ""
    is_first: bool = False
    is_process: bool = False
    program: str = ""
    prints: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    @property
    def is_run(self) -> bool:
        """Whether the test runs it, rather than something else that the page names."""
        return bool(self.prints or self.rows or self.files)


DATASETS = {
    "usa_cali_usgs_pv_2016": 57,
    "uk_crowdsourced_pv_2020": 74,
    "global_pv_inventory_sent2_spot_2021": 158,
    "global_harmonized_large_solar_farms_2020": 153,
    "ind_pv_solar_farms_2022": 42,
    "usa_uspvdb_2023": 39,
    "usa_uspvdb_2026": 49,
    "usa_gm_seus_v1_2025": 72,
    "usa_gm_seus_v2_2026": 72,
    "chn_med_res_pv_2024": 101,
    "global_pv_facilities_2026": 214,
    "global_tz_sam_2025": 161,
    "global_renewables_watch_2024": 188,
}
RECORDS, OUTLINES, AREAS, INSTALLATIONS = sum(DATASETS.values()), 1313, 179, 319
RAW = {f"raw_data.{key}": rows for key, rows in DATASETS.items()} | {"raw_data.doi_pv_features": RECORDS}
LISTED = RAW | {"raw_data.admin_boundaries": AREAS}
STAGED = {"staging.stg_pv_features": RECORDS, "staging.stg_admin_boundaries": AREAS}
CURATED = {
    "prepared.prep_pv_datasets_unified": RECORDS,
    "curated.curated_pv_dataset_summary": len(DATASETS),
    "curated.curated_pv_installations": INSTALLATIONS,
}
STORED = tuple(f"{key}: raw_data.{key}" for key in DATASETS)
SOURCES = "dbt/sources/doi_datasets_sources.yml"

INSTALL, INGEST, TRANSFORM = "Install", "Hamilton: ingest", "dbt: transform"
PATTERNS, REFRESH, BRIDGE, TROUBLES = (
    "Hamilton and dbt together",
    "Manual and automatic refresh",
    "Sources of dbt from Hamilton",
    "Troubleshooting",
)

OWN_SQL = "select * from {{ source('raw_data', 'doi_pv_features') }}\n"
OWN_PYTHON = """\
def model(dbt, session):
    dbt.config(materialized="table")
    raw_data = dbt.source("raw_data", "doi_pv_features")

    # Use Hamilton for fine-grained processing
    from hamilton import driver
    import loaders.warehouse.models.shape_metrics as processing

    outlines = raw_data.filter("geometry_kind = 'polygon'").project("record_id, st_aswkb(geometry)::blob as wkb")
    hamilton_driver = driver.Driver({}, processing)
    return hamilton_driver.execute(
        ["axis_azimuth_deg", "compactness"], inputs={"outline_rows": outlines.to_arrow_table()}
    )
"""
RUN_DOI_PIPELINE = """\
python -c "
from loaders.raw_pv_doi_ingest import run_doi_pipeline
result = run_doi_pipeline(
    database_path='./data/sample/custom_eo_pv_data.duckdb',
    export_geoparquet=True,
    use_parallel=True,
    use_cache=True,
    force_download=False,
    max_mb=500
)
print(result)
\""""
SHOW_TABLES = """\
python -c "
import duckdb
conn = duckdb.connect('./data/sample/eo_pv_data.duckdb')
tables = conn.execute('SHOW TABLES FROM raw_data').fetchall()
print(f'Created {len(tables)} raw data tables:')
for table in tables:
    count = conn.execute(f'SELECT COUNT(*) FROM raw_data.{table[0]}').fetchone()[0]
    print(f'  - {table[0]}: {count} records')
conn.close()
\""""
DRAW = """\
python -c "
from hamilton import driver
import loaders.raw_pv_doi_ingest as pipeline_module

dr = driver.Builder().with_modules(pipeline_module).build()
dr.display_all_functions('./data/sample/hamilton_full_dag.png')
print('DAG visualization saved to ./data/sample/hamilton_full_dag.png')
\""""
OWN_DRIVER = """\
python -c "
from hamilton import driver
from loaders import raw_pv_doi_ingest

dr = driver.Builder().with_modules(raw_pv_doi_ingest).enable_dynamic_execution(allow_experimental_mode=True).build()
inputs = raw_pv_doi_ingest.inputs(datasets=['bradbury'])
print(dr.execute(['store_individual_datasets'], inputs=inputs))
\""""
GENERATE_SOURCES = """\
python -c "
from loaders.hamilton_dbt_bridge import generate_dbt_sources_from_hamilton
sources_config = generate_dbt_sources_from_hamilton()
print([table['name'] for table in sources_config['sources'][0]['tables']])
\""""
UPDATE_SOURCES = """\
python -c "
from loaders.hamilton_dbt_bridge import HamiltonDbtBridge
result = HamiltonDbtBridge('.').update_sources_from_hamilton('doi_datasets')
print('Updated sources:', len(result['sources'][0]['tables']), 'tables')
\""""
EXPORTS = """\
python -c "
from loaders import run_doi_pipeline, run_overture_pipeline, run_solar_pipeline
print(run_overture_pipeline())
\""""
SCHEMATA = """\
python -c "
import duckdb
conn = duckdb.connect('./data/sample/eo_pv_data.duckdb')
print(conn.execute(\\"SELECT * FROM information_schema.schemata WHERE schema_name = 'raw_data'\\").fetchall())
conn.close()
\""""
SPATIAL = """\
python -c "
from pathlib import Path
from loaders.db.connection import connect
conn = connect(Path('./data/sample/eo_pv_data.duckdb'))
area_km2 = 'round(sum(ST_Area_Spheroid(geometry)) / 1e6, 1)'
print(conn.execute(f'SELECT {area_km2} FROM raw_data.ind_pv_solar_farms_2022').fetchall())
conn.close()
\""""

COMMANDS = (
    Command(
        INSTALL,
        "pip install -r requirements_hamilton.txt",
        ("make install",),
        "Makes `.venv` with every package of the design, each by its hash from `requirements.lock`.",
    ),
    Command(
        INSTALL,
        "pip install sf-hamilton[visualization] pyarrow geopandas duckdb datahugger dbt-duckdb",
        ("make install",),
        "The same. The program `dot`, which draws, is Graphviz's: `sudo apt-get install graphviz`.",
    ),
    Command(
        INSTALL,
        "conda activate eo-pv-cv",
        (". .venv/bin/activate",),
        "`dbt` then finds its project from any folder; without it, `.venv/bin/dbt` works in `dbt/`.",
    ),
    Command(
        INSTALL,
        "python test_hamilton_pipeline.py",
        ("make test",),
        "Runs all tests, without a network. One of them runs every command of this page.",
    ),
    Command(
        INGEST,
        "python run_hamilton_pipeline.py --datasets bradbury stowell --max-mb 50",
        ("eo-pv ingest --datasets bradbury stowell --max-mb 50",),
        "Loads two datasets, by alias or key, and stores a table for each.",
        is_first=True,
        prints=STORED[:2],
        rows={name: RAW[name] for name in ("raw_data.usa_cali_usgs_pv_2016", "raw_data.uk_crowdsourced_pv_2020")}
        | {"raw_data.doi_pv_features": 57 + 74},
    ),
    Command(
        INGEST,
        "python run_hamilton_pipeline.py --all --max-mb 100",
        ("eo-pv ingest --all --max-mb 100",),
        "Loads all datasets of `params.yaml`.",
        prints=STORED,
        rows=RAW,
    ),
    Command(
        INGEST,
        "python raw_pv_doi_ingest.py",
        ("python -m loaders.raw_pv_doi_ingest",),
        "The same pipeline by its module; `--help` lists its options.",
        is_first=True,
        is_process=True,
        prints=STORED,
        rows=RAW,
    ),
    Command(
        INGEST,
        "run_doi_pipeline(database_path='./db/custom_eo_pv_data.duckdb', …)",
        (RUN_DOI_PIPELINE,),
        "Stores the datasets in a database of your own. All six parameters of the design, with its defaults; "
        "`datasets`, `params`, `executor`, `scheduler` and `connection` are new.",
        title="run_doi_pipeline",
        prints=tuple(f"'{key}': 'raw_data.{key}'" for key in DATASETS),
        files=("data/sample/custom_eo_pv_data.duckdb",),
    ),
    Command(
        INGEST,
        "from data_loaders import run_doi_pipeline, run_overture_pipeline, run_solar_pipeline",
        (EXPORTS,),
        "The three pipelines; each returns the tables that it has stored.",
        title="The three pipelines",
        prints=("{'admin_boundaries': 'raw_data.admin_boundaries'}",),
        rows={"raw_data.admin_boundaries": AREAS},
    ),
    Command(
        INGEST,
        "SHOW TABLES FROM raw_data",
        (SHOW_TABLES,),
        "Lists the tables with their numbers of records, in any DuckDB from 1.5 on.",
        title="SHOW TABLES",
        prints=tuple(f"  - {name.partition('.')[2]}: {rows} records" for name, rows in LISTED.items()),
    ),
    Command(
        INGEST,
        "dr.display_all_functions('./dag_visualizations/hamilton_full_dag.png')",
        (DRAW,),
        "Draws the eight nodes. Hamilton does not make the folder: name one that is there. `eo-pv dag` draws every "
        "graph with its tags.",
        title="display_all_functions",
        program="dot",
        prints=("DAG visualization saved to ./data/sample/hamilton_full_dag.png",),
        files=("data/sample/hamilton_full_dag.png",),
    ),
    Command(
        INGEST,
        "dr.execute(['store_individual_datasets'], inputs=…)",
        (OWN_DRIVER,),
        "A driver of your own; `inputs` is documented in `loaders/doi_datasets.py`.",
        title="A driver of your own",
        prints=("{'store_individual_datasets': {'usa_cali_usgs_pv_2016': 'raw_data.usa_cali_usgs_pv_2016'}}",),
    ),
    Command(
        TRANSFORM,
        "dbt run --select staging",
        ("dbt run --select staging",),
        "Hamilton first runs what is missing or stale (here: everything); then dbt builds the models of staging.",
        folder="dbt",
        is_first=True,
        is_process=True,
        prints=("Completed successfully",),
        rows=RAW | STAGED,
    ),
    Command(
        TRANSFORM,
        "dbt run",
        ("dbt run",),
        "Builds all models: `stg_pv_features` → `prep_pv_datasets_unified` → `curated_pv_dataset_summary`, and more.",
        prints=("Completed successfully",),
        rows=RAW | STAGED | CURATED,
    ),
    Command(
        TRANSFORM,
        "dbt docs generate && dbt docs serve",
        ("dbt docs generate",),
        "Writes dbt's documentation; `dbt docs serve` shows it. `make docs` writes one page that needs no server.",
        folder="dbt",
        prints=("Catalog written to",),
        files=("dbt/target/catalog.json", "dbt/target/index.html"),
    ),
    Command(
        PATTERNS,
        "models/staging/stg_pv_features.sql",
        ("dbt run --select stg_my_features",),
        "A model of your own in SQL (pattern 1). Hamilton stores its source first.",
        title="A model in SQL",
        folder="dbt",
        file="dbt/models/staging/stg_my_features.sql",
        text=OWN_SQL,
        prints=("Completed successfully",),
        rows={"staging.stg_my_features": RECORDS},
    ),
    Command(
        PATTERNS,
        "models/staging/stg_pv_features_hamilton.py",
        ("dbt run --select stg_pv_features_hamilton",),
        "A model of your own in Python with a Hamilton driver (pattern 2). `loaders` is importable.",
        title="A model in Python",
        file="dbt/models/staging/stg_pv_features_hamilton.py",
        text=OWN_PYTHON,
        prints=("Completed successfully",),
        rows={"staging.stg_pv_features_hamilton": OUTLINES},
    ),
    Command(
        PATTERNS,
        "+pre-hook: \"{{ run_hamilton_pipeline('doi_datasets') }}\"",
        ("dbt run --models raw+",),
        "Hamilton as a pre-hook (pattern A). `staging` and the models of `raw` have it already.",
        title="A pre-hook",
        file="dbt/dbt_project.yml",
        text="      +pre-hook: \"{{ run_hamilton_pipeline('doi_datasets') }}\"\n",
        below="    raw:\n",
        is_first=True,
        prints=("Completed successfully",),
        rows=RAW | CURATED | {"staging.raw_doi_datasets": len(DATASETS)},
    ),
    Command(
        REFRESH,
        "dbt run-operation execute_hamilton_pipeline --args '{pipeline: doi_datasets}'",
        ("dbt run-operation execute_hamilton_pipeline --args '{pipeline: doi_datasets}'",),
        "Runs the whole pipeline from dbt; so do `overture_maps` and `solar_irradiance`.",
        folder="dbt",
        prints=tuple(f"doi_datasets: {key} is stored in raw_data.{key}" for key in DATASETS),
        rows=RAW,
    ),
    Command(
        REFRESH,
        "dbt run --models staging+",
        ("dbt run --models staging+",),
        "Builds staging and what follows from it.",
        prints=("Completed successfully",),
        rows=STAGED | CURATED,
    ),
    Command(
        REFRESH,
        "dbt run --models raw+",
        ("dbt run --models raw+",),
        "Hamilton by the hooks of the layer `raw`, then everything that is made of its tables.",
    ),
    Command(
        BRIDGE,
        "generate_dbt_sources_from_hamilton()",
        (GENERATE_SOURCES,),
        "Runs what is stale, writes the sources of dbt and returns them.",
        title="generate_dbt_sources_from_hamilton",
        prints=(repr(sorted(DATASETS))[1:],),
        files=(SOURCES,),
    ),
    Command(
        BRIDGE,
        "HamiltonDbtBridge(\".\").update_sources_from_hamilton('doi_datasets')",
        (UPDATE_SOURCES,),
        "The same as a class. It takes the project's folder or that of dbt.",
        title="HamiltonDbtBridge",
        prints=("Updated sources: ",),
        files=(SOURCES,),
    ),
    Command(
        BRIDGE,
        "dbt run-operation update_hamilton_sources --args '{pipeline_name: doi_datasets}'",
        ("dbt run-operation update_hamilton_sources --args '{pipeline_name: doi_datasets}'",),
        "The same from dbt.",
        folder="dbt",
        prints=(f"doi_datasets: {SOURCES} says what is stored",),
        files=(SOURCES,),
    ),
    Command(
        BRIDGE,
        "dbt source freshness --select source:raw_data",
        ("dbt source freshness --select source:raw_data",),
        "When the publisher of each dataset was last asked: after 7 days a warning, after 14 an error. Of samples, "
        "bundled boundaries and the clear-sky model, that there is no publisher to ask.",
        prints=("synthetic samples, nothing to ask", "Natural Earth, bundled, nothing to ask: raw_data.admin"),
    ),
    Command(
        BRIDGE,
        "dbt test",
        ("dbt test",),
        "Tests all models, with their unit tests.",
        folder="dbt",
        prints=("Completed successfully", "WARN=0 ERROR=0 SKIP=0"),
    ),
    Command(
        TROUBLES,
        "SELECT * FROM information_schema.schemata WHERE schema_name = 'raw_data'",
        (SCHEMATA,),
        "Whether the schema is there.",
        title="The schema",
        prints=("('eo_pv_data', 'raw_data', 'duckdb'",),
    ),
    Command(
        TROUBLES,
        "INSTALL spatial; LOAD spatial;",
        (SPATIAL,),
        "Nothing to install: a connection of `loaders.db.connection`, and each of dbt, has loaded the extension from "
        "its locked package. `INSTALL` would download it.",
        title="Spatial functions",
        prints=("[(13.8,)]",),
    ),
)
