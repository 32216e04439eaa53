-- one row per area_code, year, indicator where two sources differ by more than rounding
select d.*, a.name, i.label, i.decimals, e.file, f.file as other_file
from disagreement d join area a using (area_code) join indicator i using (indicator)
left join extract e using (extract) left join extract f on f.extract = d.other_extract
order by d.indicator, a.name, d.year
