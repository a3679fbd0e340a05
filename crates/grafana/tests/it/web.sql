-- A web that is made up, as a fleet would have recorded it: 60 sites of a portfolio on six nights, one run of no portfolio, one that
-- goes on. Every number follows from hashes, so it is the same each time. The last night is 2026-11-28.

CREATE TABLE made_sites ENGINE = Memory AS
SELECT
    number AS n,
    concat(['alder', 'birch', 'cedar', 'elm', 'fir', 'hazel', 'larch', 'maple', 'oak', 'pine'][1 + n % 10], '-',
           ['bank', 'clinic', 'news', 'shop', 'school', 'travel'][1 + intDiv(n, 10)], '.test') AS site,
    ['finance', 'health', 'media', 'retail', 'education', ''][1 + intDiv(n, 10)] AS sector,
    ['AT', 'DE', 'FR', 'PL', ''][1 + n % 5] AS country,
    cityHash64(site, 'banner') % 100 < 70 AS asks,
    multiIf(cityHash64(site, 'ends') % 100 < 80, 'seen', cityHash64(site, 'ends') % 100 < 89, 'blocked', cityHash64(site, 'ends') % 100 < 95, 'failed', cityHash64(site, 'ends') % 100 < 98, 'refused', 'absent') AS ends
FROM numbers(60);

CREATE TABLE made_vendors ENGINE = Memory AS
SELECT * FROM values(
    'id String, name String, category String, exposure String, reach UInt32, ms Float64, grade String, route String, bringer String',
    ('google-analytics', 'Google Analytics', 'analytics', 'tracker', 620, 480, '', 'tag_manager', 'GTM-MADEUP'),
    ('google-ads', 'Google Ads', 'advertising', 'tracker', 470, 700, '', 'tag_manager', 'GTM-MADEUP'),
    ('meta', 'Meta Pixel', 'advertising', 'tracker', 420, 820, 'K4', 'tag_manager', 'GTM-MADEUP'),
    ('microsoft-clarity', 'Microsoft Clarity', 'session_replay', 'content', 260, 900, 'K3', 'markup', ''),
    ('hotjar', 'Hotjar', 'session_replay', 'content', 210, 1100, 'K3', 'tag_manager', 'GTM-MADEUP'),
    ('fullstory', 'FullStory', 'session_replay', 'content', 60, 1300, 'K6', 'inline', ''),
    ('tiktok', 'TikTok Pixel', 'advertising', 'tracker', 190, 950, 'K4', 'script', 'https://connect.tags.test/bundle.js'),
    ('linkedin', 'LinkedIn Insight', 'advertising', 'tracker', 170, 870, '', 'script', 'https://connect.tags.test/bundle.js'),
    ('intercom', 'Intercom', 'chat', 'content', 110, 1500, 'K5', 'markup', ''),
    ('criteo', 'Criteo', 'advertising', 'tracker', 150, 640, '', 'script', 'https://connect.tags.test/bundle.js'),
    ('matomo', 'Matomo', 'analytics', 'tracker', 90, 380, '', 'markup', ''),
    ('cdn', 'A CDN', 'cdn', 'none', 700, 90, '', 'markup', ''));

CREATE TABLE made_nights ENGINE = Memory AS
SELECT number AS n, toDate('2026-11-23') + number AS night, concat('01KB00000000000000000000', leftPad(toString(number), 2, '0')) AS run_id
FROM numbers(6);

-- Who is on which site, from which of the nights to which, and what it does with the choice.
CREATE TABLE made_contacts ENGINE = Memory AS
SELECT
    site,
    id AS vendor,
    if(cityHash64(site, vendor, 'from') % 100 < 45, cityHash64(site, vendor, 'later') % 6, 0) AS first_n,
    if(cityHash64(site, vendor, 'to') % 100 < 5, cityHash64(site, vendor, 'earlier') % 6, 5) AS last_n,
    multiIf(exposure = 'none', 'opt_out', cityHash64(site, vendor, 'does') % 100 < 30, 'gated', cityHash64(site, vendor, 'does') % 100 < 65, 'opt_out', 'on_paper') AS does,
    toFloat64(ms + cityHash64(site, vendor, 'ms') % 900) AS first_ms
FROM made_sites
CROSS JOIN made_vendors
WHERE cityHash64(site, vendor) % 1000 < reach;

