{# A withdrawn application must not take the only counterpart of an operating plant. Retired plants and those under
   construction are matched: another record may state that they operate. #}
{% macro left_out() -%}
    case
        when not list_contains(settings.include_technology, features.technology)
            then 'technology ' || features.technology
        when features.status in ('planned', 'rejected') and not list_contains(settings.include_status, features.status)
            then 'status ' || features.status
    end
{%- endmacro %}
