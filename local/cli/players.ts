import { chmodSync, writeFileSync } from "node:fs";
import { isPlayerId, decodePlayerId } from "../../components/shared/player-keys";
import { playersByEmailQuery } from "../../components/segment-pipeline/player-data";
import { TARGET_OPTIONS, TARGET_USAGE } from "./access/target";
import { confirm } from "./confirm";
import { CliError } from "./errors";
import { invocation } from "./invocation";
import { readInteger, readOptions } from "./options";
import { plural } from "./plural";
import { Progress } from "./progress";
import { query } from "./players/athena";
import { erase, waitForCopy } from "./players/erase";
import { summary } from "./players/summary";
import { readSubject, type Subject } from "./players/subject";
import { rowOf, survey, table, type Finding, type Row } from "./players/survey";
import { withStack, type StackAccess } from "./stack-access";

const USAGE = `Usage: ${invocation("players", "<what> <player> [options]")}

  show <player>     profile, presence, friends, latest messages
  find <e-mail>     ids of players with this address, from the analytics copy
  export <player>   everything that is known about a player, as JSON; exits with 2 when a place could not be looked into
  erase <player>    deletes it, looks again, and reports what remains until when
  check <player>    what is still known; exits with 1 when something is, 2 when a place could not be looked into

  --output FILE     of export: write it there, for you only (default: standard output)
  --email ADDRESS   an address that no item names any more, to look for too
  --json            of erase and check: the report as JSON
  --wait MIN        of erase: wait so long for the analytics copy's next refresh, and ask it (default 0)
  --yes             of erase: do not ask
${TARGET_USAGE}`;

interface Options {
  readonly output?: string | undefined;
  readonly email?: string | undefined;
  readonly json: boolean;
  readonly yes: boolean;
  readonly waitMinutes: number;
}

type Action = (access: StackAccess, player: string, options: Options) => Promise<number>;

const ACTIONS: Readonly<Record<string, Action>> = { show, find, export: exportPlayer, erase: erasePlayer, check };

/** `players`: what is known about a player, and its end. */
export async function playersCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(
    args,
    {
      output: { type: "string", short: "o" },
      email: { type: "string" },
      json: { type: "boolean" },
      yes: { type: "boolean", short: "y" },
      wait: { type: "string" },
      ...TARGET_OPTIONS,
    },
    USAGE,
    2,
  );
  const [what, player] = positionals;
  if (values.help || what === undefined || player === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  const action = Object.hasOwn(ACTIONS, what) ? ACTIONS[what] : undefined;
  if (!action) throw new CliError(`Unknown action "${what}"; expected one of ${Object.keys(ACTIONS).join(", ")}.`);
  if (what !== "find" && !isPlayerId(player))
    throw new CliError(`player: got ${JSON.stringify(player)}; expected the id of a player, 1 to 80 bytes.`);
  const options = {
    output: values.output,
    email: values.email?.trim().toLowerCase(),
    json: values.json === true,
    yes: values.yes === true,
    waitMinutes: readInteger("wait", values.wait, 0, 1_440) ?? 0,
  };
  return withStack(values, (access) => action(access, player, options));
}

async function show(access: StackAccess, player: string): Promise<number> {
  const subject = await readSubject(access, player);
  const lines = summary(subject, Date.now());
  console.log(lines.length === 0 ? nothing(player) : lines.join("\n"));
  return lines.length === 0 ? 1 : 0;
}

async function find(access: StackAccess, email: string): Promise<number> {
  const { segments } = access.operations;
  if (!segments) throw new CliError("This stack has no analytics copy to look an address up in.");
  const { rows } = await query(access, segments, playersByEmailQuery(segments, email));
  for (const [pk = ""] of rows) console.log(decodePlayerId(pk.slice("PLAYER#".length)));
  if (rows.length === 0) console.error(`No player of the analytics copy has the address ${email}.`);
  return rows.length === 0 ? 1 : 0;
}

async function surveyed(
  access: StackAccess,
  player: string,
  { email }: Options,
): Promise<{ subject: Subject; findings: Finding[] }> {
  const read = await readSubject(access, player);
  const subject =
    email === undefined || read.addresses.includes(email) ? read : { ...read, addresses: [...read.addresses, email] };
  const progress = new Progress();
  const findings = await survey(subject, (title) => {
    if (process.stderr.isTTY) progress.show(`looking: ${title}`);
  });
  progress.end();
  return { subject, findings };
}

