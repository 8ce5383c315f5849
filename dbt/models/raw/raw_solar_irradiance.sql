{{ config(pre_hook="{{ run_hamilton_pipeline('solar_irradiance') }}") }}

select
    pipeline,
    table_name,
    made_from
from {{ source('raw_data', 'hamilton_runs') }}
where pipeline = 'solar_irradiance'
