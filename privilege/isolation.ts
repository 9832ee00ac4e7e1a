import type { Cloud } from "../local/cloud";
import type { Principal } from "../local/principal";
import type { Json } from "../local/service";
import { iamEngine } from "../local/services/iam";
import type { LambdaService } from "../local/services/lambda";
import { logicalName } from "./names";
import { isRefusal, sessionOf } from "./refusal";

/** What roles were tried on. */
export interface Isolation {
  /** How often a role tried something that is another's. */
  readonly attempts: number;
  /** What was not denied, as `<role> <operation> <resource>`. */
  readonly reached: readonly string[];
}

/** A call to try, and whose it is. */
interface Attempt {
  /** The component that the resource belongs to, or the logical name of a role. */
  readonly owner: string;
  readonly what: string;
  readonly resource: string;
  readonly try: (principal: Principal) => Promise<boolean>;
}

/** The component of a logical name: its first word. */
const componentOf = (name: string): string => name.split("-")[0] ?? name;

async function attemptsIn(cloud: Cloud): Promise<readonly Attempt[]> {
  return [
    ...tables(cloud),
    ...(await queues(cloud)),
    ...(await topics(cloud)),
    ...(await buckets(cloud)),
    ...functions(cloud),
    ...roles(cloud),
    ...connections(cloud),
    ...mail(cloud),
    ...(await queries(cloud)),
  ];
}

/** Lets a role of the account that nobody has granted anything, and callers without credentials, try all of it. */
export async function outsiders(cloud: Cloud): Promise<Isolation> {
  const attempts = [...(await attemptsIn(cloud)), ...(await keys(cloud))];
  const trust = { Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: cloud.accountId } }] };
  const { arn } = iamEngine(cloud).store.putRole("outsider", trust);
  const principals = { outsider: sessionOf(arn), nobody: { type: "anonymous" } } as const;
  const reached: string[] = [];
  for (const [name, principal] of Object.entries(principals))
    for (const { what, resource, try: attempt } of attempts)
      if (await attempt(principal)) reached.push(`${name} ${what} ${resource}`);
  return { attempts: attempts.length * Object.keys(principals).length, reached: reached.sort() };
}

/** Lets every role try to read, change and use what belongs to another component, and to become any other role. */
export async function isolation(cloud: Cloud): Promise<Isolation> {
  const attempts = await attemptsIn(cloud);
  const reached: string[] = [];
  let count = 0;
  for (const { name, arn } of [...iamEngine(cloud).store.roles.values()]) {
    const role = logicalName(name);
    const session = sessionOf(arn);
    for (const { owner, what, resource, try: attempt } of attempts) {
      if (owner === componentOf(role) || owner === role) continue;
      count++;
      if (await attempt(session)) reached.push(`${role} ${what} ${resource}`);
    }
  }
  return { attempts: count, reached: reached.sort() };
}

/** One API call as the role; true unless it was denied. */
function call(cloud: Cloud, service: string, operation: string, input: Json): Attempt["try"] {
  return async (principal) => {
    try {
      await cloud.call(service, operation, input, principal);
      return true;
    } catch (error) {
      return !isRefusal(error);
    }
  };
}

/** What IAM answers where the local cloud plays no such call, or the call needs something that is not there. */
function right(cloud: Cloud, action: string, resource: string): Attempt["try"] {
  return async (principal) => cloud.ports.iam.evaluate(principal, { action, resource }).allowed;
}

function attemptsOn(cloud: Cloud, service: string, name: string, calls: Readonly<Record<string, Json>>): Attempt[] {
  const resource = logicalName(name);
  return Object.entries(calls).map(([operation, input]) => ({
    owner: componentOf(resource),
    what: operation,
    resource,
    try: call(cloud, service, operation, input),
  }));
}

const KEY = { pk: { S: "PLAYER#ada" }, sk: { S: "PROFILE" } };

function tables(cloud: Cloud): Attempt[] {
  const names = [...cloud.resourcePolicies.keys(), ...tableArns(cloud)];
  return [...new Set(names)].flatMap((arn) => {
    const TableName = /:table\/([^/]+)$/.exec(arn)?.[1];
    if (TableName === undefined || !arn.startsWith("arn:aws:dynamodb:")) return [];
    const { LatestStreamArn: StreamArn } = cloud.ports.tables.describe(arn) as { LatestStreamArn?: string };
    return [
      ...attemptsOn(cloud, "dynamodb", TableName, {
        GetItem: { TableName, Key: KEY },
        BatchGetItem: { RequestItems: { [TableName]: { Keys: [KEY] } } },
        Query: {
          TableName,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": { S: "PLAYER#ada" } },
        },
        Scan: { TableName },
        PutItem: { TableName, Item: KEY },
        UpdateItem: { TableName, Key: KEY },
        DeleteItem: { TableName, Key: KEY },
        DescribeTable: { TableName },
      }),
      ...(StreamArn === undefined ? [] : attemptsOn(cloud, "dynamodb", TableName, { DescribeStream: { StreamArn } })),
    ];
  });
}

function tableArns(cloud: Cloud): string[] {
  const statements = [...iamEngine(cloud).store.roles.values()].map(({ inline }) =>
    JSON.stringify([...inline.values()]),
  );
  return [...statements.join().matchAll(/arn:aws:dynamodb:[^"/]+:table\/[^"/]+/g)].map(([arn]) => arn);
}

