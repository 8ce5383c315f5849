{% macro edges_of_5_deg(lowest, highest) -%}
    unnest(range(5 * floor({{ lowest }} / 5)::bigint, ceil({{ highest }})::bigint, 5))
{%- endmacro %}
