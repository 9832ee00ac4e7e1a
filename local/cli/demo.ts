import pc from "picocolors";
import { GameClient, RequestRefused } from "../game-client";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { followMessage } from "./message-record";
import { readOptions } from "./options";
import { followRun, refresh } from "./segment";
import { openStack, type LocalAccess } from "./stack-access";

const USAGE = `Usage: ${invocation("demo")}

Plays the first minute on the running local stack: two players become friends and hear each other, a message arrives,
a segment reaches its players.`;

/** `demo`: the first minute, as a person would do it by hand. */
export async function demoCommand(args: readonly string[]): Promise<number> {
  if (readOptions(args, {}, USAGE).values.help) {
    console.log(USAGE);
    return 0;
  }
  const access = await waitForStack();
  const [first, second] = access.local.players;
  if (!first || !second)
    throw new CliError("The demo needs two sample players: start the stack with --players 2 or more.");
  const connected: GameClient[] = [];
  try {
    return await playFirstMinute(access, first, second, connected);
  } finally {
    // An open connection keeps the command from ending.
    await Promise.all(connected.map((player) => player.close()));
  }
}

type SamplePlayer = LocalAccess["local"]["players"][number];

async function playFirstMinute(
  access: LocalAccess,
  first: SamplePlayer,
  second: SamplePlayer,
  connected: GameClient[],
): Promise<number> {
  const enter = async ({ id, token }: SamplePlayer): Promise<GameClient> => {
    const { url, protocol } = access.local.websocket;
    const player = await GameClient.enter({ url, protocol, token });
    connected.push(player);
    say(`${id} is online`);
    return player;
  };

  title("Two players become friends and hear each other");
  const ada = await enter(first);
  const grace = await enter(second);
  await befriend(ada, first.id, grace, second.id);
  say(`${second.id} accepted ${first.id}'s friendship`);
  await ada.request("event", { event: "join-game", data: { game: "arena-7" } });
  const heard = await grace.until(
    () => grace.notices.find((n) => n.kind === "event" && n.friend === first.id),
    "the notice",
  );
  say(`${first.id} joined a game; ${second.id} heard: ${JSON.stringify(heard)}`);

  title("A message arrives, with its fate on record");
  const answer = (await access.invoke(access.output("enqueueFunction"), {
    player: second.id,
    type: "transactional",
    template: "welcome",
  })) as {
    results: { id: string }[];
  };
  const id = answer.results[0]?.id ?? "";
  const record = await followMessage(access, second.id, id, (line) => console.log(line));
  say(
    `message ${id}: ${pc.bold(record.status)}${record.reason === undefined ? "" : ` (${record.reason})`}; read it at ${access.local.inbox}`,
  );

  title("A segment reaches exactly its players");
  await refresh(access);
  const { runId } = (await access.invoke(access.output("segmentFunction"), { segment: "active-30-days" })) as {
    runId: string;
  };
  const run = await followRun(access, runId, (line) => console.log(`  ${line}`));
  say(
    `run ${runId}: ${pc.bold(run.status)}, ${run.enqueued} messages enqueued${run.reason === undefined ? "" : ` (${run.reason}: ${run.detail ?? ""})`}`,
  );

  const done = record.status === "delivered" && run.status === "done";
  console.log(
    `\n${done ? pc.green("That was the first minute.") : pc.red("Something did not come to its end; the stack's terminal tells what.")}`,
  );
  return done ? 0 : 1;
}

/** Played again, the two are friends already. */
async function befriend(ada: GameClient, adaId: string, grace: GameClient, graceId: string): Promise<void> {
  try {
    await ada.request("friends.request", { player: graceId });
    await grace.request("friends.accept", { player: adaId });
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    const { friends } = (await ada.request("friends.list")) as { friends: { player: string; state: string }[] };
    if (!friends.some((friend) => friend.player === graceId && friend.state === "accepted")) throw error;
  }
}

/** The stack may still be starting in the other terminal. */
async function waitForStack(): Promise<LocalAccess> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return openStack();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}

function title(text: string): void {
  console.log(`\n${pc.bold(text)}`);
}

function say(text: string): void {
  console.log(`  ${text}`);
}
