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
