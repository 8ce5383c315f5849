-- depends_on: {{ ref('raw_doi_datasets') }}
with terms as (

    select * from {{ source('raw_meta', 'dataset_terms') }}

)

select
    dataset_key,
    priority,
    licence,
    licence_verified,
    licence_kind,
    strictness,
    is_allowed,
    version_of,
    inventory,
    edition,
    derived_from,
    year,
    capacity_of
from terms
