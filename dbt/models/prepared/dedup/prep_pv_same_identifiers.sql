with identifiers as (

    select * from {{ ref('prep_pv_identifiers') }}

)

select
    a.record_number as number_a,
    b.record_number as number_b,
    any_value(a.dataset_key) as dataset_key_a,
    any_value(b.dataset_key) as dataset_key_b,
    list(a.namespace || ' ' || a.identifier order by a.namespace) as shared_identifiers
from identifiers as a
inner join identifiers as b on a.namespace = b.namespace and a.identifier = b.identifier
where a.record_number < b.record_number and a.dataset_key != b.dataset_key
group by a.record_number, b.record_number
