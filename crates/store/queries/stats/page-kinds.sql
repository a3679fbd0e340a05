-- Of the sites of which a page of that kind was seen, those that contact anybody in scope before any choice on such a page.
WITH
    {{sites}},
    {{vendors}},
    met AS (SELECT site, groupUniqArrayArray(page_kinds) AS kinds_before FROM vendors WHERE pages_before > 0 GROUP BY site)
SELECT
    segment,
    kind AS page_kind,
    countIf(has(kinds_before, kind)) AS numerator,
    count() AS denominator,
    {{share numerator denominator}}
FROM (SELECT segment, site, page_kinds FROM sites WHERE looked) AS seen
LEFT JOIN met ON met.site = seen.site
ARRAY JOIN arrayMap(kind -> toString(kind), page_kinds) AS kind
GROUP BY segment, kind
ORDER BY segment, share DESC, denominator DESC, page_kind
LIMIT {limit:UInt64} BY segment
