-- one row per indicator that has at least one figure, headline ones first within a theme
select * from indicator where first_year is not null
order by theme, headline desc, label
