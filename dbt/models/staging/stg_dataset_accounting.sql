-- depends_on: {{ ref('raw_doi_datasets') }}
with accounting as (

    select * from {{ source('raw_meta', 'dataset_accounting') }}

)

select
    dataset_key,
    records_read,
    records_kept,
    records_rejected,
    records_repaired
from accounting