async function queues(cloud: Cloud): Promise<Attempt[]> {
  const { QueueUrls = [] } = await cloud.call<{ QueueUrls?: string[] }>("sqs", "ListQueues", {}, cloud.operator);
  return QueueUrls.flatMap((QueueUrl) =>
    attemptsOn(cloud, "sqs", QueueUrl.split("/").at(-1)!, {
      SendMessage: { QueueUrl, MessageBody: "x" },
      ReceiveMessage: { QueueUrl },
      DeleteMessage: { QueueUrl, ReceiptHandle: "x" },
      PurgeQueue: { QueueUrl },
    }),
  );
}

async function topics(cloud: Cloud): Promise<Attempt[]> {
  const { Topics } = await cloud.call<{ Topics: { TopicArn: string }[] }>("sns", "ListTopics", {}, cloud.operator);
  return Topics.flatMap(({ TopicArn }) =>
    attemptsOn(cloud, "sns", TopicArn, {
      Publish: { TopicArn, Message: "x" },
      Subscribe: { TopicArn, Protocol: "sqs", Endpoint: cloud.arn("sqs", "elsewhere") },
    }),
  );
}

async function buckets(cloud: Cloud): Promise<Attempt[]> {
  const { Buckets } = await cloud.call<{ Buckets: { Name: string }[] }>("s3", "ListBuckets", {}, cloud.operator);
  return Buckets.flatMap(({ Name: Bucket }) => [
    ...attemptsOn(cloud, "s3", Bucket, { ListObjectsV2: { Bucket } }),
    // Below each prefix that somebody has a right to.
    ...["players/x", "results/x"].flatMap((Key) =>
      attemptsOn(cloud, "s3", Bucket, {
        GetObject: { Bucket, Key },
        PutObject: { Bucket, Key, Body: "" },
        DeleteObject: { Bucket, Key },
      }),
    ),
  ]);
}

function functions(cloud: Cloud): Attempt[] {
  const { engine } = cloud.services.get("lambda") as LambdaService;
  return [...engine.functions.values()].flatMap(({ arn, settings }) => {
    const name = logicalName(settings.name);
    const owner = componentOf(name);
    const logs = `${cloud.arn("logs", `log-group:${settings.logGroup}`)}:log-stream:any`;
    return [
      ...attemptsOn(cloud, "lambda", settings.name, { Invoke: { FunctionName: settings.name } }),
      { owner, what: "UpdateFunctionCode", resource: name, try: right(cloud, "lambda:UpdateFunctionCode", arn) },
      { owner, what: "GetLogEvents", resource: name, try: right(cloud, "logs:GetLogEvents", logs) },
      { owner, what: "PutLogEvents", resource: name, try: right(cloud, "logs:PutLogEvents", logs) },
    ];
  });
}

/** Not even a component's own other roles. */
function roles(cloud: Cloud): Attempt[] {
  return [...iamEngine(cloud).store.roles.values()].map(({ arn: RoleArn, name }) => ({
    owner: "",
    what: "AssumeRole",
    resource: logicalName(name),
    try: call(cloud, "sts", "AssumeRole", { RoleArn, RoleSessionName: "session" }),
  }));
}

/** Connections of another stage of the same API, and of another API. */
function connections(cloud: Cloud): Attempt[] {
  const own = JSON.stringify([...iamEngine(cloud).store.roles.values()].map(({ inline }) => [...inline.values()]));
  const api = /arn:aws:execute-api:[^"]+?:([a-z0-9]{10})\//.exec(own)?.[1] ?? "";
  return [`${api}/staging`, "a1b2c3d4e5/live"].flatMap((stage) =>
    ["POST", "GET", "DELETE"].map((method) => ({
      owner: "",
      what: `${method} @connections`,
      resource: stage.replace(api, "the same API"),
      try: right(cloud, "execute-api:ManageConnections", cloud.arn("execute-api", `${stage}/${method}/@connections/x`)),
    })),
  );
}

function mail(cloud: Cloud): Attempt[] {
  const resource = cloud.arn("ses", "identity/hello@games-messaging.test");
  return ["SendRawEmail", "SendEmail"].map((what) => ({
    owner: "emails",
    what,
    resource: "the sender's identity",
    try: right(cloud, `ses:${what}`, resource),
  }));
}

async function keys(cloud: Cloud): Promise<Attempt[]> {
  const { Keys } = await cloud.call<{ Keys: { KeyArn: string }[] }>("kms", "ListKeys", {}, cloud.operator);
  return Keys.flatMap(({ KeyArn }) =>
    ["Decrypt", "GenerateDataKey", "DescribeKey", "PutKeyPolicy", "ScheduleKeyDeletion"].map((what) => ({
      owner: "",
      what,
      resource: "the key",
      try: right(cloud, `kms:${what}`, KeyArn),
    })),
  );
}

async function queries(cloud: Cloud): Promise<Attempt[]> {
  const { WorkGroups } = await cloud.call<{ WorkGroups: { Name: string }[] }>(
    "athena",
    "ListWorkGroups",
    {},
    cloud.operator,
  );
  const { DatabaseList } = await cloud.call<{ DatabaseList: { Name: string }[] }>(
    "glue",
    "GetDatabases",
    {},
    cloud.operator,
  );
  return [
    ...WorkGroups.filter(({ Name }) => Name !== "primary").flatMap(({ Name }) =>
      attemptsOn(cloud, "athena", Name, { StartQueryExecution: { QueryString: "SELECT 1", WorkGroup: Name } }),
    ),
    ...DatabaseList.filter(({ Name }) => Name !== "default").map(({ Name }) => ({
      owner: "segments",
      what: "GetDatabase",
      resource: Name,
      try: call(cloud, "glue", "GetDatabase", { Name }),
    })),
  ];
}
