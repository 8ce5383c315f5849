{{ config(pre_hook="{{ run_hamilton_pipeline('overture_maps') }}") }}
-- depends_on: {{ ref('raw_overture_maps') }}

with boundaries as (

    select * from {{ source('raw_data', 'admin_boundaries') }}

)

select
    boundary_id,
    subtype,
    country,
    region,
    name,
    st_setcrs(geometry, 'EPSG:4326') as geometry,
    source,
    licence
from boundaries
