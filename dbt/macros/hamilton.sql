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

{% macro run_hamilton_pipeline(pipeline) -%}
    {{ require_hamilton_pipeline(pipeline) }}select run_hamilton('{{ pipeline }}', true)
{%- endmacro %}

{% macro execute_hamilton_pipeline(pipeline='doi_datasets') -%}
    {{ require_hamilton_pipeline(pipeline) }}
    {%- set stored = fromjson(run_query("select run_hamilton('" ~ pipeline ~ "', false)").columns[0][0]) -%}
    {%- for name, table in stored.items() -%}
        {% do log(pipeline ~ ': ' ~ name ~ ' is stored in ' ~ table, info=true) %}
    {%- endfor -%}
{%- endmacro %}

{% macro update_hamilton_sources(pipeline_name='doi_datasets') -%}
    {{ require_hamilton_pipeline(pipeline_name) }}
    {%- set written = run_query("select update_sources('" ~ pipeline_name ~ "')").columns[0][0] -%}
    {% do log(pipeline_name ~ ': ' ~ written ~ ' says what is stored', info=true) %}
{%- endmacro %}
