-- Composite outlines. Two farms must not become one because somebody drew one outline around both: the outlines in a
-- whole fill it, and no more datasets draw them apart than draw them as one. What
-- another inner outline covers adds no ground.
with places as (

    select * from {{ ref('prep_pv_inner_places') }}

),

records as (

    select * from {{ ref('prep_pv_match_records') }}

),

votes as (

    select * from {{ ref('prep_pv_whole_votes') }}

),

wholes as (

    select distinct whole_number from places
    where is_part

),

filled as (

    select
        places.whole_number,
        count(*) filter (where places.is_place) as parts,
        round(
            {{ ellipsoidal_m2('st_union_agg(evidence.shared_ground order by places.inner_number)') }}
            / any_value(records.area_m2),
            4
        ) as filled
    from places
    semi join wholes on places.whole_number = wholes.whole_number
    inner join records on places.whole_number = records.record_number
    inner join {{ ref('prep_pv_evidence') }} as evidence
        on
            least(places.whole_number, places.inner_number) = evidence.number_a
            and greatest(places.whole_number, places.inner_number) = evidence.number_b
    where not places.is_covered
    group by places.whole_number

)

select
    filled.whole_number,
    filled.parts,
    filled.filled,
    coalesce(votes.drawn_apart_by, 0) as drawn_apart_by,
    1 + coalesce(votes.drawn_whole_by_others, 0) as drawn_whole_by,
    filled.parts > 1 and (filled.filled < settings.least_filled or drawn_apart_by > drawn_whole_by) as is_several
from filled
cross join {{ ref('stg_settings') }} as settings
left join votes on filled.whole_number = votes.whole_number
