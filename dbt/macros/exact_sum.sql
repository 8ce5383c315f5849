{# The same sum in any order: floating-point sums differ in their last bits with the number of threads. #}
{% macro exact_sum(column, decimals) -%}
    sum({{ column }}::decimal(38, {{ decimals }}))::double
{%- endmacro %}
