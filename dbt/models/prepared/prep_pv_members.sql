-- The name of an installation is a hash of one of its records: most names stay when a dataset is added.
with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

clusters as (

    select * from {{ ref('prep_pv_clusters') }}

),

repeats as (

    select * from {{ ref('prep_pv_repeats') }}

),

covered as (

    select distinct case when a.area_m2 < b.area_m2 then pairs.number_a else pairs.number_b end as record_number
    from {{ ref('prep_pv_pairs') }} as pairs
    inner join records as a on pairs.number_a = a.record_number
    inner join records as b on pairs.number_b = b.record_number
    inner join clusters as cluster_a on pairs.number_a = cluster_a.record_number
    inner join clusters as cluster_b on pairs.number_b = cluster_b.record_number
    where
        cluster_a.cluster = cluster_b.cluster
        and pairs.is_match
        and pairs.pair_kind = 'outlines'
        and pairs.dataset_key_a = pairs.dataset_key_b
        and pairs.iou < 1
        and pairs.match_rule in ('same_shape', 'shared_ground', 'part_of_whole')

)

select
    records.record_number,
    records.record_id,
    records.dataset_key,
    'pv_' || left(min(sha256(records.record_id)) over (partition by clusters.cluster), 16) as installation_id,
    coalesce(records.group_id, repeats.first_number::varchar) as part_id,
    covered.record_number is not null as is_covered,
    repeats.first_number != records.record_number as is_repeat,
    clusters.is_divided,
    clusters.is_spread_out
from records
inner join clusters on records.record_number = clusters.record_number
inner join repeats on records.record_number = repeats.record_number
left join covered on repeats.first_number = covered.record_number
