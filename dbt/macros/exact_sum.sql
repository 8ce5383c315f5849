{% macro exact_sum(column, decimals) -%}
    sum({{ column }}::decimal(38, {{ decimals }}))::double
{%- endmacro %}
