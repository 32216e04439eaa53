-- one row: the newest 31 March with a figure, and its year
select max(period_end), max(year) from observation where value is not null and not starts_with(indicator, 'lait:')  -- budgets are there for years to come
  and (month(period_end), day(period_end)) = (3, 31)
