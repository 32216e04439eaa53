-- one row per indicator, area_code, year: the figure of its own file, else that of the Interactive Tool
create temp table observed as
select * from offered
qualify row_number() over (partition by indicator, area_code, year
                           order by status in ('not_available', 'reason_not_given'), provider) = 1
