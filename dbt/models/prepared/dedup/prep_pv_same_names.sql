-- Names reach further than positions; where a position is a stand-in, equal names and capacities reach everywhere.
with keys as (

    select * from {{ ref('prep_pv_name_keys') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

bands as (

    select
        keys.* exclude (band),
        unnest([keys.band - 1, keys.band, keys.band + 1]) as band
    from keys

),

near as (

    select distinct
        a.record_number as number_a,
        b.record_number as number_b,
        a.words as words_a,
        b.words as words_b,
        settings.name_similarity as least_similarity
    from keys as a
    inner join bands as b on a.letters = b.letters and a.band = b.band
    cross join settings
    where
        a.record_number < b.record_number
        and a.dataset_key != b.dataset_key
        and (a.is_point or b.is_point)
        and a.numbers = b.numbers
        and {{ smaller_over_larger('a.capacity_mw', 'b.capacity_mw') }} >= settings.capacity_ratio
        and st_distance_sphere(st_point(a.lon, a.lat), st_point(b.lon, b.lat)) <= settings.same_name_m

)

select
    number_a,
    number_b
from near
where name_similarity_of(words_a, words_b) >= least_similarity
union
select
    least(a.record_number, b.record_number) as number_a,
    greatest(a.record_number, b.record_number) as number_b
from keys as a
inner join keys as b on a.words = b.words and a.numbers = b.numbers and a.dataset_key != b.dataset_key
where a.is_placeholder and {{ smaller_over_larger('a.capacity_mw', 'b.capacity_mw') }} >= 0.95
