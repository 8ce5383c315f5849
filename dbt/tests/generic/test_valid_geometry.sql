{% test valid_geometry(model, column_name) %}
select *
from {{ model }}
where
    {{ column_name }} is null
    or st_isempty({{ column_name }})
    or not st_isvalid({{ column_name }})
    or st_xmin({{ column_name }}) < -180
    or st_xmax({{ column_name }}) > 180
    or st_ymin({{ column_name }}) < -90
    or st_ymax({{ column_name }}) > 90
{% endtest %}
