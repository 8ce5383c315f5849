-- depends_on: {{ ref('raw_doi_datasets') }}
with terms as (

    select
        dataset_key,
        unnest(licences) as entry
    from {{ source('raw_meta', 'dataset_terms') }}

)

select
    terms.dataset_key,
    terms.entry.licence,
    terms.entry.licence_kind,
    terms.entry.strictness,
    terms.entry.is_allowed
from terms
