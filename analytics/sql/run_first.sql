-- one row, or none: the first time that an estimate of one of these questions was shown, on figures of one kind
select place, "at" from run
where kind = 'run' and illustrative = $illustrative and (hash = $hash or list_has_any(questions, $questions))
order by place limit 1
