-- How crawls of some sites ended that chose no page; one that went well and chose nothing all the same has failed.
SELECT site, if(class = 'seen', 'failed', class) AS why
FROM seeds FINAL
WHERE run_id = {run:String} AND site BETWEEN {first:String} AND {last:String} AND empty(pages)
ORDER BY site, start
