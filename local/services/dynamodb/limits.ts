/** Limits of DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html and Constraints.html. */
export const limits = {
  /** Bytes of an item, names included. */
  itemBytes: 400 * 1024,
  /** Bytes of an attribute's name; the documentation says 64 KB, which are one too many. */
  nameBytes: 65_535,
  /** Bytes of a partition key's value. */
  hashKeyBytes: 2048,
  /** Bytes of a sort key's value. */
  rangeKeyBytes: 1024,
  /** Bytes of an expression's text. */
  expressionBytes: 4096,
  /** Operators and functions in one expression. */
  expressionOperators: 300,
  /** Operands of one IN. */
  inOperands: 100,
  /** Levels that a value may be nested. */
  nesting: 32,
  /** Significant digits of a number. */
  numberDigits: 38,
  /** Bytes that one page of Query or Scan reads. */
  pageBytes: 1024 * 1024,
  /** Bytes that one BatchGetItem answers. */
  batchGetBytes: 16 * 1024 * 1024,
  batchGetKeys: 100,
  batchWriteItems: 25,
  /** Bytes of one BatchWriteItem. */
  batchWriteBytes: 16 * 1024 * 1024,
  transactItems: 100,
  /** Bytes of all items of a transaction. */
  transactBytes: 4 * 1024 * 1024,
  /** How long a ClientRequestToken is remembered, in ms. */
  transactTokenMs: 10 * 60_000,
  /** How long a stream keeps a record, in ms. */
  streamRetentionMs: 24 * 3600_000,
  localIndexes: 5,
  globalIndexes: 20,
  /** Sum of NonKeyAttributes over all indexes of a table. */
  projectedAttributes: 100,
  /** Bytes of a table's resource policy. */
  policyBytes: 20 * 1024,
  /** Records that one GetRecords answers at most. */
  streamRecords: 1000,
  /** How long a shard iterator lives, in ms. */
  shardIteratorMs: 15 * 60_000,
} as const;

/** Waits of the local cloud where AWS takes longer, in ms on the clock. */
export const waits = {
  /** CREATING to ACTIVE; seconds on AWS. */
  create: 250,
  /** UPDATING to ACTIVE, also for indexes; seconds to hours on AWS. */
  update: 250,
  /** DELETING to gone. */
  remove: 250,
  /** From an item's expiry to its deletion; AWS says "within a few days". */
  ttl: 10 * 60_000,
} as const;
