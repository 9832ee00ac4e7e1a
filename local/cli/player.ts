import { createInterface } from "node:readline";
import pc from "picocolors";
import { ACTIONS } from "../../components/realtime-gateway/protocol";
import { GameClient, RequestRefused } from "../game-client";
import { CliError } from "./errors";
import { readOptions } from "./options";
import { openStack, type StackAccess } from "./stack-access";

const USAGE = `Usage: npm run player -- <player>

Connects to the running local stack as a player, prints what arrives, and takes commands. Tab completes them.`;

const HELP = `  <action> [player | JSON body]   any action of the protocol, e.g.
    friends.request grace         ask for a friendship
    friends.accept ada            accept one
    friends.list                  friends with their presence
    event {"event":"join-game"}   tell online friends
    profile.get, game.get, ping   and so on: Tab lists all
  help, quit`;

/** `player`: a small terminal client. */
export async function playerCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {}, USAGE);
  const [player] = positionals;
  if (values.help || player === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const access = openStack();
  const client = await connect(access, player);
  console.log(`${pc.green("connected")} as ${pc.bold(player)}; help lists commands`);
  const words = [...Object.keys(ACTIONS), "help", "quit"];
  const prompt = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: `${player}> `,
    completer: (line: string) => [words.filter((word) => word.startsWith(line)), line],
  });
  let shown = 0;
  client.onFrame(() => {
    for (const frame of client.frames.slice(shown)) show(frame, prompt);
    shown = client.frames.length;
    if (client.closed) prompt.close();
  });
  void perform(client, "hello");
  prompt.prompt();
  for await (const line of prompt) {
    const text = line.trim();
    if (text === "quit" || text === "exit") break;
    if (text === "help") console.log(HELP);
    else if (text !== "") await perform(client, text);
    prompt.prompt();
  }
  await client.close();
  return 0;
}

async function connect(access: StackAccess, player: string): Promise<GameClient> {
  const response = await fetch(`${access.stack.endpoint}/_local/tokens`, {
    method: "POST",
    body: JSON.stringify({ player }),
  });
  const { token, message } = (await response.json()) as { token?: string; message?: string };
  if (token === undefined) throw new CliError(message ?? "The local stack gave no token.");
  const { url, protocol } = access.stack.websocket;
  try {
    return await GameClient.open({ url, protocol, token });
  } catch (error) {
    throw new CliError(`Cannot connect to ${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The answer itself is printed as the frame that it is. */
async function perform(client: GameClient, text: string): Promise<void> {
  const space = text.indexOf(" ");
  const action = space < 0 ? text : text.slice(0, space);
  const rest = space < 0 ? "" : text.slice(space + 1).trim();
  try {
    await client.request(action, bodyOf(rest));
  } catch (error) {
    if (!(error instanceof RequestRefused)) console.log(pc.red(error instanceof Error ? error.message : String(error)));
  }
}

function bodyOf(text: string): object {
  if (text === "") return {};
  if (!text.startsWith("{")) return { player: text };
  return JSON.parse(text) as object;
}

function show(frame: string, prompt: { prompt(preserve?: boolean): void }): void {
  const { type, ...rest } = JSON.parse(frame) as Record<string, unknown>;
  const label = type === "notices" ? pc.cyan("notice") : type === "error" ? pc.red("error ") : pc.dim("reply ");
  process.stdout.write(`\r\x1b[2K${label} ${JSON.stringify(type === "notices" ? rest["notices"] : rest)}\n`);
  prompt.prompt(true);
}
