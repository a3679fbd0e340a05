mapUpdate(
    CAST(tags AS Map(String, String)),
    map('owner', owner, 'sector', toString(sector), 'country', toString(country), 'sensitive', toString(sensitive),
        'region', toString(region), 'portfolio', toString(portfolio))
)
