{% macro largest_reach_m(records) -%}
    greatest(
        settings.near_m,
        case
            when {{ records }}.capacity_mw > 0 or {{ records }}.source_area_m2 > 0 or {{ records }}.name is not null
                then settings.near_with_capacity_m
        end,
        settings.reach_radii * sqrt(
            coalesce({{ records }}.source_area_m2, {{ records }}.capacity_mw / settings.mw_per_km2 * 1e6) / pi()
        )
    )
{%- endmacro %}
