{{ config(pre_hook="{{ run_hamilton_pipeline('doi_datasets') }}") }}

select
    dataset_key,
    count(*) as records
from {{ source('raw_data', 'doi_pv_features') }}
group by dataset_key
