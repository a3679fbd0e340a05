-- Events of a copy of the sites: what is random in them stays what it was, some hundred thousand rows away.
INSERT INTO events
SELECT * REPLACE (
    replaceAll(site, {from:String}, {to:String}) AS site,
    reinterpretAsUUID(sipHash128(visit_id, {to:String})) AS visit_id,
    reinterpretAsUUID(sipHash128(recording, {to:String})) AS recording,
    replaceAll(page, {from:String}, {to:String}) AS page,
    replaceAll(vendor, {from:String}, {to:String}) AS vendor,
    replaceAll(frame_site, {from:String}, {to:String}) AS frame_site,
    replaceAll(host, {from:String}, {to:String}) AS host,
    replaceAll(third_party, {from:String}, {to:String}) AS third_party,
    replaceAll(url, {from:String}, {to:String}) AS url,
    replaceAll(initiator_url, {from:String}, {to:String}) AS initiator_url,
    arrayMap(one -> replaceAll(one, {from:String}, {to:String}), initiator_chain) AS initiator_chain,
    replaceAll(script, {from:String}, {to:String}) AS script,
    mapApply((name, value) -> (name, replaceAll(value, {from:String}, {to:String})), headers) AS headers
)
FROM (SELECT * FROM events WHERE run_id = {run:String} AND startsWith(site, {from:String}))
