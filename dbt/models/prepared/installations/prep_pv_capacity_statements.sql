-- A value counts once only where it is provably stated again: for a group, by a dataset whose capacities are of groups;
-- in rows that repeat each other; or by one id with several shapes. Several entries with one id and one shape share
-- their capacity (one outline, two entries of a register). What a dataset has under construction, or has retired, does
-- not add to what operates there.
with stating as (

    select
        records.*,
        list_contains(settings.include_status, records.status) as is_included
    from {{ ref('prep_pv_installation_records') }} as records
    cross join {{ ref('stg_settings') }} as settings
    where records.capacity_mw is not null

),

records as (

    select
        *,
        dense_rank() over (
            partition by
                installation_id,
                dataset_key,
                source_id,
                identifiers,
                capacity_mw,
                centroid_lon,
                centroid_lat,
                area_m2
            order by row_hash
        ) as entry
    from stating
    where record_number not in (select covered.record_number from {{ ref('prep_pv_capacity_covered') }} as covered)
    qualify is_included or not bool_or(is_included) over (partition by installation_id, dataset_key)

),

stated as (

    select
        *,
        case
            when stated_group is not null then 'group ' || stated_group
            when source_id is not null
                then concat_ws(' ', 'id', source_id, identifiers::varchar, 'entry', entry, capacity_mw, 'MW')
            else concat_ws(' ', part_id, row_hash)
        end as statement
    from records

)

select
    installation_id,
    dataset_key,
    statement,
    max(capacity_mw) as capacity_mw,
    case when min(capacity_basis) = max(capacity_basis) then min(capacity_basis) else 'unknown' end as capacity_basis
from stated
group by all
