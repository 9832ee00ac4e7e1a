import { join } from "node:path";
import pc from "picocolors";
import { GameClient, RequestRefused } from "../game-client";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { followMessage, wasSent } from "./message-record";
import { readOptions } from "./options";
import { plural } from "./plural";
import { refusedConnection } from "./refused-connection";
import { followRun, refresh } from "./segment";
import { openStack, type LocalAccess } from "./stack-access";
import { isStarting } from "./start-lock";

const USAGE = `Usage: ${invocation("demo")}

Plays the first minute on the running local stack: two players become friends and hear each other, a message arrives,
a segment reaches its players. What the program does not have is skipped.`;

/** `demo`: the first minute, as a person would do it by hand. */
export async function demoCommand(args: readonly string[]): Promise<number> {
  if (readOptions(args, {}, USAGE, 0).values.help) {
    console.log(USAGE);
    return 0;
  }
  const access = await waitForStack();
  const [first, second] = access.local.players;
  if (!first || !second)
    throw new CliError("The demo needs two sample players: start the stack with --players 2 or more.");
  if (access.local.websocket.url === "")
    throw new CliError("The demo needs connected players: export the gateway's address as `url` in the program.");
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
    const player = await GameClient.enter({ url, protocol, token }).catch((error: unknown) => {
      throw refusedConnection(url, error);
    });
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

  const ended = [await playMessage(access, second.id), await playSegment(access)];
  const done = !ended.includes("not ended");
  console.log(
    `\n${done ? pc.green("That was the first minute.") : pc.red("Something did not come to its end; the stack's terminal tells what.")}`,
  );
  return done ? 0 : 1;
}

/** How a part of the demo went; what the program does not have is skipped. */
type Part = "ended" | "not ended" | "skipped";

/** Template of the repository's own program, which greets without data. */
const TEMPLATE = "welcome";

async function playMessage(access: LocalAccess, player: string): Promise<Part> {
  title("A message arrives, with its fate on record");
  const fn = access.find("enqueueFunction");
  if (fn === undefined || !access.find("messagesTable"))
    return skip("The program exports no `enqueueFunction` and `messagesTable`, so no message is sent.");
  const answer = (await access.invoke(fn, { player, type: "transactional", template: TEMPLATE })) as {
    results: ({ id: string } | { error: { message: string } })[];
  };
  const [result] = answer.results;
  if (result === undefined || "error" in result)
    return skip(`The program takes no such message: ${result?.error.message ?? "it gave no answer"}`);
  const record = await followMessage(access, player, result.id, (line) => console.log(line));
  const why = record.reason ?? "";
  if (/^(template-unknown|data-invalid|template-error)\b/.test(why)) {
    const own = invocation("send", player, "<template>", "--data", "'{…}'");
    const lack = why.startsWith("template-unknown") ? "has no template" : "gives data of its own to the template";
    return skip(`The program ${lack} \`${TEMPLATE}\`, which this part sends; send one of yours: ${own}`);
  }
  const reason = why === "" ? "" : ` (${why})`;
  const inbox = wasSent(record) ? `; read it at ${access.local.inbox}` : "";
  say(`message ${result.id}: ${pc.bold(record.status)}${reason}${inbox}`);
  return record.status === "delivered" ? "ended" : "not ended";
}

/** Segment of the repository's own program; of another, its first one is run. */
const SEGMENT = "active-30-days";

async function playSegment(access: LocalAccess): Promise<Part> {
  title("A segment reaches exactly its players");
  const fn = access.find("segmentFunction");
  if (fn === undefined || !access.find("runsTable"))
    return skip("The program exports no `segmentFunction` and `runsTable`, so no segment is run.");
  await refresh(access);
  const runId = await startAnySegment(access, fn);
  if (runId === undefined) return skip("The program defines no segment, so none is run.");
  const run = await followRun(access, runId, (line) => console.log(`  ${line}`));
  say(
    `run ${runId}: ${pc.bold(run.status)}, ${plural(run.enqueued, "message")} enqueued${run.reason === undefined ? "" : ` (${run.reason}: ${run.detail ?? ""})`}`,
  );
  return run.status === "done" ? "ended" : "not ended";
}

/** Starts the known segment, or the first that the start function names in its refusal. */
async function startAnySegment(access: LocalAccess, fn: string): Promise<string | undefined> {
  const start = async (segment: string): Promise<string> =>
    ((await access.invoke(fn, { segment })) as { runId: string }).runId;
  try {
    return await start(SEGMENT);
  } catch (error) {
    const defined = /^segment: got .*; expected one of (.*)\.$/.exec(error instanceof Error ? error.message : "")?.[1];
    if (defined === undefined) throw error;
    const [first = ""] = defined.split(", ");
    return first === "" ? undefined : start(first);
  }
}

function skip(why: string): Part {
  say(pc.yellow(`Skipped. ${why}`));
  return "skipped";
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

/** Milliseconds to wait for a stack that nobody has begun to start, and for one that takes its time. */
const MOST_UNTIL_STARTED_MS = 30_000;
const MOST_STARTING_MS = 300_000;

/** The stack may still be starting in the other terminal, or about to be. */
async function waitForStack(): Promise<LocalAccess> {
  const began = Date.now();
  for (let isTold = false; ; isTold = true) {
    try {
      return openStack();
    } catch (error) {
      const most = isStarting(join(process.cwd(), ".local")) ? MOST_STARTING_MS : MOST_UNTIL_STARTED_MS;
      if (Date.now() - began > most) throw error;
      if (!isTold) say("Waiting for the local stack …");
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
