{{ config(pre_hook="{{ run_hamilton_pipeline('overture_maps') }}") }}

select
    subtype,
    count(*) as areas
from {{ source('raw_data', 'admin_boundaries') }}
group by subtype
