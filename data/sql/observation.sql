-- one row per area_code, year, indicator
insert into observation by name
select o.* exclude (number, provider), e.extract from observed o join extract_read e using (number)
order by indicator, area_code, year
