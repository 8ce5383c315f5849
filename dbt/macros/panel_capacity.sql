{% macro panel_capacity_method() -%}
    case
        when installations.capacity_mw is not null then 'stated_' || installations.capacity_basis
        when installations.area_m2 is not null then 'area'
    end
{%- endmacro %}

{% macro panel_capacity_mw() -%}
    round(
        case
            when installations.capacity_mw is null then installations.area_m2 / 1e6 * settings.mw_per_km2
            when installations.capacity_basis = 'ac' then installations.capacity_mw * settings.dc_per_ac
            else installations.capacity_mw
        end,
        6
    )
{%- endmacro %}
