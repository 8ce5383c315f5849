{% macro precedence_in_installation() -%}
    row_number() over (
        partition by installation_id
        order by
            inventory_priority asc,
            edition desc,
            capacity_mw desc nulls last,
            coalesce(area_m2, source_area_m2) desc nulls last,
            record_id asc
    )
{%- endmacro %}
