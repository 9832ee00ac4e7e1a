import { followMessage } from "./message-record";
import { readOptions } from "./options";
import { openStack } from "./stack-access";

const USAGE = `Usage: npm run cli -- follow <player> <message id>

Prints a message's history, step by step, until its end.`;

/** `follow`: a message's history to its end. */
export async function followCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {}, USAGE);
  const [player, id] = positionals;
  if (values.help || player === undefined || id === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const record = await followMessage(openStack(), player, id, (line) => console.log(line));
  console.log(`${record.status}${record.reason === undefined ? "" : `: ${record.reason}`}`);
  return 0;
}
