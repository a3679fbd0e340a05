-- What each page asks its visitors, and what answering took.
SELECT ?fields
FROM consent_pages
WHERE run_id = {run:String}
ORDER BY site, page
