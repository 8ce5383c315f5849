{% macro is_placeholder(records) -%}
    coalesce(list_contains({{ records }}.quality_flags, 'placeholder_position'), false)
{%- endmacro %}
