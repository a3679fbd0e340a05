-- What a copy of the sites was asked to be scanned for.
INSERT INTO targets
SELECT * REPLACE (replaceAll(start, {from:String}, {to:String}) AS start)
FROM (SELECT * FROM targets WHERE run_id = {run:String} AND startsWith(start, concat('https://', {from:String})))
