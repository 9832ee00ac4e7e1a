import { exitCode, FOLLOW_SECONDS, followMessage, outcome, wasSent } from "./message-record";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { readInteger, readOptions } from "./options";
import { withStack, type StackAccess } from "./stack-access";
import { TARGET_OPTIONS, TARGET_USAGE } from "./access/target";

const USAGE = `Usage: ${invocation("send", "<player> <template> [options]")}

Enqueues a message for a player and follows it to its end. Exits
with 0 when it was delivered, 1 when it was not, 2 when it has not come to its end in time.

  --type TYPE       type of message (default transactional)
  --data JSON       what the template shows, a JSON object (default {})
  --key KEY         deduplication key: the same key sends one message
  --not-before SEC  hold it for so many seconds
  --valid-for SEC   do not send it after so many seconds
  --no-follow       print the id and return
  --timeout SEC     how long to follow it (default 60)
${TARGET_USAGE}`;

/** `send`: enqueues one message through the function that game servers use. */
export async function sendCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(
    args,
    {
      type: { type: "string" },
      data: { type: "string" },
      key: { type: "string" },
      "not-before": { type: "string" },
      "valid-for": { type: "string" },
      "no-follow": { type: "boolean" },
      timeout: { type: "string" },
      ...TARGET_OPTIONS,
    },
    USAGE,
    2,
  );
  const [player, template] = positionals;
  if (values.help || player === undefined || template === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const now = Math.floor(Date.now() / 1000);
  const notBefore = readInteger("not-before", values["not-before"], 0, 31_536_000);
  const validFor = readInteger("valid-for", values["valid-for"], 1, 31_536_000);
  const seconds = readInteger("timeout", values.timeout, 1, 86_400) ?? FOLLOW_SECONDS;
  const message = {
    player,
    template,
    type: values.type ?? "transactional",
    data: readData(values.data),
    ...(values.key === undefined ? {} : { deduplicationKey: values.key }),
    ...(notBefore === undefined ? {} : { notBefore: now + notBefore }),
    ...(validFor === undefined ? {} : { validUntil: now + validFor }),
  };
  return withStack(values, async (access) => {
    const result = await enqueue(access, message);
    console.log(
      `${result.created ? "Enqueued" : "Already enqueued with this key"}: message ${result.id} for ${player}`,
    );
    if (values["no-follow"]) return 0;
    const record = await followMessage(access, player, result.id, (line) => console.log(line), seconds * 1000);
    console.log(`${outcome(record)}${access.local && wasSent(record) ? `   inbox ${access.local.inbox}` : ""}`);
    return exitCode(record);
  });
}

type Result =
  { readonly id: string; readonly created: boolean } | { readonly error: { field: string; message: string } };

async function enqueue(access: StackAccess, message: object): Promise<{ id: string; created: boolean }> {
  const answer = (await access.invoke(access.output("enqueueFunction"), message)) as { results: Result[] };
  const result = answer.results[0];
  if (!result) throw new CliError("The enqueue function gave no answer.");
  if ("error" in result) throw new CliError(problem(result.error));
  return result;
}

/** The function's words, with the option that a person gave in place of the message's field. */
function problem({ field, message }: { readonly field: string; readonly message: string }): string {
  const [root = field] = field.split(".");
  const option = OPTIONS[root];
  const name = option === undefined ? field : root === "data" && field !== root ? `${option} (${field})` : option;
  return `${name}: ${message.replace(`${field} of the message: `, "")}`;
}

/** Options by the field of the message that they set. */
const OPTIONS: Readonly<Record<string, string>> = {
  type: "--type",
  data: "--data",
  deduplicationKey: "--key",
  notBefore: "--not-before",
  validUntil: "--valid-for",
};

function readData(text: string | undefined): object {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // refused below
  }
  throw new CliError(`--data: got ${text}; expected a JSON object, e.g. --data '{"season": "Season 7"}'.`);
}
