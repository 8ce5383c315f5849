{% macro pair_reason(is_split) -%}
    case
        when {{ is_split }}
            then match_rule || ', but split: the installation would be too large, or would hold two that differ or '
                || 'two records of one dataset'
        when match_rule is null then refused_because
        when match_rule = 'override' then 'override: ' || overruled_by
        when match_rule = 'same_identifier'
            then 'same_identifier: ' || array_to_string(shared_identifiers, ', ')
                || coalesce(', although ' || contradiction, '')
        else match_rule
    end
{%- endmacro %}
