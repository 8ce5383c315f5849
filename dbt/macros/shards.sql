{# The rows of this model in the files that shards have made (loaders/warehouse/shards), as a query; nothing without. #}
{% macro rows_of_shards(variable='EO_PV_SHARDS') -%}
    {%- set folder = env_var(variable, '') -%}
    {%- if folder and model.config.get('meta', {}).get('shards') == 'inside' -%}
        select * from read_parquet('{{ folder | replace("'", "''") }}/*/{{ model.name }}.parquet', hive_partitioning = false)
    {%- endif -%}
{%- endmacro %}

{# What is published, or read after the build, is copied to the database; the rest stays in the files of the shards. #}
{% macro is_copied_from_shards() -%}
    {{- return(config.get('unique_key') is not none) -}}
{%- endmacro %}

{# A table of the last build has the rows of all shards, but for those that have changed since. Most rows of a shard
   that has changed are the same: only others are written, since DuckDB writes a table anew when much of it is deleted.
   Lists are compared as text, too: none and one without items hash alike. #}
{% macro replace_rows_of_shards(relation) -%}
    {%- set key = config.get('unique_key') -%}
    {%- set key = ([key] if key is string else key) | join(', ') -%}
    {%- set gone, added = rows_of_shards('EO_PV_GONE_SHARDS'), rows_of_shards('EO_PV_NEW_SHARDS') -%}
    {%- set texts = "row(*columns(lambda name: name <> 'geometry'))::varchar" -%}
    {%- set digests = 'select ' ~ key ~ ', hash(rows, ' ~ texts ~ ') as digest from (' -%}
    {%- set no_rows = 'select * from ' ~ relation ~ ' where false' -%}
    create temp table {{ model.name }}_gone as {{ digests }}{{ gone or no_rows }}) as rows;
    create temp table {{ model.name }}_added as {{ digests }}{{ added or no_rows }}) as rows;
    delete from {{ relation }} where ({{ key }}) in (
        select ({{ key }}) from {{ model.name }}_gone anti join {{ model.name }}_added using ({{ key }}, digest)
    );
    insert into {{ relation }} by name
    select * from ({{ added or no_rows }}) where ({{ key }}) in (
        select ({{ key }}) from {{ model.name }}_added anti join {{ model.name }}_gone using ({{ key }}, digest)
    );
    drop table {{ model.name }}_gone;
    drop table {{ model.name }}_added
{%- endmacro %}
