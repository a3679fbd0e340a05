-- What each page asks its visitors, and what answering took.
SELECT ?fields
FROM consent_pages
WHERE run_id = {run:String} AND ({site:String} = '' OR site = {site:String})
ORDER BY site, page
