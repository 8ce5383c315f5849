select
    dataset_a,
    dataset_b,
    count(*) as installations,
    sum(records_a)::bigint as records_a,
    sum(records_b)::bigint as records_b,
    count(iou) as installations_with_outlines,
    quantile_cont(iou, 0.25) as iou_q1,
    quantile_cont(iou, 0.5) as iou_median,
    quantile_cont(iou, 0.75) as iou_q3,
    {{ exact_sum('area_b_m2', 2) }} / nullif({{ exact_sum('area_a_m2', 2) }}, 0) - 1 as area_bias,
    count(capacity_a_mw) as installations_with_capacity,
    {{ exact_sum('capacity_b_mw', 6) }} / nullif({{ exact_sum('capacity_a_mw', 6) }}, 0) - 1 as capacity_bias,
    bool_or(is_synthetic) as is_synthetic
from {{ ref('prep_pv_dataset_pairs') }}
group by dataset_a, dataset_b
