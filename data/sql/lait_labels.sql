-- one row per distinct measure and year label
select distinct coalesce(trim("Short Desc"), '') as measure, coalesce("Years", '') as label from lait order by all
