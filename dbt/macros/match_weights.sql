{# Weights of match_probability, fitted to pairs of points whose identifiers prove whether they are one plant.

   command: python -m benchmarks.match_model --real FOLDER
   data:    usa_uspvdb_2025, usa_uspvdb_2024, usa_uspvdb_2023; 2 moved and resized copies
   fitted:  2026-11-29, 40,430 pairs #}
{% macro match_weights() -%}
    {{ return({
        'base': {'1': 8.05},
        'distance': {'log_radii': -1.34, 'log_metres': -0.62},
        'capacity': {'has_capacities': 0.73, 'log_capacity_ratio': -3.67},
        'name': {'has_same_name': 3.85, 'has_similar_name': -3.31, 'has_other_name': -1.01},
        'crowding': {'log_rival_odds': -0.91},
    }) }}
{%- endmacro %}
