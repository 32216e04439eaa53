-- one row per published file that figures of these indicators, or a neighbour model, came from
select e.source, e.file, e.sha256, e.released, e.newest_year
from extract e
where exists (select 1 from observation o where o.extract = e.extract and list_contains($indicators, o.indicator))
    or ($neighbours and e.source = 'neighbours')
order by e.source, e.file, e.sha256
