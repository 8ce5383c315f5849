{# EPSG:3395 keeps angles, so that near a parallel all lengths are too long by one factor. #}
{% macro ground_distance_m(a, b, lat) -%}
    {%- set flat_a = "st_transform(" ~ a ~ ", 'EPSG:4326', 'EPSG:3395')" -%}
    {%- set flat_b = "st_transform(" ~ b ~ ", 'EPSG:4326', 'EPSG:3395')" -%}
    {%- set once_around = '2 * pi() * 6378137.0' -%}
    {%- set eccentricity_2 = '0.00669437999014' -%}
    round(
        case
            when st_intersects({{ a }}, {{ b }}) then 0
            when st_xmin({{ a }}) < -179 or st_xmax({{ a }}) > 179 then least(
                st_distance({{ flat_a }}, {{ flat_b }}),
                st_distance(st_translate({{ flat_a }}, {{ once_around }}, 0), {{ flat_b }}),
                st_distance(st_translate({{ flat_a }}, -{{ once_around }}, 0), {{ flat_b }})
            )
            else st_distance({{ flat_a }}, {{ flat_b }})
        end
        * cos(radians({{ lat }})) / sqrt(1 - {{ eccentricity_2 }} * power(sin(radians({{ lat }})), 2)),
        2
    )
{%- endmacro %}
