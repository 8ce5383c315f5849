{% macro is_best_claim(code) -%}
    row_number() over (
        partition by claims.record_id
        order by claims.distance_m asc, claims.share desc, claims.{{ code }} asc nulls last, claims.claimant asc
    ) = 1
{%- endmacro %}
