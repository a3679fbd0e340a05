-- Where the manifests of a run's visits lie, in the order in which its chain binds them. An empty site means every site, an
-- empty list every visit.
SELECT visit_id, evidence
FROM visits FINAL
WHERE run_id = {run:String}
  AND evidence != ''
  AND ({site:String} = '' OR site = {site:String})
  AND (empty({visits:Array(UUID)}) OR visit_id IN {visits:Array(UUID)})
ORDER BY site, page, profile, repetition
