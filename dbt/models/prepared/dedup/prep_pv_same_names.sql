{% set degrees = '(settings.same_name_m / 110000)' %}

-- Names reach further than positions: of the records of two datasets that begin a word with the same letters, in
-- adjacent bands of latitude, those whose names are alike.
with names as (

    select * from {{ ref('prep_pv_names') }}

),

records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

words as (

    select distinct
        names.record_number,
        records.dataset_key,
        records.geometry_kind = 'point' as is_point,
        records.capacity_mw,
        records.centroid_lat as lat,
        records.centroid_lon as lon,
        names.words,
        names.numbers,
        left(unnest(string_split(names.words, ' ')), 4) as letters,
        floor(records.centroid_lat / {{ degrees }}) as band
    from names
    inner join records on names.record_number = records.record_number
    cross join settings
    where settings.same_name_m > 0

),

bands as (

    select
        * exclude (band),
        unnest([band - 1, band, band + 1]) as band
    from words

),

near as (

    select distinct
        a.record_number as number_a,
        b.record_number as number_b,
        a.words as words_a,
        b.words as words_b
    from words as a
    inner join bands as b on a.letters = b.letters and a.band = b.band
    cross join settings
    where
        a.record_number < b.record_number
        and a.dataset_key != b.dataset_key
        and (a.is_point or b.is_point)
        and a.numbers = b.numbers
        and {{ smaller_over_larger('a.capacity_mw', 'b.capacity_mw') }} >= settings.capacity_ratio
        and least(abs(a.lon - b.lon), 360 - abs(a.lon - b.lon)) * cos(radians(a.lat)) <= {{ degrees }}
        and abs(a.lat - b.lat) <= {{ degrees }}

)

select
    near.number_a,
    near.number_b
from near
cross join settings
where name_similarity_of(near.words_a, near.words_b) >= settings.name_similarity
