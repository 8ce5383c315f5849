{{ config(pre_hook={'sql': "{{ run_hamilton_pipeline('solar_irradiance') }}", 'transaction': False}) }}

with refused as (

    select * from {{ source('raw_data', 'irradiance_refused') }}

)

select
    h3_cell,
    provider,
    lon,
    lat,
    reason
from refused
