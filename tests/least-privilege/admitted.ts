const TOPICS = "sns:messages-marketing-topic, sns:messages-social-topic, sns:messages-transactional-topic";
const GATEWAY = "apigateway.amazonaws.com";
const routes = (...names: string[]): string => names.map((name) => `execute-api:live/${name}`).join(", ");

/**
 * Every service that a policy of the program lets in, for what, and in whose name. Whoever is not here is turned away.
 * `this account`: in the name of any of its resources. `anyone`: the service tells no source, or none that can be asked for.
 */
export const ADMITTED: readonly string[] = [
  // Zero-ETL: Glue exports the table, and is authorized by the catalog.
  ...["DescribeExport", "DescribeTable", "ExportTableToPointInTime"].map(
    (action) => `dynamodb:table/gateway-players ${action} <- glue.amazonaws.com: glue:integration`,
  ),
  "glue:catalog AuthorizeInboundIntegration <- glue.amazonaws.com: dynamodb:table/gateway-players",
  // The key. EventBridge tells KMS no source (docs of the EventBridge guide on encryption).
  ...["Decrypt", "GenerateDataKey"].flatMap((action) => [
    `kms:key ${action} <- cloudwatch.amazonaws.com: this account`,
    `kms:key ${action} <- events.amazonaws.com: anyone`,
    `kms:key ${action} <- ses.amazonaws.com: this account`,
    `kms:key ${action} <- sns.amazonaws.com: this account`,
  ]),
  ...["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"].map(
    (action) => `kms:key ${action} <- logs.us-east-1.amazonaws.com: logs:log-group`,
  ),
  // API Gateway: each function for its routes alone.
  `lambda:function:gateway-authorize InvokeFunction <- ${GATEWAY}: execute-api:authorizers`,
  ...["connect", "default", "disconnect"].map(
    (name) => `lambda:function:gateway-${name} InvokeFunction <- ${GATEWAY}: ${routes(`$${name}`)}`,
  ),
  ...["event", "hello", "ping"].map(
    (name) => `lambda:function:gateway-${name} InvokeFunction <- ${GATEWAY}: ${routes(name)}`,
  ),
  `lambda:function:gateway-friends InvokeFunction <- ${GATEWAY}: ${routes(
    ...["accept", "block", "decline", "list", "mute", "remove", "request", "unblock", "unmute"].map(
      (name) => `friends.${name}`,
    ),
  )}`,
  `lambda:function:gateway-profile InvokeFunction <- ${GATEWAY}: ${routes(
    ...["game.get", "game.put", "preferences.get", "preferences.put", "profile.get", "profile.put"],
  )}`,
  "lambda:function:messages-sweep InvokeFunction <- events.amazonaws.com: events:rule/messages-every-minute",
  // Topics and queues.
  "sns:emails-events-topic Publish <- ses.amazonaws.com: this account",
  ...["emails-events-dlq", "emails-events-queue"].map(
    (queue) => `sqs:${queue} SendMessage <- sns.amazonaws.com: sns:emails-events-topic`,
  ),
  ...["emails-send-dlq", "emails-send-queue", "messages-unknown-channel-dlq", "messages-unknown-channel-queue"].map(
    (queue) => `sqs:${queue} SendMessage <- sns.amazonaws.com: ${TOPICS}`,
  ),
  ...["gateway-on-achievement-queue", "gateway-undelivered"].map(
    (queue) => `sqs:${queue} SendMessage <- sns.amazonaws.com: sns:gateway-player-events`,
  ),
  "sqs:messages-sweep-dlq SendMessage <- events.amazonaws.com: events:rule/messages-every-minute",
  ...["segments-query-ended-dlq", "segments-runs-queue"].map(
    (queue) => `sqs:${queue} SendMessage <- events.amazonaws.com: events:rule/segments-query-ended`,
  ),
];

/** Roles that another service than Lambda takes on; of these Scheduler alone tells a source (decision 0002). */
export const OTHER_ROLES: Readonly<Record<string, string>> = {
  "gateway-account-logs-role": `${GATEWAY}: anyone`,
  "segments-copy-target": "glue.amazonaws.com: anyone",
  "segments-active-30-days-schedule-role": "scheduler.amazonaws.com: this account",
};

/** What roles reach beyond their own component, each for the sake of what it is for. */
export const REACH: readonly string[] = [
  // The directory of players: addresses, locales, consent.
  "messages-prepare-role BatchGetItem gateway-players",
  // The fate of messages is the e-mail dispatcher's to write.
  "emails-dead-letter-function-role BatchGetItem messages-table",
  "emails-dead-letter-function-role UpdateItem messages-table",
  "emails-event-function-role UpdateItem messages-table",
  "emails-reconcile-function-role BatchGetItem messages-table",
  "emails-redrive-function-role GetItem messages-table",
  "emails-redrive-function-role UpdateItem messages-table",
  "emails-send-function-role BatchGetItem messages-table",
  "emails-send-function-role UpdateItem messages-table",
  // Who enqueues messages, and may do nothing else with them.
  "gateway-on-achievement-react-role PutItem messages-table",
  "segments-enqueue-role PutItem messages-table",
];
