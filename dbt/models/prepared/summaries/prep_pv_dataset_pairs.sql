with statements as (

    select statements.*
    from {{ ref('prep_pv_statements') }} as statements
    semi join {{ ref('prep_pv_installation_categories') }} as categories
        on statements.installation_id = categories.installation_id and categories.is_included

),

made_up as (

    select
        dataset_key,
        bool_or(is_synthetic) as is_synthetic
    from {{ ref('prep_pv_datasets_unified') }}
    group by dataset_key

)

select
    a.installation_id,
    a.dataset_key as dataset_a,
    b.dataset_key as dataset_b,
    a.records as records_a,
    b.records as records_b,
    case when b.area_m2 is not null then a.area_m2 end as area_a_m2,
    case when a.area_m2 is not null then b.area_m2 end as area_b_m2,
    case when a.area_m2 + b.area_m2 > 0 then least(shared.shared_m2, a.area_m2, b.area_m2) end as shared_m2,
    shared_m2 / (a.area_m2 + b.area_m2 - shared_m2) as iou,
    a.is_whole_capacity and b.is_whole_capacity and a.capacity_basis = b.capacity_basis as is_comparable,
    case when is_comparable then a.capacity_mw end as capacity_a_mw,
    case when is_comparable then b.capacity_mw end as capacity_b_mw,
    made_up_a.is_synthetic or made_up_b.is_synthetic as is_synthetic
from statements as a
inner join statements as b on a.installation_id = b.installation_id and a.dataset_key != b.dataset_key
inner join made_up as made_up_a on a.dataset_key = made_up_a.dataset_key
inner join made_up as made_up_b on b.dataset_key = made_up_b.dataset_key
left join {{ ref('prep_pv_shared_areas') }} as shared
    on
        a.installation_id = shared.installation_id
        and a.dataset_key = shared.dataset_a
        and b.dataset_key = shared.dataset_b
