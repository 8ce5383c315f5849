with installations as (

    select * from {{ ref('prep_pv_installations') }}
    where not list_contains(quality_flags, 'placeholder_position')

)

select
    h3_cell_5 as h3_cell,
    st_setcrs(st_geomfromwkb(h3_outline_of(h3_cell_5)), 'EPSG:4326') as geometry,
    {{ installation_totals() }}
from installations
group by h3_cell_5
