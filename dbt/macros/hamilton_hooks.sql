{# A hook of a model that reads what a pipeline stores. The pipeline has run by then (`run_needed_pipelines`): the hook
   fails the model if the pipeline could not store what the model reads. #}
{% macro run_hamilton_pipeline(pipeline) -%}
    {{ require_hamilton_pipeline(pipeline) }}
    {%- if execute -%}
        {%- set needed = {} -%}
        {%- set failed = hamilton_run(pipeline).failed -%}
        {%- for key, sentence in failed.items() if not key or ['raw_data', key] in model.sources -%}
            {%- do needed.update({key: sentence}) -%}
        {%- endfor -%}
        {{ hamilton_error(pipeline, needed) }}
    {%- endif -%}
{%- endmacro %}

{# Before anything of a selection runs: what its models read of pipelines, or name in a hook, is brought up to date.
   Where a pipeline fails and nothing is stored at all, no model can be built: dbt ends here, with the reason. #}
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
    {%- set first = namespace(pipeline='', failed={}) -%}
    {%- for pipeline in hamilton_pipelines() if pipeline in needed and not first.failed -%}
        {%- set failed = hamilton_run(pipeline).failed -%}
        {%- if failed and not adapter.check_schema_exists(target.database, 'raw_data') -%}
            {%- set first.pipeline, first.failed = pipeline, failed -%}
        {%- endif -%}
    {%- endfor -%}
    {{ hamilton_error(first.pipeline, first.failed) }}
{%- endmacro %}

{# After everything has run: what pipelines could not store makes dbt fail, though all else has been built.
   Where nothing is stored at all, `run_needed_pipelines` has said so. #}
{% macro report_failed_pipelines() -%}
    {%- if execute and adapter.check_schema_exists(target.database, 'raw_data') -%}
        {%- set failed = fromjson(run_query("select failed_pipelines('" ~ invocation_id ~ "')").columns[0][0]) -%}
        {{ hamilton_error(failed.keys() | join(', '), failed) }}
    {%- endif -%}
{%- endmacro %}

{# After `dbt source freshness`, which prints no ages: how old each table is at its publisher, or why it has no age. #}
{% macro report_freshness() -%}
    {%- if execute and flags.WHICH == 'freshness' -%}
        {%- set tables = [] -%}
        {%- for id in selected_resources if id in graph.sources -%}
            {%- do tables.append(graph.sources[id].source_name ~ '.' ~ graph.sources[id].name) -%}
        {%- endfor -%}
        {%- set query = "select freshness_lines('" ~ (tojson(tables | sort) | replace("'", "''")) ~ "')" -%}
        {%- for line in fromjson(run_query(query).columns[0][0]) -%}
            {%- do log(line, info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
