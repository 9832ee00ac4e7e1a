import type { Members, Shape } from "./shape";

const columns: Shape = [{ "Name!": "text", Type: "text" }];

/** https://docs.aws.amazon.com/glue/latest/webapi/API_DatabaseInput.html */
export const databaseInput: Members = { "Name!": "text", LocationUri: "text", Parameters: "texts" };

/** https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html */
export const tableInput: Members = {
  "Name!": "text",
  TableType: "text",
  Parameters: "texts",
  PartitionKeys: columns,
  StorageDescriptor: {
    Columns: columns,
    Location: "text",
    InputFormat: "text",
    OutputFormat: "text",
    SerdeInfo: { SerializationLibrary: "text", Parameters: "texts" },
  },
};