INSERT INTO portfolios (portfolio, batch, start, line, scheme_given, only_this_page, site, owner, sector, country, sensitive, monthly_sessions)
SELECT 'trees', 'B1', concat('https://', site, '/'), n + 1, true, false, site, '', sector, country, if(sector = 'health', 'health', 'none'), 10000 * (n + 1)
FROM made_sites;

INSERT INTO portfolio_imports (portfolio, batch, mode, source, targets) VALUES ('trees', 'B1', 'replace', 'trees.csv', 60);

INSERT INTO runs (run_id, started_at, label, digest, seeds, pages_per_site, profiles, state, updated_at, repetitions, egress, against, portfolio, night)
SELECT run_id, toDateTime64(night, 3, 'UTC') + 7200, 'trees', 'd', 60, 2, ['untouched', 'reject', 'accept', 'gpc'], 'complete', toDateTime64(night, 6, 'UTC') + 14400, 1, 'direct', '', 'trees', night
FROM made_nights;

INSERT INTO seeds (run_id, start, site, class, outcome, discovered, pages, kinds, took_ms, recorded_at)
SELECT
    run_id, concat('https://', site, '/'), site, 'seen', 'page', 40,
    [concat('https://', site, '/'), concat('https://', site, '/contact')], ['home', 'contact'], 900, toDateTime64(night, 6, 'UTC') + 7210
FROM made_nights
CROSS JOIN made_sites;

-- Sites that are not seen are not seen on most nights; a few visits of the others fail, and on one night more.
INSERT INTO visits (run_id, site, visit_id, recording, start, page, page_kind, profile, repetition, started_at, took_ms, class, outcome, browser, events, requests, trackers, gaps, recorded_at, banner_ms, choice, choice_ms, presses, cmp, banner_watched, course_whole)
WITH
    concat('https://', site, '/', if(kind = 'home', '', kind)) AS address,
    cityHash64(site, night, kind, profile) AS chance,
    multiIf(ends != 'seen' AND cityHash64(site, night) % 10 > 0, ends, chance % 100 < if(made_nights.n = 3, 35, 3), 'failed', 'seen') AS how,
    toDateTime64(night, 3, 'UTC') + 7200 + (made_sites.n * 100 + chance % 60) AS began,
    3000 + chance % 9000 AS lasted
SELECT
    run_id, site, reinterpretAsUUID(sipHash128(run_id, site, kind, profile)), reinterpretAsUUID(sipHash128(run_id, site, kind, profile, 'r')),
    concat('https://', site, '/'), address, kind, profile, 0, began, lasted, how,
    multiIf(how = 'seen' AND chance % 50 = 7, 'partial', how = 'seen', 'page', how = 'blocked', 'challenge', how = 'refused', 'robots', how = 'absent', 'parked', 'timeout'),
    'HeadlessChrome/156', 120, 80, if(how = 'seen', multiIf(profile = 'untouched', first_there, profile = 'accept', all_there, paper_there), 0), chance % 4 = 0, began + lasted / 1000 + chance % 7,
    if(asks, 350, NULL), if(asks AND profile IN ('reject', 'accept'), profile, ''), if(asks AND profile IN ('reject', 'accept'), 1200, NULL),
    if(asks AND profile IN ('reject', 'accept'), if(profile = 'reject', 1 + made_sites.n % 2, 1), NULL), if(asks, ['onetrust', 'cookiebot', 'usercentrics', 'plain'][1 + cityHash64(site, 'cmp') % 4], ''),
    true, how = 'seen'
FROM made_nights
CROSS JOIN made_sites
CROSS JOIN (SELECT arrayJoin(['home', 'contact']) AS kind) AS kinds
CROSS JOIN (SELECT arrayJoin(['untouched', 'reject', 'accept', 'gpc']) AS profile) AS profiles
LEFT JOIN (
    SELECT site AS on_site, countIf(does != 'gated') AS first_there, countIf(does = 'on_paper') AS paper_there, count() AS all_there
    FROM made_contacts
    WHERE vendor != 'cdn'
    GROUP BY on_site
) AS there ON there.on_site = made_sites.site;

INSERT INTO events (run_id, site, visit_id, seq, recording, page, fact, count, kept)
SELECT run_id, site, visit_id, 1, recording, page, 'entry', 20, true
FROM visits
WHERE page_kind = 'contact' AND profile = 'untouched' AND class = 'seen';

