-- The log-odds that two points are one installation, as a sum of parts. Rivals are the other pairs of either record
-- with the other's dataset: at most one of them is right.
with weighed as (

    select
        *,
        {{ match_part('base') }} as base,
        {{ match_part('distance') }} as distance,
        {{ match_part('capacity') }} as capacity,
        {{ match_part('name') }} as name,
        cast(exp(base + distance + capacity + name) as decimal(38, 9)) as odds
    from {{ ref('prep_pv_match_features') }}

),

crowded as (

    select
        *,
        ln(
            1
            + sum(odds) over (partition by number_a, dataset_key_b)
            + sum(odds) over (partition by number_b, dataset_key_a)
            - 2 * odds
        ) as log_rival_odds,
        {{ match_part('crowding') }} as crowding
    from weighed

)

select
    number_a,
    number_b,
    {{ match_parts() }} as match_parts,
    {{ match_probability() }} as match_probability
from crowded
