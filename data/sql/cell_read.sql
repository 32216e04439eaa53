-- one row per published cell: the number or the status that is printed there; neither where it cannot be read
create temp table cell_read as
with unbracketed as (
    select c.*, lower(regexp_replace(printed, '^\[(.+)\]$', '\1')) as symbol,
           regexp_full_match(printed, '[0-9]+(\.[0-9]+)?')
           or (e.any_number and regexp_full_match(printed, '-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?'))
           or (e.commas_in_thousands and regexp_full_match(printed, '[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?')) as is_number
    from published_cell c join extract_read e using (number)
), numbered as (
    select *, case when is_number then try_cast(replace(printed, ',', '') as double) end as number_read
    from unbracketed
)
select row_number() over () as cell, n.number, n.layout, n.line, n."column", n.printed,
       case when isfinite(n.number_read) then n.number_read end as value,
       case when isfinite(n.number_read) then 'ok' else s.status end as status
from numbered n left join symbol s using (symbol)
