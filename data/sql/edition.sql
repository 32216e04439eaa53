-- one row per extract: how it ranks among the extracts of the same table, 1 = the newest edition
create temp table edition as
with newest as (
    select number, layout, max(year) as newest_year, max_by(finality, (year, finality)) as finality, count(*) as usable
    from row_fate where fate is null group by all
)
select n.*, e.sha256,
       row_number() over (partition by n.layout
                          order by newest_year desc, n.finality desc, usable desc, e.sha256 desc) as rank,
       count(*) over (partition by n.layout) as editions,
       count(*) over (partition by n.layout, newest_year) as as_new
from newest n join extract_read e using (number)
