/** Every call that the functions of the program make, by function; a call that no seed makes fails the campaign. */
const BY_FUNCTION: Readonly<Record<string, readonly string[]>> = {
  "emails-dead-letter-function": ["dynamodb:BatchGetItem", "dynamodb:UpdateItem", "sqs:SendMessage"],
  "emails-event-function": ["dynamodb:UpdateItem"],
  "emails-reconcile-function": ["dynamodb:BatchGetItem", "sqs:SendMessage"],
  "emails-redrive-function": ["dynamodb:GetItem", "dynamodb:UpdateItem", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
  "emails-send-function": [
    "dynamodb:BatchGetItem",
    "dynamodb:UpdateItem",
    "ses:GetSendQuota",
    "ses:SendRawEmail",
    "sqs:SendMessage",
  ],
  "gateway-authorize": ["issuer:jwks.json", "issuer:openid-configuration"],
  "gateway-check": [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "sqs:SendMessage",
  ],
  "gateway-disconnect": [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "sqs:SendMessage",
  ],
  "gateway-event": ["dynamodb:GetItem", "dynamodb:PutItem"],
  "gateway-friends": [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:TransactWriteItems",
  ],
  "gateway-hello": [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "sqs:SendMessage",
  ],
  "gateway-notify": [
    "apigateway:PostToConnection",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "sns:PublishBatch",
    "sqs:SendMessage",
  ],
  "gateway-on-achievement-react": ["dynamodb:PutItem"],
  "gateway-ping": ["dynamodb:UpdateItem"],
  "gateway-profile": ["dynamodb:GetItem", "dynamodb:UpdateItem"],
  "gateway-redrive": [
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "lambda:Invoke",
    "sqs:DeleteMessage",
    "sqs:ReceiveMessage",
  ],
  "gateway-serve-event": ["dynamodb:PutItem"],
  "gateway-serve-profile": ["dynamodb:GetItem", "dynamodb:UpdateItem"],
  "messages-enqueue": ["dynamodb:PutItem"],
  "messages-prepare": ["dynamodb:BatchGetItem", "dynamodb:UpdateItem", "sns:PublishBatch", "sqs:SendMessage"],
  "messages-redrive": [
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:UpdateItem",
    "lambda:Invoke",
    "sqs:DeleteMessage",
    "sqs:ReceiveMessage",
  ],
  "messages-sweep": ["dynamodb:Query", "dynamodb:UpdateItem"],
  "messages-unknown-channel-function": ["dynamodb:UpdateItem"],
  "segments-advance": [
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "sqs:SendMessage",
  ],
  "segments-enqueue": [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "s3:GetObject",
    "sqs:SendMessageBatch",
  ],
  "segments-start": ["dynamodb:GetItem", "dynamodb:PutItem", "sqs:SendMessage"],
};

/** Functions that a queue feeds: Lambda itself receives and deletes for them. */
const FED = [
  "emails-dead-letter-function",
  "emails-event-function",
  "emails-reconcile-function",
  "emails-send-function",
  "gateway-check",
  "gateway-on-achievement-react",
  "messages-unknown-channel-function",
  "segments-advance",
  "segments-enqueue",
];

/** Batch calls that always have one entry, and so no part that could be left undone. */
export const OF_ONE: readonly string[] = [
  "gateway-check dynamodb:BatchGetItem",
  "gateway-disconnect dynamodb:BatchGetItem",
];

/** Calls that most runs make seldom or never: where they are made they nearly always meet a fault at first. */
export const RARE: readonly string[] = [
  "emails-dead-letter-function dynamodb:BatchGetItem",
  "emails-dead-letter-function dynamodb:UpdateItem",
  "emails-dead-letter-function sqs:SendMessage",
  "emails-reconcile-function sqs:SendMessage",
  "emails-send-function sqs:SendMessage",
  "gateway-authorize issuer:jwks.json",
  "gateway-check dynamodb:BatchWriteItem",
  "gateway-disconnect dynamodb:BatchGetItem",
  "gateway-disconnect dynamodb:BatchWriteItem",
  "gateway-disconnect sqs:SendMessage",
  "gateway-friends dynamodb:TransactWriteItems",
  "gateway-notify dynamodb:BatchGetItem",
  "gateway-notify sqs:SendMessage",
  "gateway-on-achievement-react dynamodb:PutItem",
  "messages-prepare sqs:SendMessage",
  "messages-sweep dynamodb:UpdateItem",
  "messages-unknown-channel-function dynamodb:UpdateItem",
  "poller:emails-dead-letter-function sqs:DeleteMessageBatch",
  "poller:messages-unknown-channel-function sqs:DeleteMessageBatch",
];

/** Calls that most runs make in one invocation at most, whatever becomes of it. */
export const ONCE: readonly string[] = ["gateway-check dynamodb:BatchWriteItem"];

/** `function service:operation`. */
export const CALLS: readonly string[] = [
  ...Object.entries(BY_FUNCTION).flatMap(([fn, calls]) => calls.map((call) => `${fn} ${call}`)),
  ...FED.flatMap((fn) => [`poller:${fn} sqs:ReceiveMessage`, `poller:${fn} sqs:DeleteMessageBatch`]),
];
