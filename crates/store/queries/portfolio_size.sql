-- How many targets an import has.
SELECT count() FROM portfolios FINAL WHERE portfolio = {portfolio:String} AND batch = {batch:String}
