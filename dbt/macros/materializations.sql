{# A table or view in one statement. dbt's own creates it by another name, then renames both and drops the former one:
   seven statements, which are for databases whose readers do not wait. #}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {{ drop_former(load_cached_relation(this)) }}
    {%- call statement('main', language=model.language) -%}
        {{- create_table_as(False, target_relation, rows_of_shards() or compiled_code, model.language) -}}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- set rows = rows_of_shards() -%}
    {%- set target_relation = this.incorporate(type='table' if rows else 'view') -%}
    {{ run_hooks(pre_hooks) }}
    {{ drop_former(load_cached_relation(this)) }}
    {%- call statement('main') -%}
        {{- create_table_as(False, target_relation, rows) if rows else get_create_view_as_sql(target_relation, sql) -}}
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

{# Where shards have been computed (loaders/warehouse/shards), the rows that they have of this model; else nothing. #}
{% macro rows_of_shards() -%}
    {%- set folder = env_var('EO_PV_SHARDS', '') -%}
    {%- if folder and model.config.get('meta', {}).get('shards') == 'inside' -%}
        select * from read_parquet('{{ folder | replace("'", "''") }}/*/{{ model.name }}.parquet')
    {%- endif -%}
{%- endmacro %}
