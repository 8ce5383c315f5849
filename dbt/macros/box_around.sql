{% macro box_around(lon, lat, distance_m) -%}
    {%- set up = '(' ~ distance_m ~ ' / 110000)' -%}
    {%- set aside = '(' ~ up ~ ' / cos(radians(least(abs(' ~ lat ~ ') + ' ~ up ~ ', 89.9))))' -%}
    {%- set south = lat ~ ' - ' ~ up -%}
    {%- set north = lat ~ ' + ' ~ up -%}
    st_setcrs(
        case
            when {{ lon }} + {{ aside }} > 180 then st_union(
                st_makeenvelope({{ lon }} - {{ aside }}, {{ south }}, 180, {{ north }}),
                st_makeenvelope(-180, {{ south }}, {{ lon }} + {{ aside }} - 360, {{ north }})
            )
            when {{ lon }} - {{ aside }} < -180 then st_union(
                st_makeenvelope(-180, {{ south }}, {{ lon }} + {{ aside }}, {{ north }}),
                st_makeenvelope({{ lon }} - {{ aside }} + 360, {{ south }}, 180, {{ north }})
            )
            else st_makeenvelope({{ lon }} - {{ aside }}, {{ south }}, {{ lon }} + {{ aside }}, {{ north }})
        end,
        'EPSG:4326'
    )
{%- endmacro %}
