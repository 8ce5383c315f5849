{# dbt run-operation execute_hamilton_pipeline --args '{pipeline: doi_datasets}': does all of its work. #}
{% macro execute_hamilton_pipeline(pipeline='doi_datasets') -%}
    {{ require_hamilton_pipeline(pipeline) }}
    {%- set run = hamilton_run(pipeline, only_stale=false) -%}
    {%- for name, table in run.stored.items() -%}
        {% do log(pipeline ~ ': ' ~ name ~ ' is stored in ' ~ table, info=true) %}
    {%- endfor -%}
    {{ raise_hamilton_failures(pipeline, run.failed) }}
{%- endmacro %}

{# dbt run-operation update_hamilton_sources --args '{pipeline_name: doi_datasets}': runs what is stale, then
   describes what is stored in dbt/sources/. #}
{% macro update_hamilton_sources(pipeline_name='doi_datasets') -%}
    {{ require_hamilton_pipeline(pipeline_name) }}
    {%- set query = "select update_sources('" ~ pipeline_name ~ "', '" ~ invocation_id ~ "')" -%}
    {%- set written = fromjson(run_query(query).columns[0][0]) -%}
    {%- if written.path -%}
        {% do log(pipeline_name ~ ': ' ~ written.path ~ ' says what is stored', info=true) %}
    {%- endif -%}
    {{ raise_hamilton_failures(pipeline_name, written.failed) }}
{%- endmacro %}
