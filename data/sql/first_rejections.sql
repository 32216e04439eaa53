-- one row per rejection, the first of each file first
select coalesce(e.file, r.extract) || ', line ' || coalesce(r.line::varchar, '?') || coalesce(', ' || r."column", '')
       || coalesce(' (' || r.value || ')', '') || ': ' || r.reason
from rejected r left join extract e using (extract) order by r.extract, r.line limit $most
