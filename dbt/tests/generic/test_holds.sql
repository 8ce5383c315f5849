{# Rows for which a claim is false. #}
{% test holds(model, claim) %}
select *
from {{ model }}
where not ({{ claim }})
{% endtest %}
