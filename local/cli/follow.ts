import { TARGET_OPTIONS, TARGET_USAGE } from "./access/target";
import { invocation } from "./invocation";
import { exitCode, FOLLOW_SECONDS, followMessage, outcome } from "./message-record";
import { readInteger, readOptions } from "./options";
import { withStack } from "./stack-access";

const USAGE = `Usage: ${invocation("follow", "<player> <message id> [options]")}

Prints a message's history, step by step, until its end. Exits with 0 when it was delivered, 1 when
it was not, 2 when it has not come to its end in time.

  --timeout SEC     how long to follow it (default 60)
${TARGET_USAGE}`;

/** `follow`: a message's history to its end. */
export async function followCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, { timeout: { type: "string" }, ...TARGET_OPTIONS }, USAGE, 2);
  const [player, id] = positionals;
  if (values.help || player === undefined || id === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const seconds = readInteger("timeout", values.timeout, 1, 86_400) ?? FOLLOW_SECONDS;
  return withStack(values, async (access) => {
    const record = await followMessage(access, player, id, (line) => console.log(line), seconds * 1000);
    console.log(outcome(record));
    return exitCode(record);
  });
}
