kind = 'scan'
  AND ({portfolio:String} = '' OR portfolio = {portfolio:String})
  AND night >= {since:Date}
  AND night <= {until:Date}
  AND ({run:String} = '' OR run_id = {run:String})
  AND (empty({regions:Array(String)}) OR has({regions:Array(String)}, region))
