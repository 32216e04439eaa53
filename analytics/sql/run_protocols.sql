-- one row per protocol of a specification on figures of one kind, in the order in which they were saved
select place, protocol from run
where kind = 'protocol' and hash = $hash and illustrative = $illustrative
order by place
