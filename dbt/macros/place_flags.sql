{# What to know of where a record lies; README.md defines each. #}
{% macro place_flags() -%}
    list_filter(
        [
            case when countries.record_id is null then 'no_land_near' end,
            case when countries.record_id is not null and countries.country is null then 'disputed' end,
            case
                when features.geometry_kind = 'polygon' and countries.shares > 1.01 then 'doubly_claimed'
                when features.geometry_kind = 'point' and countries.insides > 1 then 'doubly_claimed'
                when features.geometry_kind = 'polygon' and countries.second_share > 0.01 then 'across_border'
            end
        ],
        lambda flag: flag is not null
    )
{%- endmacro %}
