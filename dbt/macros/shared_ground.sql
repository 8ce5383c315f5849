{# Tells it faster than an intersection does. Of outlines of very many corners, it is not asked. #}
{% macro is_nested(a, b) -%}
    case
        when {{ has_many_corners(a, b) }} then false
        when {{ a }}.area_m2 >= {{ b }}.area_m2 then st_covers({{ a }}.geometry, {{ b }}.geometry)
        else st_coveredby({{ a }}.geometry, {{ b }}.geometry)
    end
{%- endmacro %}

{# Asking whether outlines cross too often takes time: only those of very many corners are asked. #}
{% macro shared_ground(a, b) -%}
    case
        when
            case
                when {{ has_many_corners(a, b) }}
                    then cross_too_often(st_aswkb({{ a }}.geometry)::blob, st_aswkb({{ b }}.geometry)::blob)
                else false
            end
            then null
        when is_nested then case when {{ a }}.area_m2 >= {{ b }}.area_m2 then {{ b }}.geometry else {{ a }}.geometry end
        else st_intersection({{ a }}.geometry, {{ b }}.geometry)
    end
{%- endmacro %}

{% macro has_many_corners(a, b) -%}
    st_npoints({{ a }}.geometry)::bigint * st_npoints({{ b }}.geometry) > 500000
{%- endmacro %}
