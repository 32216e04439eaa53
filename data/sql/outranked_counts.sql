-- one row per extract: figures of it for which another source's finer or later figure is shown
select number, count(*) as figures from outranked group by number order by number
