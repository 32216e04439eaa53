-- one row per extract and choice of filters that an indicator reads but the file does not hold
with held as (
    select distinct number, layout, filters from row_fate where fate is null
), asked as (
    select distinct layout, filters, string_agg(distinct indicator, ', ' order by indicator) as indicators from wanted group by all
)
select e.number, 'No row where ' || a.filters || ' (for ' || a.indicators || '). If the publisher renamed it, add the new name to '
       || '`where` in data/sources/' || split_part(e.layout, '/', 1) || '/source.toml. Found: '
       || (select coalesce(string_agg(distinct filters, '; '), 'none') from held h where h.number = e.number)
from (select distinct number, layout from published_row) e join asked a using (layout)
where not exists (select 1 from held h where (h.number, h.filters) = (e.number, a.filters))
order by e.number, a.filters