async function exportPlayer(access: StackAccess, player: string, options: Options): Promise<number> {
  const { findings } = await surveyed(access, player, options);
  const held = findings.filter(({ look }) => look.data !== undefined && look.found > 0);
  const unseen = findings.filter(({ look }) => look.unseen).map(({ title }) => title);
  const document = {
    player,
    exportedAt: new Date().toISOString(),
    data: held.map(({ title, look }) => ({ what: title, where: look.where, items: look.data })),
    ...(unseen.length === 0 ? {} : { couldNotBeLookedInto: unseen }),
    notSearched:
      "Messages to other players whose data mention this player; what other players keep about this one (their mutes and blocks).",
  };
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (options.output === undefined) process.stdout.write(text);
  else {
    writeFileSync(options.output, text, { mode: 0o600 });
    // A file that was there before keeps its mode.
    chmodSync(options.output, 0o600);
    console.log(
      `${plural(
        held.reduce((sum, { look }) => sum + look.found, 0),
        "item",
      )} written to ${options.output}`,
    );
  }
  if (unseen.length > 0) console.error(`Could not be looked into: ${unseen.join(", ")}`);
  return unseen.length > 0 ? 2 : 0;
}

async function erasePlayer(access: StackAccess, player: string, options: Options): Promise<number> {
  const { subject, findings } = await surveyed(access, player, options);
  const count = findings.reduce((sum, { look }) => sum + look.found, 0);
  if (count === 0) {
    console.log(nothing(player));
    return 0;
  }
  if (!options.yes) {
    for (const line of table(
      findings.map((finding) => rowOf(finding)),
      false,
    ))
      console.error(line);
    if (!(await confirm(`Erase all of this about player ${player}, for good?`))) {
      console.log("Nothing was erased.");
      return 1;
    }
  }
  const progress = new Progress();
  const show = (line: string): void => {
    if (process.stderr.isTTY) progress.show(line);
  };
  const began = Date.now();
  let { rows, left } = await erase(subject, findings, show);
  if (options.waitMinutes > 0 && (await waitForCopy(subject, options.waitMinutes * 60_000, show))) {
    // What has come meanwhile, such as a message of a segment that still knew the player, goes too.
    const again = await erase(subject, [], show);
    left = again.left;
    rows = again.rows.map((row) => inAll(row, rows));
  }
  progress.end();
  const report = { player, erasedAt: new Date(began).toISOString(), left, places: rows };
  if (options.json) console.log(JSON.stringify(report, null, 2));
  else {
    console.log(`Erased player ${player}`);
    for (const line of table(rows, true)) console.log(line);
    console.log(advice(player, left, rows.find(({ what }) => what.startsWith("rows of"))?.left ?? 0));
  }
  return left === 0 ? 0 : 1;
}

/** A place's last look, with what was found and deleted there from the first. */
function inAll(row: Row, earlier: readonly Row[]): Row {
  const before = earlier.find(({ what }) => what === row.what) ?? row;
  const found = Math.max(before.found, row.found);
  return { ...row, found, deleted: Math.max(before.deleted, found - row.left) };
}

function advice(player: string, left: number, copied: number): string {
  if (left > 0)
    return `${left === 1 ? "1 item is left or has" : `${left} items are left or have`} come again: run the command again, with the player's account closed.`;
  const account =
    "The player's account at the token issuer is not part of the stack: close it, or the next login makes a new profile.";
  if (copied === 0) return `Nothing is left but what is said above. ${account}`;
  return (
    `Nothing is left in the tables; ${copied === 1 ? "1 row of the analytics copy vanishes" : `${copied} rows of the analytics copy vanish`} with its next refresh; a segment that ` +
    `runs before makes a message to nobody. Ask then, and erase again if need be: ` +
    `${invocation("players", "check", player)}. ${account}`
  );
}

async function check(access: StackAccess, player: string, options: Options): Promise<number> {
  const { findings } = await surveyed(access, player, options);
  const count = findings.reduce((sum, { look }) => sum + look.found, 0);
  const rows = findings.map((finding) => rowOf(finding));
  const unseen = findings.filter(({ look }) => look.unseen).map(({ title }) => title);
  if (options.json) console.log(JSON.stringify({ player, left: count, places: rows }, null, 2));
  else {
    for (const line of table(rows, false)) console.log(line);
    if (unseen.length > 0) console.log(`Could not be looked into: ${unseen.join(", ")}`);
    console.log(count === 0 ? nothing(player) : `${plural(count, "item")} about player ${player}`);
  }
  return count > 0 ? 1 : unseen.length > 0 ? 2 : 0;
}

function nothing(player: string): string {
  return `Nothing is known about player ${player}.`;
}
