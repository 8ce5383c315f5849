-- Near without sharing much ground: outlines whose middles nearly meet, points within reach of another record.
with evidence as (

    select * from {{ ref('prep_pv_evidence') }}

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

)

{{ both_sides('near', ['pair_kind', 'apart_m']) }}
