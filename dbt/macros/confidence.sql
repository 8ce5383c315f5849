{% macro confidence() -%}
    case
        when agreement.holds_several or agreement.is_spread_out then 'low'
        when agreement.is_confirmed then 'high'
        when agreement.dataset_count > 1 then 'medium'
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
                    then 'capacity_of_a_part' end
            ],
            lambda flag: flag is not null
        ),
        shapes.admin_flags
    )
{%- endmacro %}
