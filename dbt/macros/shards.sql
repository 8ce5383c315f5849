{# Where shards have been computed (loaders/warehouse/shards), the rows that they have of this model; else nothing. #}
{% macro rows_of_shards() -%}
    {%- set folder = env_var('EO_PV_SHARDS', '') -%}
    {%- if folder and model.config.get('meta', {}).get('shards') == 'inside' -%}
        select * from read_parquet('{{ folder | replace("'", "''") }}/*/{{ model.name }}.parquet', hive_partitioning = false)
    {%- endif -%}
{%- endmacro %}

{# What is published, or read after the build, is copied to the database; the rest stays in the files of the shards. #}
{% macro is_copied_from_shards() -%}
    {{- return(model.schema == 'curated' or model.config.get('meta', {}).get('is_copied', false)) -}}
{%- endmacro %}
