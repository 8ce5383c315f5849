{% macro ellipsoidal_m2(geometry) -%}
    round(st_area(st_transform({{ geometry }}, 'EPSG:4326', 'EPSG:6933')), 2)
{%- endmacro %}
