-- Findings on a copy of the sites.
INSERT INTO findings
SELECT * REPLACE (
    replaceAll(vendor, {from:String}, {to:String}) AS vendor,
    replaceAll(vendor_name, {from:String}, {to:String}) AS vendor_name,
    replaceAll(site, {from:String}, {to:String}) AS site,
    reinterpretAsUUID(sipHash128(finding_id, {to:String})) AS finding_id,
    reinterpretAsUUID(sipHash128(visit_id, {to:String})) AS visit_id,
    reinterpretAsUUID(sipHash128(recording, {to:String})) AS recording,
    replaceAll(page, {from:String}, {to:String}) AS page,
    replaceAll(proof_url, {from:String}, {to:String}) AS proof_url,
    replaceAll(install_name, {from:String}, {to:String}) AS install_name,
    arrayMap(one -> replaceAll(one, {from:String}, {to:String}), brought_by) AS brought_by
)
FROM (SELECT * FROM findings WHERE run_id = {run:String} AND startsWith(site, {from:String}))
