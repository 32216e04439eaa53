-- one row per source with a file here: its newest year, when the newest edition was released, what was announced with it, and the days its publisher's dictionary names
with read as (  -- a warehouse built before next releases were noted has no such column
    select * from extract union all by name select null::varchar as next_release where false
), newest as (
    select * from read where source is not null
    qualify newest_year is not distinct from max(newest_year) over (partition by source)
), described as (
    select source, min(try_cast(next_due as date)) as first_day, max(try_cast(next_due as date)) as last_day
    from indicator where next_due is not null group by source
)
select n.source, max(n.newest_year) as newest_year,
       coalesce(max(n.released) filter (try_cast(n.released as date) is not null), max(n.released)) as released,
       coalesce(string_agg(distinct n.next_release, ' ' order by n.next_release), '') as announced,
       max(d.first_day) as first_day, max(d.last_day) as last_day
from newest n left join described d using (source)
group by n.source order by n.source
