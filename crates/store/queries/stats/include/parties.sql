-- The same once for each vendor, or category if it is asked by that, and once for all of them together.
parties AS (
    SELECT vendors.*, group.1 AS class, group.2 AS party
    FROM vendors
    ARRAY JOIN [
        (if({by:String} = 'category', toString(category), segment), if({by:String} = 'category', '', toString(vendor))),
        (segment, '')
    ] AS group
)
