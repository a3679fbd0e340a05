-- Visits of a copy of the sites.
INSERT INTO visits
SELECT * REPLACE (
    replaceAll(site, {from:String}, {to:String}) AS site,
    reinterpretAsUUID(sipHash128(visit_id, {to:String})) AS visit_id,
    reinterpretAsUUID(sipHash128(recording, {to:String})) AS recording,
    replaceAll(start, {from:String}, {to:String}) AS start,
    replaceAll(page, {from:String}, {to:String}) AS page,
    replaceAll(final_url, {from:String}, {to:String}) AS final_url
)
FROM (SELECT * FROM visits WHERE run_id = {run:String} AND startsWith(site, {from:String}))
