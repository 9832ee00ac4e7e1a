import { countingStack } from "../shared/stack";
import { campaign } from "./campaign";

/** One campaign in a process of its own: prints what it came to as JSON, and on the way, as errors, how far it is. */
async function main(): Promise<void> {
  const recipients = Number(process.argv[2]);
  const progress = (line: string): void => console.error(`  ${recipients} recipients, ${line}`);
  console.log(JSON.stringify(await campaign(await countingStack(), recipients, progress)));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
