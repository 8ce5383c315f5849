-- Blocking by name: the first letters of each word, in a band of latitude as wide as names reach.
with names as (

    select * from {{ ref('prep_pv_names') }}

),

records as (

    select * from {{ ref('prep_pv_match_records') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

)

select distinct
    names.record_number,
    records.dataset_key,
    records.geometry_kind = 'point' as is_point,
    {{ is_placeholder('records') }} as is_placeholder,
    records.capacity_mw,
    records.centroid_lat as lat,
    records.centroid_lon as lon,
    names.words,
    names.numbers,
    left(unnest(string_split(names.words, ' ')), 4) as letters,
    cast(floor(records.centroid_lat * 110000 / settings.same_name_m) as bigint) as band
from names
inner join records on names.record_number = records.record_number
cross join settings
where settings.same_name_m > 0
