{# One part of the log-odds: the weights of some features, times these. Adding 0 turns -0.0 into 0.0. #}
{% macro match_part(part) -%}
    {%- set terms = [] -%}
    {%- for feature, weight in match_weights()[part].items() -%}
        {%- do terms.append(weight ~ '::double * ' ~ feature) -%}
    {%- endfor -%}
    round({{ terms | join(' + ') }}, 2) + 0
{%- endmacro %}

{# Of the parts as they are rounded: what is shown adds up. #}
{% macro match_probability() -%}
    round(1 / (1 + exp(-({{ match_weights().keys() | join(' + ') }}))), 4)
{%- endmacro %}

{% macro match_parts() -%}
    {%- set parts = [] -%}
    {%- for part in match_weights() -%}
        {%- do parts.append(part ~ ' := ' ~ part) -%}
    {%- endfor -%}
    struct_pack({{ parts | join(', ') }})
{%- endmacro %}
