-- Comparison features that need no geometry: sizes and names, and how far apart two such records may be.
with records as (

    select * from {{ ref('prep_pv_match_records') }}

),

names as (

    select * from {{ ref('prep_pv_names') }}

),

energy as (

    select mw_per_km2 from {{ ref('stg_settings') }}

),

compared as (

    select
        candidates.number_a,
        candidates.number_b,
        a.geometry_kind = b.geometry_kind as is_of_one_kind,
        {{ is_placeholder('a') }} or {{ is_placeholder('b') }} as is_placeholder,
        least(a.capacity_mw, b.capacity_mw) as smaller_capacity_mw,
        {{ smaller_over_larger('a.capacity_mw', 'b.capacity_mw') }} as capacity_ratio,
        {{ smaller_over_larger(
            'coalesce(a.area_m2, a.source_area_m2)', 'coalesce(b.area_m2, b.source_area_m2)'
        ) }} as extent_ratio,
        round({{ pair_radius_m() }}, 1) as radius_m,
        round(name_similarity_of(name_a.words, name_b.words), 4) as name_similarity,
        case
            when name_similarity is null or name_a.numbers = name_b.numbers then null
            when name_a.numbers = [] or name_b.numbers = [] then 'one_lacks'
            else 'differ'
        end as name_numbers
    from {{ ref('prep_pv_candidates') }} as candidates
    cross join energy as settings
    inner join records as a on candidates.number_a = a.record_number
    inner join records as b on candidates.number_b = b.record_number
    left join names as name_a on candidates.number_a = name_a.record_number
    left join names as name_b on candidates.number_b = name_b.record_number

)

select
    compared.* exclude (compared.is_of_one_kind, compared.is_placeholder),
    coalesce(
        compared.name_similarity >= settings.name_similarity and compared.name_numbers is null, false
    ) as names_alike,
    coalesce(
        coalesce(compared.capacity_ratio, compared.extent_ratio) >= settings.capacity_ratio, false
    ) as sizes_agree,
    case when not compared.is_placeholder then round({{ match_reach_m() }}, 1) end as reach_m
from compared
cross join {{ ref('stg_settings') }} as settings
