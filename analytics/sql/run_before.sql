-- one row: how many different specifications on the same models and with this outcome have been run on figures of one kind
select count(distinct hash) as specifications from run
where kind = 'run' and subject = $subject and list_contains(outcomes, $outcome) and illustrative = $illustrative
