{# Rows outside of a range; null is unknown, not wrong. #}
{% test between(model, column_name, at_least=none, at_most=none) %}
select *
from {{ model }}
where
    false
    {% if at_least is not none %}or {{ column_name }} < {{ at_least }}{% endif %}
    {% if at_most is not none %}or {{ column_name }} > {{ at_most }}{% endif %}
{% endtest %}
