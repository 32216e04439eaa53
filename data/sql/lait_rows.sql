-- one row per line of the measures: the area and period it is about, or why it cannot be used
insert into published_row
select $number, $layout, l._line, p.area_code, d.year, d.label, d.period_end, d.finality,
       'Short Desc = ' || lower(d.measure) as filters, p.name,
       case when coalesce(p.problem, d.problem) is not null then 'rejected' end as fate,
       coalesce(d.problem, p.problem) as reason, d."column"
from lait l
join place p on p.number = coalesce(regexp_replace(l."LA Number"::varchar, '\.0+$', ''), '')
            and p.name = coalesce(l."LA and Regions"::varchar, '')
join dated d on d.measure = coalesce(trim(l."Short Desc"), '') and d.label = coalesce(l."Years", '')
