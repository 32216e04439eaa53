-- one row: how many different specifications have been run on these figures
select count(distinct hash) as specifications from run where kind = 'run' and edition = $edition
