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

{# What a pipeline has stored and what failed; it runs once an invocation of dbt, and then only what is stale. #}
{% macro hamilton_run(pipeline, only_stale=true) -%}
    {%- set query = "select run_hamilton('" ~ pipeline ~ "', " ~ only_stale ~ ", '" ~ invocation_id ~ "')" -%}
    {{ return(fromjson(run_query(query).columns[0][0])) }}
{%- endmacro %}

{% macro raise_hamilton_failures(pipeline, failed) -%}
    {%- if failed -%}
        {{ exceptions.raise_compiler_error(
            'Hamilton pipeline ' ~ pipeline ~ ':\n' ~ failed.values() | unique | join('\n')
        ) }}
    {%- endif -%}
{%- endmacro %}

{# A hook of a model that reads what a pipeline stores. The pipeline has run by then (`run_needed_pipelines`): the hook
   fails the model if the pipeline could not store what the model reads. #}
{% macro run_hamilton_pipeline(pipeline) -%}
    {{ require_hamilton_pipeline(pipeline) }}
    {%- if execute -%}
        {%- set failed = hamilton_run(pipeline).failed -%}
        {%- for key, sentence in failed.items() if not key or ['raw_data', key] in model.sources -%}
            {{ raise_hamilton_failures(pipeline, {key: sentence}) }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{# Before anything of a selection runs: what its models read of pipelines, or name in a hook, is brought up to date. #}
{% macro run_needed_pipelines() -%}
    {%- set needed = [] -%}
    {%- for id in selected_resources if execute and id in graph.nodes -%}
        {%- set node = graph.nodes[id] -%}
        {%- for parent in node.depends_on.nodes if parent in graph.sources -%}
            {%- do needed.append(graph.sources[parent].meta.get('pipeline', 'doi_datasets')) -%}
        {%- endfor -%}
        {%- for hook in node.config.get('pre-hook', []) -%}
            {%- for pipeline in hamilton_pipelines() if 'run_hamilton_pipeline' in hook.sql and pipeline in hook.sql -%}
                {%- do needed.append(pipeline) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for pipeline in hamilton_pipelines() if pipeline in needed -%}
        {%- do hamilton_run(pipeline) -%}
    {%- endfor -%}
{%- endmacro %}

{# After everything has run: what pipelines could not store makes dbt fail, though all else has been built. #}
{% macro report_failed_pipelines() -%}
    {%- if execute -%}
        {%- set failed = fromjson(run_query("select failed_pipelines('" ~ invocation_id ~ "')").columns[0][0]) -%}
        {{ raise_hamilton_failures(failed.keys() | join(', '), failed) }}
    {%- endif -%}
{%- endmacro %}

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
