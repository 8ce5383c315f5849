-- depends_on: {{ ref('raw_doi_datasets') }}
with terms as (

    select
        dataset_key,
        unnest(licences) as stated
    from {{ source('raw_meta', 'dataset_terms') }}

)

select
    terms.dataset_key,
    terms.stated.licence,
    terms.stated.licence_kind,
    terms.stated.strictness,
    terms.stated.is_allowed
from terms
