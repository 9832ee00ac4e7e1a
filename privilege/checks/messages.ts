import { playerPk } from "../../components/shared/player-keys";
import { CheckFailure, type Stage } from "../stage";

interface Item {
  readonly status?: { readonly S: string };
  readonly reason?: { readonly M: { readonly code?: { readonly S: string } } };
}

/** Enqueues a message for ada through the function for game servers; its id. */
export async function send(stage: Stage, message: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const input = { player: "ada", type: "transactional", template: "welcome", data: {}, ...message };
  const { results } = await stage.invoke<{ results: { id?: string; error?: object }[] }>("messages-enqueue", input);
  const id = results[0]?.id;
  if (id === undefined) throw new CheckFailure(`the message was refused: ${JSON.stringify(results[0])}`);
  return id;
}

/** Waits until a message of ada's has this status; the code of its reason, if it has one. */
export async function becomes(stage: Stage, id: string, status: string, ms = 600_000): Promise<string | undefined> {
  let item: Item | undefined;
  const read = async (): Promise<boolean> => {
    const answer = await stage.operator<{ Item?: Item }>("dynamodb", "GetItem", {
      TableName: stage.output("messagesTable"),
      Key: { pk: { S: playerPk("ada") }, sk: { S: `MSG#${id}` } },
      ConsistentRead: true,
    });
    item = answer.Item;
    return item?.status?.S === status;
  };
  await stage.until(read, `a message to be ${status}`, ms).catch((error: unknown) => {
    const is = `it is ${item?.status?.S ?? "absent"} ${item?.reason?.M.code?.S ?? ""}`.trim();
    throw new CheckFailure(`${(error as Error).message}: ${is}`);
  });
  return item?.reason?.M.code?.S;
}

/** As `becomes`, and for this reason. */
export async function failsFor(stage: Stage, id: string, reason: string, ms?: number): Promise<void> {
  const found = await becomes(stage, id, "failed", ms);
  if (found !== reason) throw new CheckFailure(`a message failed for ${found ?? "no reason"}, not ${reason}`);
}
