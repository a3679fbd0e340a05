if({by:String} IN ('', 'category', 'vendor'), '', {{known}}[{by:String}])
