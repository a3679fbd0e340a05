-- What crawls of a copy of the sites found.
INSERT INTO seeds
SELECT * REPLACE (
    replaceAll(start, {from:String}, {to:String}) AS start,
    replaceAll(site, {from:String}, {to:String}) AS site,
    arrayMap(page -> replaceAll(page, {from:String}, {to:String}), pages) AS pages
)
FROM (SELECT * FROM seeds WHERE run_id = {run:String} AND startsWith(site, {from:String}))
