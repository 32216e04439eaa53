-- one row per source with a file here: its newest year and release, and the days its publisher's dictionary names for new figures
select e.source, max(e.newest_year) as newest_year, max(e.released) as released, min(d.first_day) as first_day, max(d.last_day) as last_day,
       string_agg(distinct e.sha256, ' ') as checksums
from extract e
left join (select source, min(try_cast(next_due as date)) as first_day, max(try_cast(next_due as date)) as last_day
           from indicator where next_due is not null group by source) d using (source)
where e.source is not null
group by e.source order by e.source
