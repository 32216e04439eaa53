-- one row, or none: the first run of a specification on figures of one kind
select place, "at" from run
where kind = 'run' and hash = $hash and illustrative = $illustrative
order by place limit 1
