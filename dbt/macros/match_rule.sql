{% macro match_rule() -%}
    case
        when verdict = 'different' then null
        when verdict = 'same' then 'override'
        when len(shared_identifiers) > 0 and (contradiction is null or pair_kind != 'outlines') then 'same_identifier'
        when is_same_shape or iou >= identical_iou then 'same_shape'
        when is_same_group then 'same_group'
        when share_of_smaller >= shared_of_smaller and area_ratio >= part_area_ratio then 'shared_ground'
        when share_of_smaller >= shared_of_smaller and not is_several
            and (filled >= least_filled or area_ratio >= smallest_part) then 'part_of_whole'
        when pair_kind = 'outlines' then near_rule
        when is_innermost then 'point_inside'
        when is_part_of_sum then 'sum_of_parts'
        when not is_several then near_rule
    end
{%- endmacro %}

{% macro identifier_contradiction() -%}
    case
        when len(shared_identifiers) > 0 and reach_m is not null and coalesce(distance_m, centroid_distance_m)
            > greatest(1000 * identifier_km, 3 * coalesce(radius_m, 0))
            then printf('%.1f km apart', coalesce(distance_m, centroid_distance_m) / 1000)
        when len(shared_identifiers) > 0 and capacity_ratio < least_capacity_ratio
            then printf('one capacity is %.0f %% of the other', 100 * capacity_ratio)
    end
{%- endmacro %}

{# Of the pairs that are one to one, those of the lowest cost are kept first; they come after all others anyway. #}
{% macro link_strength() -%}
    case
        when match_rule = 'override' then 2
        when match_rule in ('same_identifier', 'same_shape', 'same_group') then 1
        when match_rule in ('shared_ground', 'part_of_whole') then iou
        when match_rule in ('point_inside', 'sum_of_parts') then 0.5
        when match_rule is not null then round(1 / (1 + cost), 6)
    end
{%- endmacro %}
