-- A share with Wilson's interval at 95 %: $1 of $2. NULL where there is nothing to have a share of.
if($2 = 0 OR isNull($1), NULL, $1 / $2) AS $3share,
multiIf(
    $2 = 0 OR isNull($1), NULL,
    $1 = 0, 0,
    (2 * $1 + 3.841458820694124 - 1.959963984540054 * sqrt(3.841458820694124 + 4 * $1 * (1 - $1 / $2))) / (2 * ($2 + 3.841458820694124))
) AS $3low,
multiIf(
    $2 = 0 OR isNull($1), NULL,
    $1 = $2, 1,
    (2 * $1 + 3.841458820694124 + 1.959963984540054 * sqrt(3.841458820694124 + 4 * $1 * (1 - $1 / $2))) / (2 * ($2 + 3.841458820694124))
) AS $3high
