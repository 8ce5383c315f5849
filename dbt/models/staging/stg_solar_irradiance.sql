{{ config(pre_hook="{{ run_hamilton_pipeline('solar_irradiance') }}") }}
-- depends_on: {{ ref('raw_solar_irradiance') }}

with irradiance as (

    select * from {{ source('raw_data', 'solar_irradiance') }}

)

select
    h3_cell,
    provider,
    month,
    lon,
    lat,
    elevation_m,
    ghi_kwh_per_m2,
    dni_kwh_per_m2,
    dhi_kwh_per_m2,
    poa_kwh_per_m2,
    air_temperature_c,
    specific_yield_kwh_per_kwp,
    tilt_deg,
    azimuth_deg,
    losses,
    model_chain,
    is_upper_bound
from irradiance
