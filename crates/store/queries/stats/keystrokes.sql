-- Of the sites on which something was typed: the most that a third party hears of it.
WITH
    {{sites}},
    typed_in AS (SELECT segment, count() AS denominator FROM sites WHERE typed GROUP BY segment),
    graded AS (SELECT segment, grade, count() AS numerator FROM sites WHERE typed GROUP BY segment, grade)
SELECT
    graded.segment AS segment,
    graded.grade AS grade,
    numerator,
    denominator,
    {{share numerator denominator}},
    if(grade = '', NULL, sum(numerator) OVER (PARTITION BY segment ORDER BY grade DESC)) AS or_worse,
    {{share or_worse denominator or_worse_}}
FROM graded
INNER JOIN typed_in ON typed_in.segment = graded.segment
ORDER BY segment, grade DESC
LIMIT {limit:UInt64} BY segment
