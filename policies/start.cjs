"use strict";
require("./load.cjs");
try {
  require("./index.ts");
} catch (error) {
  // Pulumi would print a stack and then wait for a port that never comes.
  const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
  process.stderr.write(`The policy pack in ${__dirname} cannot be loaded: ${message}\n`);
  process.exit(1);
}
