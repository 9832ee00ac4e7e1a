import { invocation } from "./invocation";
import { exitCode, followMessage, outcome } from "./message-record";
import { readOptions } from "./options";
import { openStack } from "./stack-access";

const USAGE = `Usage: ${invocation("follow", "<player> <message id>")}

Prints a message's history, step by step, until its end. Exits with 0 when it was delivered, 1 when
it was not, 2 when it has not come to its end within a minute.`;

/** `follow`: a message's history to its end. */
export async function followCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {}, USAGE);
  const [player, id] = positionals;
  if (values.help || player === undefined || id === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const record = await followMessage(openStack(), player, id, (line) => console.log(line));
  console.log(outcome(record));
  return exitCode(record);
}
