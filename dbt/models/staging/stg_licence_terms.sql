-- depends_on: {{ ref('raw_doi_datasets') }}
with terms as (

    select
        dataset_key,
        unnest(licences) as terms
    from {{ source('raw_meta', 'dataset_terms') }}

)

select
    dataset_key,
    terms.licence,
    terms.licence_kind,
    terms.strictness,
    terms.is_allowed
from terms
