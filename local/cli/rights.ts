import { TARGET_OPTIONS, TARGET_USAGE } from "./access/target";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { readOptions } from "./options";
import { policyFor, TASKS, type Task } from "./rights/tasks";
import { openTarget } from "./stack-access";

const USAGE = `Usage: ${invocation("rights", "<task> … [options]")}

Prints the IAM policy that an operator needs for these tasks on this stack, and for nothing else.

${Object.entries(TASKS)
  .map(([task, { commands }]) => `  ${task.padEnd(18)}${commands}`)
  .join("\n")}

${TARGET_USAGE}`;

/** `rights`: the policy of an operator. */
export async function rightsCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, TARGET_OPTIONS, USAGE);
  if (values.help || positionals.length === 0) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  for (const task of positionals)
    if (!isTask(task)) throw new CliError(`Unknown task "${task}"; expected some of ${Object.keys(TASKS).join(", ")}.`);
  const { operations } = await openTarget(values);
  console.log(JSON.stringify(policyFor(positionals.filter(isTask), operations), undefined, 2));
  return 0;
}

function isTask(name: string): name is Task {
  return Object.hasOwn(TASKS, name);
}
