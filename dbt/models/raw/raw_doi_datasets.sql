{{ config(pre_hook="{{ run_hamilton_pipeline('doi_datasets') }}") }}

select
    pipeline,
    table_name,
    made_from
from {{ source('raw_data', 'hamilton_runs') }}
where pipeline = 'doi_datasets'
