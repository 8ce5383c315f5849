select * from {{ ref('prep_pv_datasets_unified') }}
where left_out is null
