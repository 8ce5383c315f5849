{# Rows outside of a range; null is unknown, not wrong. #}
{% test between(model, column_name, at_least=none, at_most=none) %}
{%- set limits = [] -%}
{%- if at_least is not none -%}{%- do limits.append(column_name ~ ' < ' ~ at_least) -%}{%- endif -%}
{%- if at_most is not none -%}{%- do limits.append(column_name ~ ' > ' ~ at_most) -%}{%- endif -%}
select *
from {{ model }}
where {{ limits | join(' or ') }}
{% endtest %}
