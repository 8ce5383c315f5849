{# dbt's own asks for the columns and then writes in two queries, which makes a build a second slower. #}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set comments = [] -%}
    {%- if for_relation and config.persist_relation_docs() -%}
        {%- do comments.append(comment_on(relation.type ~ ' ' ~ relation, model.description)) -%}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() -%}
        {%- for column in model.columns.values() -%}
            {%- do comments.append(comment_on('column ' ~ relation ~ '."' ~ column.name ~ '"', column.description)) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if comments -%}{%- do run_query(comments | join(';\n')) -%}{%- endif -%}
{%- endmacro %}

{% macro comment_on(what, text) -%}
    comment on {{ what }} is '{{ text | replace("'", "''") }}'
{%- endmacro %}
