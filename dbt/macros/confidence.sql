{% macro confidence() -%}
    case
        when agreement.holds_several or agreement.is_spread_out then 'low'
        when agreement.has_strong_evidence then 'high'
        when agreement.independent_inventories > 1 then 'medium'
        else 'low'
    end
{%- endmacro %}

{% macro installation_flags() -%}
    list_concat(
        list_filter(
            [
                case when agreement.holds_several then 'holds_several' end,
                case when agreement.is_divided then 'divided' end,
                case when agreement.is_spread_out then 'spread_out' end,
                case when capacities.capacity_mw is not null and not capacities.is_whole_capacity
                    then 'capacity_of_a_part' end,
                case when agreement.is_whole_beside_parts then 'whole_beside_parts' end,
                case when agreement.is_crowded then 'two_of_a_dataset' end,
                case when agreement.is_contradicted then 'contradicting_identifier' end,
                case when agreement.is_withdrawn then 'withdrawn' end
            ],
            lambda flag: flag is not null
        ),
        shapes.admin_flags
    )
{%- endmacro %}
