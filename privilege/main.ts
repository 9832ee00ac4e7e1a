import { CliError } from "../local/cli/errors";
import { iamCommand } from "./command";

iamCommand(process.argv.slice(2), (text) => {
  console.log(text);
}).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof CliError ? error.message : error);
    process.exit(1);
  },
);
