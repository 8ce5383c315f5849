with statements as (

    select * from {{ ref('prep_pv_statements') }}

),

capacities as (

    select * from statements
    where is_newest_capacity
    qualify row_number() over (
        partition by installation_id order by is_whole_capacity desc, inventory_priority asc
    ) = 1

),

dates as (

    select * from statements
    where is_newest_date
    qualify row_number() over (partition by installation_id order by inventory_priority) = 1

)

select
    shapes.* exclude (
        shapes.is_joined, shapes.record_lon, shapes.record_lat, shapes.admin_flags, shapes.is_placeholder
    ),
    h3_cell_of(shapes.centroid_lon, shapes.centroid_lat, settings.h3_resolution) as h3_cell,
    h3_cell_of(shapes.centroid_lon, shapes.centroid_lat, 5) as h3_cell_5,
    capacities.capacity_mw,
    capacities.capacity_basis,
    capacities.dataset_key as capacity_dataset,
    capacities.is_whole_capacity,
    dates.installed_from,
    dates.installed_to,
    dates.dataset_key as installed_dataset,
    agreement.dataset_count,
    agreement.independent_inventories,
    {{ confidence() }} as confidence,
    {{ installation_flags() }} as quality_flags,
    names.* exclude (names.installation_id),
    categories.* exclude (categories.installation_id, categories.is_included),
    terms.* exclude (terms.installation_id)
from {{ ref('prep_pv_installation_shapes') }} as shapes
cross join {{ ref('stg_settings') }} as settings
inner join {{ ref('prep_pv_installation_categories') }} as categories
    on shapes.installation_id = categories.installation_id and categories.is_included
inner join {{ ref('prep_pv_agreement') }} as agreement on shapes.installation_id = agreement.installation_id
left join {{ ref('prep_pv_installation_names') }} as names on shapes.installation_id = names.installation_id
inner join {{ ref('prep_pv_installation_terms') }} as terms on shapes.installation_id = terms.installation_id
left join capacities on shapes.installation_id = capacities.installation_id
left join dates on shapes.installation_id = dates.installation_id
