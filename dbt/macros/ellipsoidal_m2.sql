{# Area of a shape in EPSG:4326 [m²], on the ellipsoid of WGS 84: EPSG:6933 keeps areas. #}
{% macro ellipsoidal_m2(geometry) -%}
    round(st_area(st_transform({{ geometry }}, 'EPSG:4326', 'EPSG:6933')), 2)
{%- endmacro %}
