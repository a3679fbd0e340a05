-- What could not be looked at on a copy of the sites.
INSERT INTO gaps
SELECT * REPLACE (
    replaceAll(site, {from:String}, {to:String}) AS site,
    reinterpretAsUUID(sipHash128(visit_id, {to:String})) AS visit_id,
    reinterpretAsUUID(sipHash128(recording, {to:String})) AS recording,
    replaceAll(page, {from:String}, {to:String}) AS page,
    replaceAll(detail, {from:String}, {to:String}) AS detail
)
FROM (SELECT * FROM gaps WHERE run_id = {run:String} AND startsWith(site, {from:String}))
