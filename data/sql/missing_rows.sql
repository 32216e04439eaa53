-- one row per extract and choice of filters that an indicator reads but the file does not hold
with held as (
    select distinct number, layout, filters from row_fate where fate is null
), found as (
    select number, string_agg(filters, '; ' order by filters) filter (place <= 12)
                   || case when count(*) > 12 then '; and ' || (count(*) - 12) || ' more' else '' end as shown
    from (select *, row_number() over (partition by number order by filters) as place from held) group by number
), asked as (
    select distinct layout, filters, string_agg(distinct indicator, ', ' order by indicator) as indicators from wanted group by all
)
select e.number, 'No row where ' || a.filters || ' (for ' || a.indicators || '). If the publisher renamed it, add the new name to '
       || '`where` in data/sources/' || split_part(e.layout, '/', 1) || '/source.toml. Found: '
       || coalesce(f.shown, 'none') || '.'
from (select distinct number, layout from published_row) e join asked a using (layout) left join found f using (number)
where not exists (select 1 from held h where (h.number, h.filters) = (e.number, a.filters))
order by e.number, a.filters
