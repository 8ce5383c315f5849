{% test between(model, column_name, at_least=none, at_most=none) %}
select *
from {{ model }}
where
    {{ column_name }} < {{ column_name if at_least is none else at_least }}
    or {{ column_name }} > {{ column_name if at_most is none else at_most }}
{% endtest %}
