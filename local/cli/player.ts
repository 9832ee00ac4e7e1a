import { createInterface } from "node:readline";
import pc from "picocolors";
import { GameClient, RequestRefused } from "../game-client";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { readOptions } from "./options";
import { refusedConnection } from "./refused-connection";
import { openStack, type LocalAccess } from "./stack-access";

const USAGE = `Usage: ${invocation("player", "<player>")}

Connects to the running local stack as a player, prints what arrives, and takes commands. Tab completes them.`;

const HELP = `  <action> [player | JSON body]   any action of the protocol, e.g.
    friends.request grace         ask for a friendship
    friends.accept ada            accept one
    friends.list                  friends with their presence
    event {"event":"join-game"}   tell online friends
    profile.get, game.get, ping   and so on: Tab lists all, those of the game's own routes too
  help, quit`;

/** `player`: a small terminal client. */
export async function playerCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {}, USAGE, 1);
  const [player] = positionals;
  if (values.help || player === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const access = openStack();
  const client = await connect(access, player);
  console.log(`${pc.green("connected")} as ${pc.bold(player)}; help lists commands`);
  const others = access.local.players.map(({ id }) => id).filter((id) => id !== player);
  const prompt = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: process.stdin.isTTY ? `${player}> ` : "",
    completer: (line: string) => completions(line, others, actionsNow(access)),
  });
  let shown = 0;
  client.onFrame(() => {
    for (const frame of client.frames.slice(shown)) show(frame, prompt);
    shown = client.frames.length;
    if (client.closeCode !== undefined) prompt.close();
  });
  const hello = perform(client, "hello");
  prompt.prompt();
  for await (const line of prompt) {
    const text = line.trim();
    if (text === "quit" || text === "exit") break;
    await hello;
    if (text === "help") console.log(HELP);
    else if (text !== "") await perform(client, text);
    prompt.prompt();
  }
  // The input may have ended before the first answer came.
  await hello;
  if (client.closeCode !== undefined)
    throw new CliError(`The connection was closed with code ${client.closeCode}: start the player again.`);
  await client.close();
  return 0;
}

/** The actions of the stack as it is now: a route may have come since this client was started. */
function actionsNow({ local }: LocalAccess): readonly string[] {
  try {
    return openStack().local.websocket.actions;
  } catch {
    return local.websocket.actions;
  }
}

/**
 * What Tab offers: commands, then players where an action is about one.
 * @param players ids of others.
 * @param actions that the stack's routes take.
 */
export function completions(
  line: string,
  players: readonly string[],
  actions: readonly string[],
): [offered: string[], of: string] {
  const space = line.indexOf(" ");
  if (space < 0) return [[...actions, "help", "quit"].filter((command) => command.startsWith(line)), line];
  const typed = line.slice(space + 1);
  const isAboutPlayer = line.startsWith("friends.") && !line.startsWith("friends.list");
  return [isAboutPlayer ? players.filter((id) => id.startsWith(typed)) : [], typed];
}

async function connect(access: LocalAccess, player: string): Promise<GameClient> {
  const response = await fetch(`${access.local.endpoint}/_local/tokens`, {
    method: "POST",
    body: JSON.stringify({ player }),
  });
  const { token, message } = (await response.json()) as { token?: string; message?: string };
  if (token === undefined) throw new CliError(message ?? "The local stack gave no token.");
  const { url, protocol } = access.local.websocket;
  try {
    return await GameClient.open({ url, protocol, token });
  } catch (error) {
    throw refusedConnection(url, error);
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
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw new Error(`The body is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function show(frame: string, prompt: { prompt(preserve?: boolean): void }): void {
  const { type, ...rest } = JSON.parse(frame) as Record<string, unknown>;
  const label = type === "notices" ? pc.cyan("notice") : type === "error" ? pc.red("error ") : pc.dim("reply ");
  const clear = process.stdout.isTTY ? "\r\x1b[2K" : "";
  process.stdout.write(`${clear}${label} ${JSON.stringify(type === "notices" ? rest["notices"] : rest)}\n`);
  prompt.prompt(true);
}
