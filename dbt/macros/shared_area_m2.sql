{#
  Area that two outlines in EPSG:4326 share [m²]; null where they cross each other too often. Only outlines of very many
  corners are asked whether they do.
#}
{% macro shared_area_m2(a, b) -%}
    case
        when
            case
                when st_npoints({{ a }})::bigint * st_npoints({{ b }}) > 500000
                    then cross_too_often(st_aswkb({{ a }})::blob, st_aswkb({{ b }})::blob)
                else false
            end
            then null
        else {{ ellipsoidal_m2('st_intersection(' ~ a ~ ', ' ~ b ~ ')') }}
    end
{%- endmacro %}
