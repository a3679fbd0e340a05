(
    empty({keys:Array(String)})
    OR arrayAll((key, value) -> {{known}}[key] = value, {keys:Array(String)}, {values:Array(String)})
)
