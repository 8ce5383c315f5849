{# Asking whether outlines cross too often takes time: only those of very many corners are asked. The shared
   ground of an outline within another one is that outline, which is found faster than it is cut out. #}
{% macro shared_ground(a, b) -%}
    case
        when
            case
                when st_npoints({{ a }}.geometry)::bigint * st_npoints({{ b }}.geometry) > 500000
                    then cross_too_often(st_aswkb({{ a }}.geometry)::blob, st_aswkb({{ b }}.geometry)::blob)
                else false
            end
            then null
        when {{ a }}.area_m2 <= {{ b }}.area_m2 and st_coveredby({{ a }}.geometry, {{ b }}.geometry)
            then {{ a }}.geometry
        when {{ b }}.area_m2 <= {{ a }}.area_m2 and st_coveredby({{ b }}.geometry, {{ a }}.geometry)
            then {{ b }}.geometry
        else st_intersection({{ a }}.geometry, {{ b }}.geometry)
    end
{%- endmacro %}
