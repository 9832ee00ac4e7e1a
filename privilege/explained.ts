/**
 * Removals that nothing can notice, each with its reason; by what `npm run iam` calls them. One that a check does notice
 * after all is seen, and its line here fails a test.
 */
export const EXPLAINED: Readonly<Record<string, string>> = {
  "dynamodb:table/gateway-players GlueExport if StringEquals aws:SourceAccount":
    "aws:SourceArn names the account too; AWS asks for both keys (https://docs.aws.amazon.com/glue/latest/dg/zero-etl-sources.html)",
};
