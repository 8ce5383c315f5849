-- Clusters say what is split; what include_status leaves out is in a cluster, and in no published installation.
with split as (

    select
        pairs.*,
        pairs.is_match and a.cluster != b.cluster as is_split
    from {{ ref('prep_pv_pairs') }} as pairs
    inner join {{ ref('prep_pv_clusters') }} as a on pairs.number_a = a.record_number
    inner join {{ ref('prep_pv_clusters') }} as b on pairs.number_b = b.record_number

),

placed as (

    select
        records.record_id,
        records.is_synthetic,
        installations.installation_id
    from {{ ref('prep_pv_datasets_unified') }} as records
    inner join {{ ref('prep_pv_record_installations') }} as installations
        on records.record_id = installations.record_id

)

select
    split.*,
    a.installation_id as installation_id_a,
    b.installation_id as installation_id_b,
    split.is_match and not split.is_split as is_joined,
    {{ pair_reason('split.is_split') }} as reason,
    a.is_synthetic or b.is_synthetic as is_synthetic
from split
inner join placed as a on split.record_id_a = a.record_id
inner join placed as b on split.record_id_b = b.record_id
