{# The pipelines of loaders/pipelines.py. #}
{% macro hamilton_pipelines() -%}
    {{ return(['doi_datasets', 'overture_maps', 'solar_irradiance']) }}
{%- endmacro %}

{% macro require_hamilton_pipeline(pipeline) -%}
    {%- if pipeline not in hamilton_pipelines() -%}
        {{ exceptions.raise_compiler_error(
            "There is no Hamilton pipeline '" ~ pipeline ~ "'. There are: " ~ hamilton_pipelines() | join(', ') ~ '.'
        ) }}
    {%- endif -%}
{%- endmacro %}

{# What a pipeline has stored and what failed; it runs once an invocation of dbt, and then only what is stale. With
   `--vars 'hamilton: off'` nothing runs. #}
{% macro hamilton_run(pipeline, only_stale=true) -%}
    {%- if only_stale and not var('hamilton', true) -%}
        {{ return({'stored': {}, 'failed': {}}) }}
    {%- endif -%}
    {%- set query = "select run_hamilton('" ~ pipeline ~ "', " ~ only_stale ~ ", '" ~ invocation_id ~ "')" -%}
    {{ return(fromjson(run_query(query).columns[0][0])) }}
{%- endmacro %}

{# What a pipeline could not store, each reason once. #}
{% macro hamilton_failures(pipeline, failed) -%}
    {{ return('Hamilton pipeline ' ~ pipeline ~ ':\n' ~ failed.values() | unique | join('\n')) }}
{%- endmacro %}

{# Ends an operation with what a pipeline could not store. #}
{% macro raise_hamilton_failures(pipeline, failed) -%}
    {%- if failed -%}
        {{ exceptions.raise_compiler_error(hamilton_failures(pipeline, failed)) }}
    {%- endif -%}
{%- endmacro %}

{# SQL that fails with what a pipeline could not store; none where it stored everything. #}
{% macro hamilton_error(pipeline, failed) -%}
    {%- if failed -%}
        select error('{{ hamilton_failures(pipeline, failed) | replace("'", "''") }}')
    {%- endif -%}
{%- endmacro %}
