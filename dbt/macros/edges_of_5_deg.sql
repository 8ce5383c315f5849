{# The western or southern edges of all cells of 5° between two coordinates, each on a row of its own. #}
{% macro edges_of_5_deg(lowest, highest) -%}
    unnest(range(5 * floor({{ lowest }} / 5)::bigint, ceil({{ highest }})::bigint, 5))
{%- endmacro %}
