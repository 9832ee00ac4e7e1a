/** Why a query failed, in Athena's terms: https://docs.aws.amazon.com/athena/latest/ug/error-reference.html */
export class QueryFailure extends Error {
  /**
   * @param category 1 system, 2 user, 3 other.
   * @param type e.g. 1006 for a statement that cannot be compiled, 1110 for a table that is not there, 150x for a missing right.
   */
  constructor(
    message: string,
    readonly category: 1 | 2 | 3,
    readonly type: number,
    readonly retryable = false,
  ) {
    super(message);
    this.name = "QueryFailure";
  }
}

const EXHAUSTED = 0;
const ENGINE = 200;
const USER = 1000;
const SYNTAX = 1006;
const ARGUMENT = 1100;
const NO_TABLE = 1110;
const PERMISSION = 1500;

export function syntaxFailure(message: string): QueryFailure {
  return new QueryFailure(`SYNTAX_ERROR: ${message}`, 2, SYNTAX);
}

export function tableMissing(database: string, table: string): QueryFailure {
  return new QueryFailure(
    `TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.${database}.${table}' does not exist`,
    2,
    NO_TABLE,
  );
}

export function schemaMissing(database: string): QueryFailure {
  return new QueryFailure(`SCHEMA_NOT_FOUND: line 1:1: Schema '${database}' does not exist`, 2, NO_TABLE);
}

export function permissionMissing(message: string): QueryFailure {
  return new QueryFailure(message, 2, PERMISSION);
}

/** What is nobody's fault but the engine's. */
export function internalFailure(message: string): QueryFailure {
  return new QueryFailure(`INTERNAL_ERROR: ${message}`, 1, ENGINE, true);
}

/** An error of DuckDB in the words of Trino, as far as the cases are known. */
export function fromDuckDb(error: Error): QueryFailure {
  const message = error.message.split("\n\nLINE ")[0]!;
  const column =
    /Referenced column "([^"]+)"/.exec(message) ?? /Table "[^"]+" does not have a column named "([^"]+)"/.exec(message);
  if (column) {
    const text = `COLUMN_NOT_FOUND: line 1:1: Column '${column[1]!.toLowerCase()}' cannot be resolved or requester is not authorized to access requested resources`;
    return new QueryFailure(text, 2, SYNTAX);
  }
  if (message.startsWith("Conversion Error"))
    return new QueryFailure(`INVALID_CAST_ARGUMENT: ${message.slice("Conversion Error: ".length)}`, 2, ARGUMENT);
  if (message.startsWith("Binder Error") || message.startsWith("Parser Error") || message.startsWith("Catalog Error")) {
    return syntaxFailure(`line 1:1: ${message.replace(/^\w+ Error: /, "")}`);
  }
  if (message.startsWith("Out of Memory Error"))
    return new QueryFailure("Query exhausted resources at this scale factor", 2, EXHAUSTED);
  return new QueryFailure(`GENERIC_USER_ERROR: ${message}`, 2, USER);
}