INSERT INTO gaps (run_id, site, visit_id, seq, recording, page, kind, detail, recorded_at)
SELECT run_id, site, visit_id, 0, recording, page, ['body_unread', 'cut_short', 'alias_unknown'][1 + cityHash64(visit_id) % 3], '', recorded_at
FROM visits
WHERE gaps > 0 AND class = 'seen';

INSERT INTO findings (run_id, vendor, site, finding_id, visit_id, recording, page, rule, vendor_name, category, exposure, first_contact_ms, requests, uploads, wire_bytes, grade, install_route, brought_by, fingerprints)
WITH
    multiIf(
        visit.profile = 'untouched' AND does != 'gated', ['pre_consent_contact'],
        visit.profile = 'reject' AND does = 'on_paper', ['despite_reject'],
        visit.profile = 'accept', ['after_accept'],
        visit.profile = 'gpc' AND does = 'on_paper', ['under_gpc'],
        []
    ) AS contacts,
    if(visit.profile = 'untouched' AND visit.page_kind = 'contact' AND does != 'gated' AND grade != '' AND cityHash64(contact.site, contact.vendor, 'typed') % 3 > 0, ['keystrokes'], []) AS heard,
    arrayJoin(arrayConcat(contacts, heard)) AS rule
SELECT
    visit.run_id, vendor, visit.site, reinterpretAsUUID(sipHash128(visit.visit_id, vendor, rule)), visit.visit_id, visit.recording, visit.page,
    rule, name, category, exposure, first_ms + cityHash64(visit.visit_id) % 200, 1 + cityHash64(visit.visit_id, vendor) % 9, 1, 400, if(rule = 'keystrokes', grade, ''), route,
    if(bringer = '', [], [bringer]), if(category = 'session_replay', ['canvas'], [])
FROM visits AS visit
INNER JOIN made_contacts AS contact ON contact.site = visit.site
INNER JOIN made_vendors AS who ON who.id = contact.vendor
INNER JOIN made_nights AS on_night ON on_night.run_id = visit.run_id
WHERE visit.class = 'seen' AND on_night.n BETWEEN first_n AND last_n;

-- A run with targets of its own, and one that goes on.
INSERT INTO runs (run_id, started_at, label, digest, seeds, pages_per_site, profiles, state, updated_at, egress)
VALUES ('01KB0000000000000000000020', '2026-11-27 09:00:00', 'one.txt', 'd', 1, 2, ['untouched'], 'complete', '2026-11-27 09:03:00', 'direct'),
       ('01KB0000000000000000000021', '2026-11-28 20:00:00', 'many.txt', 'd', 9, 2, ['untouched'], 'running', '2026-11-28 20:00:00', 'direct');

INSERT INTO seeds (run_id, start, site, class, outcome, discovered, pages, kinds, took_ms, recorded_at)
VALUES ('01KB0000000000000000000020', 'https://alone.test/', 'alone.test', 'seen', 'page', 3, ['https://alone.test/'], ['home'], 200, '2026-11-27 09:00:05'),
       ('01KB0000000000000000000021', 'https://first.test/', 'first.test', 'seen', 'page', 3, ['https://first.test/'], ['home'], 200, '2026-11-28 20:00:05');

INSERT INTO visits (run_id, site, visit_id, recording, page, page_kind, profile, started_at, took_ms, class, outcome, recorded_at)
VALUES ('01KB0000000000000000000020', 'alone.test', generateUUIDv4(), generateUUIDv4(), 'https://alone.test/', 'home', 'untouched', '2026-11-27 09:01:00', 4000, 'seen', 'page', '2026-11-27 09:01:09'),
       ('01KB0000000000000000000021', 'first.test', generateUUIDv4(), generateUUIDv4(), 'https://first.test/', 'home', 'untouched', '2026-11-28 20:01:00', 4000, 'seen', 'page', '2026-11-28 20:01:09');

INSERT INTO schedule_log (schedule, due, expression, portfolio, outcome, run_id, detail)
SELECT 'nightly', toDateTime(night) + 7200, '0 2 * * * UTC', 'trees', 'started', run_id, '' FROM made_nights
UNION ALL
SELECT 'nightly', toDateTime('2026-11-18 02:00:00'), '0 2 * * * UTC', 'trees', 'added', '', '';

DROP TABLE made_contacts;

DROP TABLE made_nights;

DROP TABLE made_vendors;

DROP TABLE made_sites
