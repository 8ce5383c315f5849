-- A table, since ten models read it; without what at most two of them need.
with members as (

    select * from {{ ref('prep_pv_members') }}

),

records as (

    select * from {{ ref('prep_pv_match_records') }}

),

repeats as (

    select * from {{ ref('prep_pv_repeats') }}

),

terms as (

    select
        *,
        min(priority) over (partition by inventory) as inventory_priority
    from {{ ref('stg_dataset_terms') }}

)

select
    members.installation_id,
    case when terms.capacity_of = 'group' then records.group_id end as stated_group,
    coalesce('group ' || stated_group, 'shape ' || repeats.first_number) as part_id,
    repeats.first_number,
    members.is_repeat,
    members.is_covered,
    terms.inventory,
    terms.inventory_priority,
    terms.edition,
    terms.year,
    case when records.capacity_mw is not null then md5(records.source_attributes) end as row_hash,
    records.* exclude (
        records.geometry,
        records.source_attributes,
        records.source_file,
        records.source_row,
        records.unrepaired_area_m2,
        records.stated_area_ratio,
        records.power_density_w_per_m2,
        records.h3_cell,
        records.doi
    )
from members
inner join records on members.record_number = records.record_number
inner join repeats on members.record_number = repeats.record_number
inner join terms on records.dataset_key = terms.dataset_key
