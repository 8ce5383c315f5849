{# Weights of match_probability, fitted to pairs of points whose identifiers prove whether they are one plant.

   command: python -m benchmarks.match_model --real FOLDER
   data:    usa_uspvdb_2025, usa_uspvdb_2024, usa_uspvdb_2023; 2 moved and resized copies
   fitted:  2026-11-29, 39,731 pairs #}
{% macro match_weights() -%}
    {{ return({
        'base': {'1': 7.36},
        'distance': {'log_radii': -1.02, 'log_metres': -0.81},
        'capacity': {'has_capacities': 1.36, 'log_capacity_ratio': -3.3},
        'name': {'has_same_name': 3.8, 'has_similar_name': -3.0, 'has_other_name': -0.74},
        'crowding': {'log_rival_odds': -0.92},
    }) }}
{%- endmacro %}
