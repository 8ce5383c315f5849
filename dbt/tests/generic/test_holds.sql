{% test holds(model, claim) %}
select *
from {{ model }}
where not ({{ claim }})
{% endtest %}
