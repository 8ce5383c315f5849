select
    installation_id,
    list(record_id order by record_id) as record_ids,
    list(distinct dataset_key order by dataset_key) as dataset_keys,
    first(licence order by strictness desc, licence asc) as licence,
    first(licence_kind order by strictness desc) as licence_kind,
    max(strictness) as strictness,
    list(distinct licence order by licence) as licences,
    bool_and(licence_verified) as licence_verified,
    bool_or(is_synthetic) as is_synthetic
from {{ ref('prep_pv_installation_records') }}
group by installation_id
