-- one row per line of the sheet: the area and period it is about, or why it cannot be used
insert into published_row
select $number, $layout, s._line, f.area_code, d.year, d.label, d.period_end, d.finality, s._filters,
       coalesce(nullif(s._name, ''), nullif(s._region_name, ''), s._country_name) as name,
       case when f.passed_over is not null then 'out of scope'
            when f.problem is not null or d.problem is not null then 'rejected' end as fate,
       coalesce(f.passed_over, f.problem, d.problem) as reason,
       case when f.passed_over is null and f.problem is null and d.problem is not null then 'time_period' end as "column"
from sheet s
join finding f on (f.level, f.country_code, f.region_code, f.old_code, f.code, f.name)
                = (s._level, s._country_code, s._region_code, s._old_code, s._code, s._name)
join dated d on d.label = s._label
