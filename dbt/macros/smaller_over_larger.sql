{% macro smaller_over_larger(a, b) -%}
    case when {{ a }} > 0 and {{ b }} > 0 then round(least({{ a }}, {{ b }}) / greatest({{ a }}, {{ b }}), 6) end
{%- endmacro %}
