-- one row per pair of codes, before and after a change
select * from boundary_change order by year, old_code, new_code
