-- What lies near each other without sharing much ground, if each is the other's nearest: a neighbour is not the same.
with evidence as (

    select * from {{ ref('prep_pv_evidence') }}

),

records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

near as (

    select
        evidence.*,
        coalesce(evidence.distance_m, evidence.centroid_distance_m) as apart_m,
        coalesce(evidence.capacity_ratio >= settings.capacity_ratio, false) as capacities_agree
    from evidence
    cross join settings
    where
        evidence.dataset_key_a != evidence.dataset_key_b
        and case
            when evidence.pair_kind = 'outlines'
                then
                    evidence.centroid_distance_m <= settings.alike_m
                    and evidence.area_ratio >= settings.alike_area_ratio
            else
                coalesce(evidence.capacity_ratio, 1) >= settings.capacity_ratio
                and evidence.distance_m
                <= case when capacities_agree then settings.near_with_capacity_m else settings.near_m end
        end

),

sides as (

    select
        number_a as self,
        number_b as other,
        dataset_key_b as other_dataset,
        pair_kind,
        apart_m
    from near
    union all
    select
        number_b as self,
        number_a as other,
        dataset_key_a as other_dataset,
        pair_kind,
        apart_m
    from near

),

ranked as (

    select
        sides.*,
        records.geometry_kind = 'point' as self_is_point,
        row_number() over (
            partition by sides.self, sides.pair_kind, sides.other_dataset order by sides.apart_m, sides.other
        ) = 1 as is_nearest_of_dataset,
        row_number() over (partition by sides.self order by sides.apart_m, sides.other) = 1 as is_nearest_of_all
    from sides
    inner join records on sides.self = records.record_number

)

select
    a.self as number_a,
    a.other as number_b
from ranked as a
inner join ranked as b on a.self = b.other and a.other = b.self
where
    a.self < a.other
    and a.is_nearest_of_dataset
    and b.is_nearest_of_dataset
    and (
        a.pair_kind = 'outlines'
        or (a.self_is_point and a.is_nearest_of_all)
        or (b.self_is_point and b.is_nearest_of_all)
    )
