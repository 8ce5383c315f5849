{# What both records state of their size: the smaller area, else the ground that the smaller capacity takes. #}
{% macro pair_radius_m() -%}
    sqrt(
        coalesce(
            least(coalesce(a.area_m2, a.source_area_m2), coalesce(b.area_m2, b.source_area_m2)),
            least(a.capacity_mw, b.capacity_mw) / settings.mw_per_km2 * 1e6
        ) / pi()
    )
{%- endmacro %}

{# Of a large plant, positions differ by more; of roofs, by less. From the edge of an outline it is two radii less. #}
{% macro match_reach_m() -%}
    {%- set radii = '(settings.reach_radii - case when compared.is_of_one_kind then 0 else 2 end)' -%}
    {%- set by_size = radii ~ ' * coalesce(compared.radius_m, 0)' -%}
    case
        when sizes_agree or names_alike
            then greatest({{ by_size }}, settings.near_with_capacity_m * {{ roof_share('compared') }})
        else settings.near_m
    end
{%- endmacro %}

{# 1 for all but roofs, whose smaller capacity is a share of roof_mw. #}
{% macro roof_share(pairs) -%}
    least(1, coalesce({{ pairs }}.smaller_capacity_mw / nullif(settings.roof_mw, 0), 1))
{%- endmacro %}

{# Of distance and capacities; what is not stated counts in between. From the edge of an outline, metres weigh more. #}
{% macro match_misfit() -%}
    ln(
        1 + apart_m / greatest(
            case
                when pair_kind = 'points'
                    then greatest(settings.near_with_capacity_m * {{ roof_share('evidence') }}, coalesce(radius_m, 0))
                else settings.near_m
            end,
            1
        )
    )
    + 2 * -log2(greatest(coalesce(evidence.capacity_ratio, 0.75), 0.25))
{%- endmacro %}

{# Lower is better: names weigh more than capacities, and these more than metres. #}
{% macro match_cost() -%}
    {{ match_misfit() }}
    + 3 * (1 - coalesce(evidence.name_similarity, 0.5))
    + case name_numbers when 'differ' then 3 when 'one_lacks' then 2 else 0 end
{%- endmacro %}
