-- depends_on: {{ ref('raw_doi_datasets') }}
with terms as (

    select
        dataset_key,
        unnest(licences) as terms
    from {{ source('raw_meta', 'dataset_terms') }}

)

select
    terms.dataset_key,
    terms.terms.licence,
    terms.terms.licence_kind,
    terms.terms.strictness,
    terms.terms.is_allowed
from terms
