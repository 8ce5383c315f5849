{# Each pair of records twice, once from each side, so that a record finds its partners in one column. #}
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
