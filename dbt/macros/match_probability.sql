{# One part of the log-odds: the weights of some features, times these. Adding 0 turns -0.0 into 0.0. #}
{% macro match_part(part) -%}
    round(
        {%- for feature, weight in match_weights()[part].items() %}
        {{ '+ ' if not loop.first }}{{ weight }}::double * {{ feature }}
        {%- endfor %},
        2
    ) + 0
{%- endmacro %}

{# Of the parts as they are rounded: what is shown adds up. #}
{% macro match_probability() -%}
    round(1 / (1 + exp(-({{ match_weights().keys() | join(' + ') }}))), 4)
{%- endmacro %}

{% macro match_parts() -%}
    struct_pack(
        {%- for part in match_weights() %}
        {{ part }} := {{ part }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
