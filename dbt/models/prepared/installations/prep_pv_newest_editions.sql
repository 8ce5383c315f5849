-- Of all records, not of those near an installation: an edition that has none there is what tells that it is gone.
select
    terms.inventory,
    max(terms.edition) as edition
from {{ ref('stg_dataset_terms') }} as terms
inner join {{ ref('stg_dataset_accounting') }} as accounting on terms.dataset_key = accounting.dataset_key
where terms.is_allowed and accounting.records_kept > 0
group by terms.inventory
