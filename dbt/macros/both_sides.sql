{% macro both_sides(pairs, columns) -%}
    select
        number_a as record_number,
        number_b as other_number,
        dataset_key_b as other_dataset,
        {{ columns | join(', ') }}
    from {{ pairs }}
    union all
    select
        number_b as record_number,
        number_a as other_number,
        dataset_key_a as other_dataset,
        {{ columns | join(', ') }}
    from {{ pairs }}
{%- endmacro %}
