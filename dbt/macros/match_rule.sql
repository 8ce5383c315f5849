{% macro match_rule() -%}
    case
        when verdict = 'different' then null
        when verdict = 'same' then 'override'
        when is_same_shape or iou >= identical_iou then 'same_shape'
        when is_same_group then 'same_group'
        when share_of_smaller >= shared_of_smaller and area_ratio >= part_area_ratio then 'shared_ground'
        when share_of_smaller >= shared_of_smaller and not is_several
            and (filled >= least_filled or area_ratio >= smallest_part) then 'part_of_whole'
        when pair_kind = 'outlines' and share_of_smaller < shared_of_smaller and is_nearest then 'outlines_alike'
        when pair_kind = 'point_and_outline' and distance_m = 0 and is_innermost and not is_several
            and coalesce(capacity_ratio, 1) >= capacity_ratio_inside then 'point_inside'
        when pair_kind != 'outlines' and not (is_drawn_apart or is_several) and is_nearest then 'point_near'
    end
{%- endmacro %}

{% macro refused_because() -%}
    case
        when verdict = 'different' then 'override: ' || overruled_by
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
        when is_drawn_apart then 'its dataset draws the outline, and lists the point beside it'
        when distance_m = 0 then 'it is nearer to the middle of another outline'
        when distance_m > case when capacity_ratio is null then near_m else near_with_capacity_m end
            then printf('%.1f m apart', distance_m)
        else printf('%.1f m apart, and another one is nearer', distance_m)
    end
{%- endmacro %}

{% macro link_strength() -%}
    case
        when match_rule = 'override' then 2
        when match_rule in ('same_shape', 'same_group') then 1
        when match_rule in ('shared_ground', 'part_of_whole', 'outlines_alike') then iou
        when match_rule = 'point_inside' then 0.5
        when match_rule = 'point_near' then 0.4 * (1 - distance_m / greatest(near_m, near_with_capacity_m, 1))
    end
{%- endmacro %}
