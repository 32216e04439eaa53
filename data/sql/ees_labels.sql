-- one row per distinct year label of the sheet
select distinct _label from sheet order by all
