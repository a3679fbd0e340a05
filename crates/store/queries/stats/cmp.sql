-- Of the sites of which it is known whether a banner asks for consent, those with each platform. Without a platform: nothing asks.
WITH
    {{sites}},
    asked AS (SELECT * FROM sites WHERE looked AND (banner OR no_banner)),
    all_asked AS (SELECT segment, count() AS denominator FROM asked GROUP BY segment),
    platforms AS (
        SELECT
            segment,
            banner,
            if(banner, toString(cmp), '') AS platform,
            count() AS numerator,
            countIf(no_reject) AS without_reject,
            countIf(reject_harder) AS harder
        FROM asked
        GROUP BY segment, banner, platform
    )
SELECT
    platforms.segment AS segment,
    banner,
    platform AS cmp,
    numerator,
    denominator,
    {{share numerator denominator}},
    if(banner, without_reject, NULL) AS no_reject,
    if(banner, harder, NULL) AS reject_harder
FROM platforms
INNER JOIN all_asked ON all_asked.segment = platforms.segment
ORDER BY segment, numerator DESC, cmp
LIMIT {limit:UInt64} BY segment
