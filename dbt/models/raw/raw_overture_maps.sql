{{ config(pre_hook="{{ run_hamilton_pipeline('overture_maps') }}") }}

select
    pipeline,
    table_name,
    made_from
from {{ source('raw_data', 'hamilton_runs') }}
where pipeline = 'overture_maps'
