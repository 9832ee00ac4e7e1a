import { countingStack } from "../shared/stack";
import { campaign } from "./campaign";

/** One campaign in a process of its own: prints what it came to as JSON. */
async function main(): Promise<void> {
  console.log(JSON.stringify(await campaign(await countingStack(), Number(process.argv[2]))));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
