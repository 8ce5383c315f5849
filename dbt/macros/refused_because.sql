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
        when is_placed_apart then printf('%.1f m apart, and the point is in another outline', distance_m)
        when distance_m > reach_m and cost is null then printf('%.1f m apart, more than %.0f m', distance_m, reach_m)
        when name_numbers = 'differ' and cost is null then 'their names have different running numbers'
        else printf('%.1f m apart, and another one fits better', distance_m)
    end
{%- endmacro %}
