-- one row: when the last row was written
select max("at") as "at" from run
