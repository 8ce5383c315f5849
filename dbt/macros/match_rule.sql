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
        when pair_kind = 'point_and_outline' and distance_m = 0 and is_innermost
            and not (is_several or is_named_elsewhere)
            and coalesce(capacity_ratio, 1) >= capacity_ratio_inside then 'point_inside'
        when not is_several then near_rule
    end
{%- endmacro %}

{% macro identifier_contradiction() -%}
    case
        when len(shared_identifiers) > 0 and coalesce(distance_m, centroid_distance_m)
            > greatest(1000 * identifier_km, 3 * coalesce(radius_m, 0))
            then printf('%.1f km apart', coalesce(distance_m, centroid_distance_m) / 1000)
        when len(shared_identifiers) > 0 and capacity_ratio < least_capacity_ratio
            then printf('one capacity is %.0f %% of the other', 100 * capacity_ratio)
    end
{%- endmacro %}

{% macro refused_because() -%}
    case
        when verdict = 'different' then 'override: ' || overruled_by
        when contradiction is not null
            then printf('both are %s, but their outlines are %s', shared_identifiers[1], contradiction)
        when pair_kind = 'outlines' and shared_area_m2 is null then 'their outlines cross each other too often'
        when shared_area_m2 = 0 then 'they only touch'
        when share_of_smaller < shared_of_smaller
            then printf('they share %.1f %% of the smaller outline', 100 * share_of_smaller)
        when pair_kind = 'outlines' and drawn_apart_by > drawn_whole_by
            then printf('%d datasets draw it apart, %d as one', drawn_apart_by, drawn_whole_by)
        when pair_kind != 'outlines' and is_several then 'the outline holds several others'
        when pair_kind = 'outlines' and parts = 1 then printf('one is only %.2f %% of the other', 100 * area_ratio)
        when share_of_smaller >= shared_of_smaller
            then printf('%d outlines fill only %.0f %% of the larger one', parts, 100 * filled)
        when dataset_key_a = dataset_key_b then printf('%.1f m apart in one dataset', distance_m)
        when capacity_ratio < least_capacity_ratio then 'their capacities contradict each other'
        when is_named_elsewhere then 'by its name it is another record of that dataset'
        when distance_m = 0 then 'it is nearer to the middle of another outline'
        when is_taken then printf('%.1f m apart, and one has its counterpart in that dataset', distance_m)
        when cost is not null then printf('%.1f m apart, and another one fits better', distance_m)
        when distance_m > reach_m then printf('%.1f m apart, more than %.0f m', distance_m, reach_m)
        else 'their names have different running numbers'
    end
{%- endmacro %}

{# Of the pairs that are one to one, those of the lowest cost are kept first; they come after all others anyway. #}
{% macro link_strength() -%}
    case
        when match_rule = 'override' then 2
        when match_rule in ('same_identifier', 'same_shape', 'same_group') then 1
        when match_rule in ('shared_ground', 'part_of_whole') then iou
        when match_rule = 'point_inside' then 0.5
        when match_rule is not null then round(1 / (1 + cost), 6)
    end
{%- endmacro %}
