import { expect } from "chai";
import { PutSuppressedDestinationCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { suppress } from "../../../../components/email-dispatcher/suppression";
import type { Operations } from "../../../../components/operations/operations";
import { doctorCommand } from "../../../../local/cli/doctor";
import { followCommand } from "../../../../local/cli/follow";
import { playersCommand } from "../../../../local/cli/players";
import { redriveCommand } from "../../../../local/cli/redrive";
import { rightsCommand } from "../../../../local/cli/rights";
import type { RightStatement } from "../../../../local/cli/rights/statement";
import { policyFor, TASKS, type Task } from "../../../../local/cli/rights/tasks";
import { segmentCommand } from "../../../../local/cli/segment";
import { sendCommand } from "../../../../local/cli/send";
import { seededRandom } from "../../../../local/random";
import { operatorCredentials } from "../../../../local/services/iam";
import type { Ending } from "../../../helpers/command";
import { forgottenBatch } from "./brings-back";
import type { Keys, OperatorStack } from "./operator-stack";

/** Something that an operator does, under the policy of some tasks. */
interface Deed {
  readonly tasks: readonly Task[];
  /** Statements of the policy that it needs, by their Sid. */
  readonly needs: readonly string[];
  readonly before?: () => Promise<unknown>;
  readonly run: (args: readonly string[]) => Promise<number>;
  readonly args: () => readonly string[];
  /** Exit code with all rights: 1 where something is told to lie in a queue. @default 0 */
  readonly ends?: number;
}

/** An action of a statement, and a deed that needs it. */
interface Removal {
  readonly deed: Deed;
  readonly statement: RightStatement;
  readonly action: string;
}

/** Removals that are tried in a run; `RIGHTS=all` tries every one. */
const SAMPLE = process.env["RIGHTS"] === "all" ? Infinity : 6;
const SEED = Number(process.env["RIGHTS_SEED"] ?? Math.floor(Math.random() * 2 ** 32));

/**
 * What AWS asks for and the local cloud does not: it keeps the latest version of an object only, and its Athena looks
 * for no bucket's Region.
 */
const NOT_ASKED_HERE: readonly string[] = ["EraseVersions: s3:DeleteObjectVersion"];

/** Each command under a role with the policy that `rights` prints: enough, and without any action of it too little. */
export function needsRights(stack: () => OperatorStack): void {
  const ROLE = "by-the-book";
  const player = "nobody's own";
  const email = "nobody-s-own@players.test";
  let keys: Keys;
  let operations: Operations;
  let message: string;

  before(async () => {
    keys = await stack().role(ROLE, ["sts:GetCallerIdentity"]);
    operations = stack().stack.stack.evaluation.outputs["operations"] as Operations;
    const sent = await stack().here(sendCommand, "ada", "welcome");
    message = /message (\S+) for/.exec(sent.output)?.[1] ?? "";
    await fetch(`${stack().stack.cloud.endpoint}/_local/zero-etl/refresh`, { method: "POST" });
  });
  after(async () => {
    for (const { url } of operations.deadLetters) await drain(url);
  });

  function queue(operation: string, QueueUrl: string, input: object = {}) {
    const { cloud } = stack().stack;
    return cloud.call<{ Messages?: { ReceiptHandle: string }[] }>(
      "sqs",
      operation,
      { QueueUrl, ...input },
      cloud.operator,
    );
  }

  /** Purging is allowed once a minute. */
  async function drain(url: string): Promise<void> {
    for (;;) {
      const { Messages = [] } = await queue("ReceiveMessage", url, { MaxNumberOfMessages: 10 });
      if (Messages.length === 0) return;
      for (const { ReceiptHandle } of Messages) await queue("DeleteMessage", url, { ReceiptHandle });
    }
  }

  /** One letter for each way back that needs nothing else; a function's own is in `forgottenBatch`. */
  async function letters(): Promise<void> {
    const bodies: Readonly<Record<string, unknown>> = {
      "segments-parts-dlq": { runId: "no-such-run", part: 0 },
      "messages-sweep-dlq": {},
      "gateway-undelivered": { player: "ada" },
    };
    for (const { name, url } of operations.deadLetters) {
      await drain(url);
      if (name in bodies) await queue("SendMessage", url, { MessageBody: JSON.stringify(bodies[name]) });
    }
  }

  /** A player about whom something lies in every place; found and not deleted by whoever lacks a right. */
  async function wellKnown(): Promise<void> {
    const { stack: running } = stack();
    await running.profile(player, { email }, { emailSocial: true });
    const about = operations.deadLetters.find(({ name }) => name === "emails-dead-letters")?.url ?? "";
    await drain(about);
    await queue("SendMessage", about, { MessageBody: JSON.stringify({ envelope: { player } }) });
    await suppress(running.database, running.stack.output("messagesTable"), email, "bounce", Date.now());
    const { cloud } = running;
    const ses = new SESv2Client({
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: operatorCredentials(cloud),
    });
    await ses.send(new PutSuppressedDestinationCommand({ EmailAddress: email, Reason: "COMPLAINT" }));
    ses.destroy();
    const line = Buffer.from(`"pk"\n"PLAYER#nobody_27s_20own"\n`);
    await cloud.ports.objects.put(operations.segments?.resultsBucket ?? "", "results/known.csv", line);
  }

  async function online(): Promise<void> {
    await wellKnown();
    await stack().stack.connect(player);
  }

  const COPY = ["AskTheCopy", "ReadCatalog", "ReadCopy", "FindFiles", "ListCopy", "ResultFiles", "OpenFiles"];
  const LOOK = ["ReadPlayers", "ReadBackups", "ReadLetters", "CountQueues", "OpenTablesAndLetters", "ReadSuppression"];
  const ERASE = ["ErasePlayers", "EndPresence", "WriteTables", "EndConnections", "TakeLetters", "EraseSuppression"];

  const deeds: readonly Deed[] = [
    {
      tasks: ["send"],
      needs: ["EnqueueMessages"],
      run: sendCommand,
      args: () => ["ada", "welcome", "--no-follow"],
    },
    { tasks: ["send", "follow"], needs: [], run: sendCommand, args: () => ["ada", "welcome"] },
    { tasks: ["follow"], needs: ["FollowMessages", "ReadTables"], run: followCommand, args: () => ["ada", message] },
    {
      tasks: ["segment"],
      needs: ["StartSegments", "FollowRuns", "ReadTables"],
      run: segmentCommand,
      args: () => ["active-30-days", "--run", ROLE],
    },
    {
      tasks: ["redrive"],
      needs: ["TakeLetters", "SendAgain", "PublishAgain", "StartAgain", "SealLetters", "PublishSealed"],
      before: letters,
      run: redriveCommand,
      args: () => ["--all", "--wait", "0"],
    },
    {
      tasks: ["redrive"],
      needs: ["SearchMessages", "WriteTables"],
      before: async () => {
        await letters();
        await forgottenBatch(stack());
      },
      run: redriveCommand,
      args: () => ["messages-failures", "--search", "--wait", "0"],
      ends: 1,
    },
    { tasks: ["players"], needs: [], run: playersCommand, args: () => ["show", "ada"] },
    { tasks: ["players"], needs: [], run: playersCommand, args: () => ["find", "ada@players.test"] },
    {
      tasks: ["players"],
      needs: [...LOOK, "CountLogs", ...COPY],
      before: wellKnown,
      run: playersCommand,
      args: () => ["export", player],
    },
    {
      tasks: ["players", "erase"],
      needs: [...ERASE, "EraseVersions"],
      before: online,
      run: playersCommand,
      args: () => ["erase", player, "--yes"],
    },
  ];
  const inspection: Deed = {
    tasks: ["inspect"],
    needs: ["ReadLetters", "OpenLetters"],
    before: letters,
    run: redriveCommand,
    args: () => [],
    ends: 1,
  };

  /** Under these statements, beside whatever went before. */
  async function under(statements: readonly RightStatement[], { run, args, before: prepare }: Deed): Promise<Ending> {
    await prepare?.();
    stack().grant(ROLE, statements);
    return stack().afar(run, keys, ...args());
  }

  it("prints the policy of some tasks, on named resources of the stack alone", async () => {
    const { code, output } = await stack().afar(rightsCommand, {}, ...Object.keys(TASKS));
    expect(code).to.equal(0);
    const { Statement } = JSON.parse(output) as { Statement: RightStatement[] };
    expect(Statement).to.deep.equal(policyFor(Object.keys(TASKS) as Task[], operations).Statement);
    const wide = Statement.filter(({ Resource }) => Resource.includes("*"));
    expect(wide.flatMap(({ Action }) => Action)).to.have.members([
      "ses:GetSuppressedDestination",
      "ses:DeleteSuppressedDestination",
      "logs:DescribeLogGroups",
      "ses:GetAccount",
      "lambda:GetAccountSettings",
      "glue:DescribeIntegrations",
    ]);
    expect((await stack().here(rightsCommand, "send", "--stack")).code).to.equal(1);
    expect((await stack().here(rightsCommand, "sned")).errors).to.match(
      /^Unknown task "sned"; expected some of send, /,
    );
  });

  it("does each thing with the policy of its tasks, and nothing more", async () => {
    for (const deed of [...deeds, inspection]) {
      const { code, output, errors } = await under([...policyFor(deed.tasks, operations).Statement], deed);
      const said = `${deed.tasks.join()} ${deed.args().join(" ")}: ${output}\n${errors}`;
      expect(said).not.to.include("Too few rights");
      expect(code, said).to.equal(deed.ends ?? 0);
    }
  });

  it("knows a deed for every action of every policy", () => {
    for (const task of Object.keys(TASKS) as Task[]) {
      if (task === "doctor") continue;
      const sids = policyFor([task], operations).Statement.map(({ Sid }) => Sid);
      const known = [...deeds, inspection].filter(({ tasks }) => tasks.includes(task)).flatMap(({ needs }) => needs);
      const byInspection = task === "redrive" ? inspection.needs : [];
      expect(sids.filter((sid) => !known.includes(sid) && !byInspection.includes(sid))).to.deep.equal([]);
    }
  });

  it(`names the missing right in a sentence, whichever it is: a sample (RIGHTS_SEED=${SEED}, RIGHTS=all)`, async () => {
    for (const { deed, statement, action } of sampled(removals())) {
      const { Statement } = policyFor(deed.tasks, operations);
      const left = Statement.map((one) =>
        one.Sid === statement.Sid ? { ...one, Action: one.Action.filter((other) => other !== action) } : one,
      ).filter(({ Action }) => Action.length > 0);
      const { code, output, errors } = await under(left, deed);
      const said = `without ${statement.Sid}: ${action}: ${code} ${output}\n${errors}`;
      expect(code, said).not.to.equal(0);
      const sentences = errors.split("\n").filter((line) => line.startsWith("Too few rights: "));
      expect(sentences, said).to.have.length(1);
      expect(sentences[0]?.toLowerCase(), said).to.include(`ask for ${action.toLowerCase()}`);
    }
  });

  function removals(): readonly Removal[] {
    return [...deeds, inspection].flatMap((deed) =>
      policyFor(deed.tasks, operations)
        .Statement.filter(({ Sid }) => deed.needs.includes(Sid))
        .flatMap((statement) => statement.Action.map((action) => ({ deed, statement, action })))
        .filter(({ statement, action }) => !NOT_ASKED_HERE.includes(`${statement.Sid}: ${action}`)),
    );
  }

  function sampled<T>(all: readonly T[]): readonly T[] {
    const random = seededRandom(SEED);
    const left = [...all];
    const count = Math.min(SAMPLE, left.length);
    return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
  }

  it("lets doctor see everything, and say which right it lacks without stopping", async () => {
    const examine = async (statements: readonly RightStatement[]): Promise<readonly Seen[]> => {
      stack().grant(ROLE, statements);
      const { output } = await stack().afar(doctorCommand, keys, "--json");
      return (JSON.parse(output) as { findings: readonly Seen[] }).findings;
    };
    const { Statement } = policyFor(["doctor"], operations);
    const blind = (findings: readonly Seen[]): readonly Seen[] =>
      findings.filter(({ verdict, detail }) => verdict === "cannot see" && detail.startsWith("Too few rights"));
    expect(blind(await examine(Statement))).to.deep.equal([]);
    const lacking = sampled(
      Statement.flatMap((statement) => statement.Action.map((action) => ({ statement, action }))),
    );
    for (const { statement, action } of lacking.slice(0, SAMPLE === Infinity ? undefined : 4)) {
      const left = Statement.map((one) =>
        one === statement ? { ...one, Action: one.Action.filter((other) => other !== action) } : one,
      ).filter(({ Action }) => Action.length > 0);
      const unseen = blind(await examine(left));
      expect(unseen.length, action).to.be.greaterThan(0);
      for (const { detail } of unseen) expect(detail.toLowerCase()).to.include(`ask for ${action.toLowerCase()}`);
    }
  });
}

interface Seen {
  readonly title: string;
  readonly verdict: string;
  readonly detail: string;
}
