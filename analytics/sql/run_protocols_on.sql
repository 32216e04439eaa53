-- one row per protocol on the same models, or adopters named by hand, and figures of one kind, in the order of saving
select place, protocol from run
where kind = 'protocol' and subject = $subject and illustrative = $illustrative
order by place
