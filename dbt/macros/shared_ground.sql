{# Asking whether outlines cross too often takes time: only those of very many corners are asked. #}
{% macro shared_ground(a, b) -%}
    case
        when
            case
                when st_npoints({{ a }})::bigint * st_npoints({{ b }}) > 500000
                    then cross_too_often(st_aswkb({{ a }})::blob, st_aswkb({{ b }})::blob)
                else false
            end
            then null
        else st_intersection({{ a }}, {{ b }})
    end
{%- endmacro %}
