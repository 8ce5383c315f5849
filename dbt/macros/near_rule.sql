{# Names attract and order, never forbid; but running numbers tell the phases of one plant apart. #}
{% macro near_rule() -%}
    case
        when pair_kind = 'outlines' then case
            when area_ratio < settings.alike_area_ratio then null
            when centroid_distance_m <= settings.alike_m then 'outlines_alike'
            when share_of_smaller >= settings.shifted_share and only_ones.number_a is not null
                then 'outlines_shifted'
        end
        when coalesce(evidence.capacity_ratio, 1) >= settings.capacity_ratio
            and distance_m <= reach_m
            and not coalesce(decided.is_placed_apart, false)
            and (names_alike or pair_kind != 'points' or {{ match_misfit() }} <= settings.largest_misfit)
            and not coalesce(name_numbers = 'differ' and evidence.name_similarity > 0.5, false) then 'point_near'
        when same_names.number_a is not null then 'same_name'
    end
{%- endmacro %}
