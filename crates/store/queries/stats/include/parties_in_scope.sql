has({exposures:Array(String)}, exposure)
  AND (empty({categories:Array(String)}) OR has({categories:Array(String)}, category))
