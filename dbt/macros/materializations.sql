{# A table or view in one statement. dbt's own creates it by another name, then renames both and drops the former one:
   seven statements, which are for databases whose readers do not wait. #}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set rows = rows_of_shards() -%}
    {%- set is_view = rows and not is_copied_from_shards() -%}
    {%- set former = load_cached_relation(this) -%}
    {%- set is_kept = rows and not is_view and former is not none -%}
    {%- set target_relation = this.incorporate(type='view' if is_view else 'table') -%}
    {{ run_hooks(pre_hooks) }}
    {{ drop_former(former if not is_kept else none) }}
    {%- call statement('main', language='sql' if rows else model.language) -%}
        {%- if is_kept -%}
            {{- replace_rows_of_shards(target_relation) -}}
        {%- elif is_view -%}
            {{- get_create_view_as_sql(target_relation, rows) -}}
        {%- else -%}
            {{- create_table_as(False, target_relation, rows or compiled_code, model.language) -}}
        {%- endif -%}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {{ drop_former(load_cached_relation(this)) }}
    {%- call statement('main') -%}
        {{- get_create_view_as_sql(target_relation, rows_of_shards() or sql) -}}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{# In the transaction that makes the new one: if that fails, the former one stays. #}
{% macro drop_former(relation) -%}
    {%- if relation is not none -%}
        {%- call statement('open_transaction') -%}select 1{%- endcall -%}
        {{ drop_relation_if_exists(relation) }}
    {%- endif -%}
{%- endmacro %}
