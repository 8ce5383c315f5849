{% macro installation_totals() -%}
    count(*) as installations,
    count(*) filter (where geometry_kind = 'polygon') as outlines,
    count(*) filter (where confidence = 'high') as high_confidence,
    {{ exact_sum('area_m2', 2) }} / 1e6 as area_km2,
    count(capacity_mw) as installations_with_capacity,
    {{ exact_sum("case when capacity_basis = 'ac' then capacity_mw end", 6) }} as capacity_ac_mw,
    {{ exact_sum("case when capacity_basis = 'dc' then capacity_mw end", 6) }} as capacity_dc_mw,
    {{ exact_sum("case when capacity_basis = 'unknown' then capacity_mw end", 6) }} as capacity_unknown_basis_mw,
    first(licence order by strictness desc, licence) as licence,
    first(licence_kind order by strictness desc) as licence_kind,
    bool_or(is_synthetic) as is_synthetic
{%- endmacro %}
