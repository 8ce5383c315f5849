{{ config(pre_hook="{{ run_hamilton_pipeline('solar_irradiance') }}") }}

select
    provider,
    count(distinct h3_cell) as cells
from {{ source('raw_data', 'solar_irradiance') }}
group by provider
