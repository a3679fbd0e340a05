-- What each tracker does on each page before a choice, after a refusal, after agreeing, and under Global Privacy Control.
SELECT ?fields
FROM consent_states
WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
ORDER BY site, page, indexOf(['content', 'tracker'], exposure), vendor
