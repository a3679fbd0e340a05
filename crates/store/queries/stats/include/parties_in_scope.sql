if(empty({vendors:Array(String)}), has({exposures:Array(String)}, exposure), has({vendors:Array(String)}, vendor))
  AND (empty({categories:Array(String)}) OR has({categories:Array(String)}, category))
