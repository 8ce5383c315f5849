{{ config(pre_hook="{{ run_hamilton_pipeline('solar_irradiance') }}") }}
-- depends_on: {{ ref('raw_solar_irradiance') }}

with refused as (

    select * from {{ source('raw_meta', 'irradiance_refused') }}

)

select
    h3_cell,
    provider,
    lon,
    lat,
    reason
from refused
