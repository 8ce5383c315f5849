with overlap as (

    select * from {{ ref('prep_pv_overlap') }}

)

select
    dataset_a,
    dataset_b,
    installations,
    records_a,
    records_b,
    installations_with_outlines,
    iou_q1,
    iou_median,
    iou_q3,
    area_bias,
    installations_with_capacity,
    capacity_bias,
    is_synthetic
from overlap
