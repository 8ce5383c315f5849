select
    features.* replace (
        case
            when placeholders.record_id is null then features.quality_flags
            else list_distinct(list_append(features.quality_flags, 'placeholder_position'))
        end as quality_flags
    )
from {{ ref('stg_pv_features') }} as features
left join {{ ref('prep_pv_placeholders') }} as placeholders on features.record_id = placeholders.record_id
