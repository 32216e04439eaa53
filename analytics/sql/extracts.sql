-- one row per published file read
select * from extract order by source, newest_year desc, extract
