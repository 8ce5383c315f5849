{# Whether the position of a record is a stand-in for one that is not known: what is there is not what it is. #}
{% macro is_placeholder(records) -%}
    coalesce(list_contains({{ records }}.quality_flags, 'placeholder_position'), false)
{%- endmacro %}
