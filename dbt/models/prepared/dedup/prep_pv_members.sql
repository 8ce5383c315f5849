-- The id of an installation is a hash of one of its records: most ids stay when a dataset is added.
with records as (

    select * from {{ ref('prep_pv_match_records') }}

),

clusters as (

    select * from {{ ref('prep_pv_clusters') }}

),

repeats as (

    select * from {{ ref('prep_pv_repeats') }}

),

covered as (

    select distinct
        clusters.cluster,
        case when a.area_m2 < b.area_m2 then pairs.number_a else pairs.number_b end as first_number
    from {{ ref('prep_pv_pairs') }} as pairs
    inner join records as a on pairs.number_a = a.record_number
    inner join records as b on pairs.number_b = b.record_number
    inner join repeats as first_a on pairs.number_a = first_a.record_number
    inner join repeats as first_b on pairs.number_b = first_b.record_number
    inner join clusters on pairs.number_a = clusters.record_number
    inner join clusters as cluster_b on pairs.number_b = cluster_b.record_number
    where
        clusters.cluster = cluster_b.cluster
        and pairs.is_match
        and pairs.dataset_key_a = pairs.dataset_key_b
        and pairs.share_of_smaller >= 0.9
        and first_a.first_number != first_b.first_number

)

select
    records.record_number,
    records.record_id,
    records.dataset_key,
    'pv_' || left(min(sha256(records.record_id)) over (partition by clusters.cluster), 16) as installation_id,
    covered.cluster is not null as is_covered,
    row_number() over (
        partition by clusters.cluster, repeats.first_number order by records.record_number
    ) > 1 as is_repeat,
    clusters.is_divided,
    clusters.is_spread_out,
    clusters.is_crowded
from records
inner join clusters on records.record_number = clusters.record_number
inner join repeats on records.record_number = repeats.record_number
left join covered on repeats.first_number = covered.first_number and clusters.cluster = covered.cluster
