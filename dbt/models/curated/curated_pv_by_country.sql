with installations as (

    select * from {{ ref('prep_pv_installations') }}

)

select
    country,
    {{ installation_totals() }}
from installations
group by country
